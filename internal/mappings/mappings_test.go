package mappings_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	sku     tiktok.SKUID = "1729900000000010101"
	variant shopify.GID  = "gid://shopify/ProductVariant/43000000000001"
)

func rowsOf(t *testing.T, text string) []mappings.Row {
	t.Helper()
	var rows []mappings.Row
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func faults(t *testing.T, err error) []string {
	t.Helper()
	var all mappings.RowErrors
	if !errors.As(err, &all) {
		t.Fatalf("got %v, want faults", err)
	}
	var texts []string
	for _, one := range all {
		texts = append(texts, one.String())
	}
	return texts
}

func TestWhatMayBeAVariant(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]shopify.GID{
		`"43000000000001"`: variant, `43000000000001`: variant, `"` + string(variant) + `"`: variant,
		`" 43000000000001 "`: variant, `null`: "",
	} {
		got, err := mappings.Check(rowsOf(t, `[{"sku_id":"`+string(sku)+`","variant_id":`+value+`,"seller_sku":"A","note":"n"}]`))
		if diff := cmp.Diff([]mappings.SKU{{SKUID: sku, Variant: want, SellerSKU: "A", Note: "n"}}, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", value, err, diff)
		}
	}
	for _, value := range []string{`""`, `"0"`, `0`, `-5`, `1.5`, `4.3e13`, `true`, `[]`, `{}`, `"gid://shopify/Product/1"`,
		`"gid://shopify/ProductVariant/"`, `"99999999999999999999"`, `"abc"`} {
		_, err := mappings.Check(rowsOf(t, `[{"sku_id":"`+string(sku)+`","variant_id":`+value+`}]`))
		if got := faults(t, err); len(got) != 1 || !strings.HasPrefix(got[0], "row 1: variant_id: ") {
			t.Errorf("%s: %v", value, got)
		}
	}
	if _, err := mappings.Check(rowsOf(t, `[{"sku_id":"1"}]`)); err == nil {
		t.Error("a row that says nothing of its variant was taken for a removal")
	}
}

func TestEveryFaultIsNamedWithItsRow(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 501)
	_, err := mappings.Check(rowsOf(t, `[{"sku_id":"1","variant_id":1},{"sku_id":"1","variant_id":2},{"sku_id":"","variant_id":3},
		{"sku_id":"1.7299E+18","variant_id":4},{"sku_id":"5","variant_id":"x","note":"`+long+`"},{"sku_id":{},"variant_id":6,"seller_sku":"a\u0000b"},{}]`))
	want := []string{
		"row 2: sku_id: is in row 1 already", "row 3: sku_id: want the digits of a TikTok SKU id",
		"row 4: sku_id: want the digits of a TikTok SKU id as a text: a spreadsheet rounds such long numbers",
		"row 5: variant_id: want", "row 5: note: at most 500 characters", "row 6: sku_id: want", "row 6: seller_sku: want one line of text",
		"row 7: sku_id: want", "row 7: variant_id: want",
	}
	got := faults(t, err)
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for n := range want {
		if !strings.HasPrefix(got[n], want[n]) {
			t.Errorf("fault %d: %q, want %q", n, got[n], want[n])
		}
	}
	if text := err.Error(); !strings.HasSuffix(text, "and 4 more") {
		t.Errorf("in short: %s", text)
	}
	if _, err := mappings.Check(make([]mappings.Row, mappings.MostRows+1)); len(faults(t, err)) != 1 {
		t.Errorf("too many: %v", err)
	}
}

func TestFilesOfSpreadsheets(t *testing.T) {
	t.Parallel()
	want := []mappings.SKU{{SKUID: "1", Variant: "gid://shopify/ProductVariant/7", SellerSKU: "A,B", Note: `say "x"`}, {SKUID: "2"}}
	for name, file := range map[string]string{
		"plain":       "sku_id,variant_id,seller_sku,note\n1,7,\"A,B\",\"say \"\"x\"\"\"\n2,,,\n",
		"bom, crlf":   "\xef\xbb\xbfsku_id,variant_id,seller_sku,note\r\n1,gid://shopify/ProductVariant/7,\"A,B\",\"say \"\"x\"\"\"\r\n,,,\r\n2,,,",
		"other order": "Note, Variant_ID ,SKU_ID,seller_sku\n\"say \"\"x\"\"\",7,1,\"A,B\"\n\n,,2,\n",
		"semicolons":  "sku_id;variant_id;seller_sku;note\n1;7;A,B;\"say \"\"x\"\"\"\n2;;;\n",
	} {
		rows, err := mappings.ReadCSV([]byte(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := mappings.Check(rows)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"":                                       "row 1: want the header",
		"sku_id\n1\n":                            "row 1: want the header",
		"sku_id,variant_id,price\n":              "row 1: price: want the header",
		"sku_id,variant_id,sku_id\n":             "row 1: sku_id: want the header",
		"sku_id,variant_id\n1,2\n3\n":            "row 3: has 1 columns",
		"sku_id,variant_id\n1,2\n\"3,4\n":        "row 3: ",
		"sku_id,variant_id\n1,2\n\n1.7E+18,2\n":  "row 4: sku_id: want",
		"sku_id,variant_id,note\n1,2,\xff\xfe\n": "row 2: note: is not UTF-8",
	} {
		rows, err := mappings.ReadCSV([]byte(file))
		if err == nil {
			_, err = mappings.Check(rows)
		}
		if got := faults(t, err); !strings.HasPrefix(got[0], want) {
			t.Errorf("%q: %q, want %q", file, got, want)
		}
	}
}

// TestAFileComesBackAsItWent: what is exported is imported as the same table.
func TestAFileComesBackAsItWent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-Za-z0-9,;"'=é -]{0,20}`)
		ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[0-9]{1,20}`), 0, 20, rapid.ID).Draw(t, "ids")
		var file bytes.Buffer
		writer := csv.NewWriter(&file)
		_ = writer.Write(mappings.Header())
		want := []mappings.SKU{}
		for _, id := range ids {
			row := mappings.SKU{
				SKUID: tiktok.SKUID(id), Variant: variant,
				SellerSKU: strings.TrimSpace(text.Draw(t, "sku")), Note: strings.TrimSpace(text.Draw(t, "note")),
			}
			want = append(want, row)
			_ = writer.Write(row.Record())
		}
		writer.Flush()
		rows, err := mappings.ReadCSV(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		got, err := mappings.Check(rows)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatal(err, diff)
		}
	})
}
