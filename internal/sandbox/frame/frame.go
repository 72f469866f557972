// Package frame is the look that the pages of the simulated platforms share:
// one style sheet, one page frame with a banner that says that nothing is real,
// and a strict Content-Security-Policy. The simulators and the sandbox's start
// page draw themselves in it. It knows no platform, keeps nothing, and is never
// part of the app's own pages.
package frame

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the style sheet and the frame
	"encoding/base64"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed frame.css
var style string

//go:embed frame.html
var around string

// Page is what the frame shows around a page. A view embeds it, and its template begins with {{template "top" .}} and
// ends with {{template "bottom" .}}.
type Page struct {
	// Look chooses the colors: "tiktok", "shopify", "loop" or "sandbox".
	Look string
	// Brand is the platform's name in the bar, BrandHref where it leads.
	Brand, BrandHref string
	Title            string
	// Start is the address of the sandbox's start page; empty: the banner has no link.
	Start string
	Nav   []Link
	// Narrow is for pages that people read on a phone.
	Narrow bool
	// Said tells that something was done, Refused why it was not. Both are plain text.
	Said, Refused string
}

// Link is an entry of the navigation.
type Link struct {
	Text, Href string
	Here       bool // the page that is open
}

// Style is the sheet, as it stands in every page.
func (Page) Style() template.CSS { return template.CSS(style) } //nolint:gosec // a file of this package

// Heading is the title, unless a page's template has one of its own.
func (p Page) Heading() string { return p.Title }

// Neighbors are the addresses of the sandbox around a platform, without a trailing slash. A simulator that stands
// alone, as in a test, has none.
type Neighbors struct {
	// Start is the page that lists the platforms.
	Start string
	// Order gives the places where people look at an order next, by TikTok's number, Shopify's number (empty before it is
	// known) and shipping ZIP. May be nil.
	Order func(tiktokID, shopifyID, zip string) []Link
}

// Links are those of Order.
func (n Neighbors) Links(tiktokID, shopifyID, zip string) []Link {
	if n.Order == nil {
		return nil
	}
	return n.Order(tiktokID, shopifyID, zip)
}

// Policy is what a page may load beside its own style and images. Entries are sources as a Content-Security-Policy
// writes them.
type Policy struct {
	Scripts, Styles, Images, Fonts, Frames, Connect, Forms []string
}

// Header is the policy as a Content-Security-Policy: without an entry nothing but the frame's own style, images of the
// same address and forms to it.
func (p Policy) Header() string {
	sum := sha256.Sum256([]byte(style))
	own := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	rules := []string{
		"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
		"style-src " + strings.Join(append([]string{own}, p.Styles...), " "),
		"img-src " + strings.Join(append([]string{"'self'", "data:"}, p.Images...), " "),
		"form-action " + strings.Join(append([]string{"'self'"}, p.Forms...), " "),
	}
	for _, more := range [][]string{
		append([]string{"script-src"}, p.Scripts...), append([]string{"font-src"}, p.Fonts...),
		append([]string{"frame-src"}, p.Frames...), append([]string{"connect-src"}, p.Connect...),
	} {
		if len(more) > 1 {
			rules = append(rules, strings.Join(more, " "))
		}
	}
	return strings.Join(rules, "; ")
}

// Parse reads templates that draw themselves in the frame. It panics when one is broken: they are part of the program.
func Parse(funcs template.FuncMap, files fs.FS, patterns ...string) *template.Template {
	t := template.Must(template.New("frame").Funcs(funcs).Parse(around))
	return template.Must(t.ParseFS(files, patterns...))
}

// Show answers with a page under the strictest policy.
func Show(w http.ResponseWriter, status int, t *template.Template, name string, view any) {
	ShowUnder(Policy{}, w, status, t, name, view)
}

// ShowUnder answers with a page that may load what the policy says.
func ShowUnder(policy Policy, w http.ResponseWriter, status int, t *template.Template, name string, view any) {
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, name, view); err != nil {
		http.Error(w, "The page could not be drawn: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy.Header())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the browser has gone: nothing to tell it
}
