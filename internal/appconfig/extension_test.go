package appconfig_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/switchbackhq/switchback/graphql/schema"
)

const block = root + "extensions/order-block/"

// The command that builds the extension takes any version and any name of a
// metafield; Shopify would refuse the one, and the other would read nothing.
func TestTheBlockReadsWhatTheAppDeclares(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(block + "shopify.extension.toml")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		APIVersion string `toml:"api_version"`
		Extensions []struct{ Handle, Type string }
	}
	if err := toml.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.APIVersion != "2026-07" {
		t.Errorf("api_version %q is not the one that the block was written for", manifest.APIVersion)
	}
	if len(manifest.Extensions) != 1 || manifest.Extensions[0].Type != "ui_extension" || len(manifest.Extensions[0].Handle) > 50 {
		t.Errorf("extensions %+v", manifest.Extensions)
	}

	source, err := os.ReadFile(block + "src/order.ts")
	if err != nil {
		t.Fatal(err)
	}
	query := regexp.MustCompile("(?s)`(query .*?)`").FindSubmatch(source)
	if query == nil {
		t.Fatal("no query in src/order.ts")
	}
	admin := gqlparser.MustLoadSchema(&ast.Source{Name: "admin.graphql", Input: schema.AdminSDL})
	if _, err := gqlparser.LoadQueryWithRules(admin, string(query[1]), nil); err != nil {
		t.Errorf("Shopify would refuse the query: %v", err)
	}
	key := regexp.MustCompile(`metafield\(key: "([^"]*)"\)`).FindSubmatch(query[1])
	if key == nil || declared(t).OrderMetafields[string(key[1])].Type == "" {
		t.Errorf("the query %s reads a metafield that shopify.app.toml does not declare", query[1])
	}
}
