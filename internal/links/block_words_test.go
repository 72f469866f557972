package links_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The block on Shopify's order page says each state of a leg in words, and is
// written in another language: a state that is new here must get its words there.
func TestTheBlockHasWordsForEveryState(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../extensions/order-block/locales/en.default.json")
	if err != nil {
		t.Fatal(err)
	}
	var words struct{ States map[string]string }
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	states := legStates(t)
	if len(states) < 12 {
		t.Fatalf("found only the states %v", states)
	}
	for _, state := range states {
		if words.States[state] == "" {
			t.Errorf("the block has no words for %q", state)
		}
	}
}

// legStates reads the constants of State, RefundState and the summed up legs.
func legStates(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	look := func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		kind, typed := spec.Type.(*ast.Ident)
		name := spec.Names[0].Name
		leg := strings.HasPrefix(name, "Shipments") || strings.HasPrefix(name, "Refunds") || name == "NoShipments" || name == "NoRefunds"
		if typed && (kind.Name == "State" || kind.Name == "RefundState") || spec.Type == nil && leg {
			if state, err := strconv.Unquote(literal.Value); err == nil {
				states = append(states, state)
			}
		}
		return true
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, look)
	}
	return states
}
