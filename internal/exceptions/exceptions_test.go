package exceptions_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
)

// declared reads the codes from the source, so that a new one cannot be left out below.
func declared(t *testing.T) []exceptions.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "exceptions.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []exceptions.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Code" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, exceptions.Code(value))
		}
		return true
	})
	return codes
}

func TestEveryCodeHasASentenceAndANextStep(t *testing.T) {
	t.Parallel()
	codes := declared(t)
	if len(codes) < 10 {
		t.Fatalf("found only %d codes: is the source still where the test reads it?", len(codes))
	}
	stable := regexp.MustCompile(`^[a-z]+(_[a-z]+)+$`)
	for n, code := range codes {
		if slices.Contains(codes[:n], code) {
			t.Errorf("%s is declared twice", code)
		}
		text := exceptions.Describe(code)
		if strings.Contains(text.Sentence, string(code)) {
			t.Errorf("%s has no sentence of its own", code)
		}
		if !strings.HasSuffix(text.Sentence, ".") || !strings.HasSuffix(text.Fix, ".") || len(text.Fix) < 20 {
			t.Errorf("%s: want whole sentences, got %q and %q", code, text.Sentence, text.Fix)
		}
		if !slices.Contains(slices.Concat(exceptions.OfOrders(), exceptions.OfShipments(), exceptions.OfRefunds(), exceptions.OfDeadlines(), exceptions.OfShops()), code) {
			t.Errorf("%s is never cleared: no list names it", code)
		}
		if !stable.MatchString(string(code)) {
			t.Errorf("%s is not written like_this", code)
		}
	}
}

func TestNewAddsWhatWasFound(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0)
	e := exceptions.New("demo.myshopify.com", "576900000000010001", exceptions.SKUUnmatched, "SKU MUG-1.", at)
	if !strings.HasSuffix(e.Message, " SKU MUG-1.") || e.Fix == "" || e.Status != exceptions.Open || !e.OpenedAt.Equal(at) {
		t.Errorf("got %+v", e)
	}
}
