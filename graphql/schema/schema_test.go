package schema_test

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/switchbackhq/switchback/graphql/schema"
)

func TestAdminSDLLoads(t *testing.T) {
	t.Parallel()
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "admin.graphql", Input: schema.AdminSDL})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"orderCreate", "refundCreate", "orderCancel", "fulfillmentCreate"} {
		if s.Mutation.Fields.ForName(field) == nil {
			t.Errorf("mutation %s is missing", field)
		}
	}
	if s.Query.Fields.ForName("orderByIdentifier") == nil {
		t.Error("query orderByIdentifier is missing")
	}
}

func TestAccessListFitsSchema(t *testing.T) {
	t.Parallel()
	r := schema.Access()
	if r.Version != schema.APIVersion {
		t.Errorf("access list is of version %q, the program speaks %q", r.Version, schema.APIVersion)
	}
	s := gqlparser.MustLoadSchema(&ast.Source{Name: "admin.graphql", Input: schema.AdminSDL})
	for key := range r.Access {
		typ, field, _ := strings.Cut(key, ".")
		def := s.Types[typ]
		if def == nil {
			t.Errorf("access list names the unknown type %q", typ)
			continue
		}
		if field != "" && def.Fields.ForName(field) == nil {
			t.Errorf("access list names the unknown field %q", key)
		}
	}
	if !strings.Contains(r.Access["Mutation.orderCreate"], "`write_orders`") {
		t.Errorf("orderCreate asks for %q", r.Access["Mutation.orderCreate"])
	}
	if r.Protected["MailingAddress.zip"] == "" {
		t.Error("the ZIP is not marked as protected")
	}
}

func TestAccessIsACopy(t *testing.T) {
	t.Parallel()
	r := schema.Access()
	clear(r.Access)
	clear(r.Protected)
	if again := schema.Access(); len(again.Access) == 0 || len(again.Protected) == 0 {
		t.Error("a caller emptied the shared list")
	}
}

func TestFileNameCarriesVersion(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("admin_" + schema.APIVersion + ".graphql"); err != nil {
		t.Error(err)
	}
}
