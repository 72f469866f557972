package orders_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/graphql/schema"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

var update = flag.Bool("update", false, "write the golden files anew")

// surroundings is what a case may say beside the order, its settings and variants.
type surroundings struct {
	ShopCurrency string    `json:"shop_currency"`
	StartLine    time.Time `json:"start_line"`
	Asked        bool      `json:"asked"`
	Test         bool      `json:"test"`
}

// table is the form of variants.json.
type table struct {
	Mapped map[tiktok.SKUID]shopify.Variant `json:"mapped"`
	BySKU  map[string][]shopify.Variant     `json:"by_sku"`
}

// ledger is the form of lines.json.
type ledger struct {
	Total   string
	Notices []orders.Notice
	Lines   []links.Line
}

// variables is the form of shopify.json.
type variables struct {
	Order   admin.OrderCreateOrderInput   `json:"order"`
	Options admin.OrderCreateOptionsInput `json:"options"`
}

func catalog() table {
	one := func(sku string, id int) []shopify.Variant {
		return []shopify.Variant{{ID: shopify.GID(fmt.Sprintf("gid://shopify/ProductVariant/%d", id)), SKU: sku}}
	}
	return table{BySKU: map[string][]shopify.Variant{
		"MUG-12-SAGE": one("MUG-12-SAGE", 101), "TEE-BLK-L": one("TEE-BLK-L", 102), "HAT-RST": one("HAT-RST", 103),
		"STK-001": one("STK-001", 104), "SET-MUG-TEE": one("SET-MUG-TEE", 105),
	}}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	contract := operation(t)
	for _, name := range caseNames(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join("testdata", name)
			in, c := readCase(t, dir)
			verdict, conversion := run(in, c)
			if verdict != "" {
				compare(t, filepath.Join(dir, "error.txt"), []byte(verdict+"\n"))
				absent(t, dir, "shopify.json", "lines.json")
				return
			}
			absent(t, dir, "error.txt")
			sent := encode(t, variables{conversion.Order, conversion.Options})
			compare(t, filepath.Join(dir, "shopify.json"), sent)
			compare(t, filepath.Join(dir, "lines.json"), encode(t, ledger{conversion.Total.String(), conversion.Notices, conversion.Lines}))
			contract.check(t, sent)
			checkSums(t, conversion)
			checkUnits(t, in.Order, conversion)
		})
	}
}

// TestCasesAreExplained keeps the list of cases and the folders the same.
func TestCasesAreExplained(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(readme)) {
		if name, _, found := strings.Cut(strings.TrimPrefix(line, "- `"), "`: "); found && strings.HasPrefix(line, "- ") {
			listed = append(listed, name)
		}
	}
	if diff := cmp.Diff(caseNames(t), listed); diff != "" {
		t.Errorf("testdata/README.md lists other cases than there are (-folders +listed):\n%s", diff)
	}
}

// run does what an import does with an order: decide, then convert. The verdict is empty for an order that is written.
func run(in orders.Input, c orders.Context) (verdict string, conversion orders.Conversion) {
	decision := orders.Decide(in.Order, c)
	if decision.Action != orders.Write {
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", decision.Action, decision.Reason, decision.Detail)), orders.Conversion{}
	}
	conversion, err := orders.Convert(in)
	var act *fault.Act
	switch {
	case errors.As(err, &act):
		return fmt.Sprintf("hold %s %s", act.Code, act.Detail), orders.Conversion{}
	case err != nil:
		return "not a merchant's fault: " + err.Error(), orders.Conversion{}
	}
	return "", conversion
}

func readCase(t *testing.T, dir string) (orders.Input, orders.Context) {
	t.Helper()
	in := orders.Input{Settings: shops.DefaultSettings()}
	if !read(t, filepath.Join(dir, "tiktok.json"), &in.Order) {
		t.Fatal("a case needs an order")
	}
	around := surroundings{ShopCurrency: in.Order.Payment.Currency}
	read(t, filepath.Join(dir, "context.json"), &around)
	read(t, filepath.Join(dir, "settings.json"), &in.Settings)
	variants := catalog()
	if own := (table{}); read(t, filepath.Join(dir, "variants.json"), &own) {
		variants = own
	}
	in.Variants = orders.Variants{Mapped: variants.Mapped, BySKU: variants.BySKU}
	in.Shop = shops.Shop{Currency: around.ShopCurrency}
	in.Connection = shops.Connection{Name: "Example Goods", Region: map[string]string{"USD": "US", "GBP": "GB", "JPY": "JP"}[in.Order.Payment.Currency]}
	in.Test = around.Test
	return in, orders.Context{
		Connection: in.Connection, Settings: in.Settings, ShopCurrency: around.ShopCurrency,
		StartLine: around.StartLine, Asked: around.Asked,
	}
}

func caseNames(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && entry.Name() != "rapid" && entry.Name() != "fuzz" {
			names = append(names, entry.Name())
		}
	}
	return names
}

// read reports false for a file that is not there.
func read(t *testing.T, path string, into any) bool {
	t.Helper()
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	return true
}

func encode(t *testing.T, value any) []byte {
	t.Helper()
	raw, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(raw, '\n')
}

func compare(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v\ngot:\n%s", err, got)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

// absent keeps a result of an earlier kind from lying about.
func absent(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if *update {
			_ = os.Remove(path)
		} else if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is there, but the case ends otherwise", path)
		}
	}
}

// contract is orderCreate as Shopify's schema declares it.
type contract struct {
	schema    *ast.Schema
	operation *ast.OperationDefinition
}

func operation(t *testing.T) contract {
	t.Helper()
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "admin", Input: schema.AdminSDL})
	if err != nil {
		t.Fatal(err)
	}
	const text = `mutation ($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {
		orderCreate(order: $order, options: $options) { userErrors { message } } }`
	query, errs := gqlparser.LoadQueryWithRules(s, text, nil)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return contract{s, query.Operations[0]}
}

func (c contract) check(t *testing.T, sent []byte) {
	t.Helper()
	var variables map[string]any
	if err := json.Unmarshal(sent, &variables); err != nil {
		t.Fatal(err)
	}
	if _, err := validator.VariableValues(c.schema, c.operation, variables); err != nil {
		t.Errorf("Shopify's schema does not allow these variables: %v", err)
	}
}
