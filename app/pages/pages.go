// Package pages draws the documents that a person sees: the embedded pages in
// Shopify's admin, the page that fetches a fresh session token, and the few
// that open outside the admin.
//
// A page is a view model and a template of the same name; routes fill the one
// and html/template escapes what it puts into the other. The package reads
// nothing itself and sets no headers: who may frame a document is the routes'
// concern. Components are Polaris', which comes from Shopify's CDN; what the
// browser runs of ours is assets/, bundled into static/ by `make assets`.
package pages

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"
)

//go:embed templates static
var files embed.FS

// Static are the scripts and styles that pages load from `/static/`.
func Static() fs.FS {
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // the folder is embedded: a build without it does not compile
	}
	return static
}

// embedded are the pages inside the admin, each with the layout around it.
var embedded = parseEmbedded()

func parseEmbedded() map[string]*template.Template {
	layout := template.Must(template.ParseFS(files, "templates/head.html", "templates/layout.html"))
	paths, err := fs.Glob(files, "templates/embedded/*.html")
	if err != nil {
		panic(err) // the pattern is well-formed
	}
	sets := make(map[string]*template.Template, len(paths))
	for _, path := range paths {
		sets[path] = template.Must(template.Must(layout.Clone()).ParseFS(files, path))
	}
	return sets
}

// renderEmbedded draws a page of templates/embedded/ with the layout.
func renderEmbedded(w io.Writer, name string, view any) error {
	set, ok := embedded["templates/embedded/"+name]
	if !ok {
		return fmt.Errorf("render %s: no such template", name)
	}
	var page strings.Builder
	if err := set.ExecuteTemplate(&page, "layout", view); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	_, err := turns.WriteString(w, page.String())
	return err
}

// turns replaces the characters that change the direction of all that follows
// (Unicode's explicit embeddings, overrides and isolates): a name with one of
// them would turn round what stands beside it, an amount or a button's label.
var turns = strings.NewReplacer(
	"\u202a", "\ufffd", "\u202b", "\ufffd", "\u202c", "\ufffd", "\u202d", "\ufffd", "\u202e", "\ufffd",
	"\u2066", "\ufffd", "\u2067", "\ufffd", "\u2068", "\ufffd", "\u2069", "\ufffd",
)

// plain are the documents that stand alone.
var plain = template.Must(template.ParseFS(files, "templates/head.html", "templates/plain/*.html"))

func renderPlain(w io.Writer, name string, view any) error {
	if err := plain.ExecuteTemplate(w, name, view); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return nil
}
