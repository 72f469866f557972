package main

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// personal are the buyer's own values in the story of a person who exists
// nowhere else. Post codes are British: five digits would also be found by
// chance, in times and numbers.
var personal = map[string]string{
	"first name": "Zephyrine", "last name": "Quistgaard", "phone": "5125550177", "e-mail": "zephyrine.q@mail.example",
	"street": "977 Quillfeather Lane", "second line": "Bluegate Annex", "city": "Ottersworth", "county": "Marrowshire", "zip": "QV7 9ZX", "zip's core": "QV79ZX",
	"message": "ring the brass bell", "new street": "31 Larkspindle Row", "new zip": "QV7 4ZK", "new zip's core": "QV74ZK",
	"customer's e-mail": "zq.customer@mail.example", "customer's phone": "+15125550178", "name with a quote": `O"Hara & <Sons>`,
}

// shapes are the forms in which a value may lie about.
func shapes(value string) [][]byte {
	list := []string{
		value, strings.ToLower(value), url.QueryEscape(value), url.PathEscape(value),
		hex.EncodeToString([]byte(value)), strings.ToUpper(hex.EncodeToString([]byte(value))),
	}
	if quoted, err := json.Marshal(value); err == nil {
		list = append(list, strings.Trim(string(quoted), `"`))
	}
	for shift := range 3 { // base64 of a text depends on where the value begins in it
		for _, coding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := coding.EncodeToString([]byte(strings.Repeat("x", shift) + value))
			whole := (shift + len(value)) * 8 / 6 // the digits that depend on nothing after the value
			list = append(list, text[[]int{0, 2, 3}[shift]:whole])
		}
	}
	out := make([][]byte, len(list))
	for n, one := range list {
		out[n] = []byte(one)
	}
	return out
}

// revealed names the personal values that a text holds in any form.
func revealed(text []byte) (names []string) {
	lower := bytes.ToLower(text)
	for name, value := range personal {
		for _, shape := range shapes(value) {
			if bytes.Contains(text, shape) || bytes.Contains(lower, shape) {
				names = append(names, name)
				break
			}
		}
	}
	return names
}

// TestPersonalValuesAreFound keeps the search itself honest.
func TestPersonalValuesAreFound(t *testing.T) {
	t.Parallel()
	for name, value := range personal {
		for _, around := range []string{"", "a", "ab", "abc"} {
			text := around + value + "z"
			for form, hidden := range map[string]string{
				"plain": text, "upper": strings.ToUpper(text), "query": "q=" + url.QueryEscape(text), "path": url.PathEscape(text),
				"json": quote(text), "hex": hex.EncodeToString([]byte(text)),
				"base64": base64.StdEncoding.EncodeToString([]byte(text)), "base64url": base64.RawURLEncoding.EncodeToString([]byte(text)),
			} {
				if found := revealed([]byte(hidden)); !slices.Contains(found, name) {
					t.Errorf("the %s in %s after %q is not found, only %q", name, form, around, found)
				}
			}
		}
	}
	if found := revealed([]byte("an order of 39.00 for nobody in particular")); len(found) > 0 {
		t.Errorf("found %q where nothing is", found)
	}
}

func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		return text
	}
	return string(quoted)
}

// readThrough looks into every column of every table.
func readThrough(t *testing.T, database *sql.DB, sqlite bool) {
	t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if !sqlite {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`
	}
	tables := 0
	for _, table := range column(t, database, list) {
		for _, row := range rawRows(t, database, table) {
			for field, value := range row {
				for _, name := range revealed([]byte(value)) {
					t.Errorf("%s.%s holds the %s", table, field, name)
				}
			}
		}
		tables++
	}
	if tables < 14 {
		t.Fatalf("only %d tables", tables)
	}
}

func rawRows(t *testing.T, database *sql.DB, table string) (list []map[string]string) {
	t.Helper()
	rows, err := database.QueryContext(t.Context(), `SELECT * FROM "`+table+`"`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	for err == nil && rows.Next() {
		values := make([]any, len(names))
		for n := range values {
			values[n] = new(any)
		}
		if err = rows.Scan(values...); err != nil {
			break
		}
		row := map[string]string{}
		for n, v := range values {
			if raw, ok := (*v.(*any)).([]byte); ok {
				row[names[n]] = string(raw)
			} else {
				row[names[n]] = fmt.Sprint(*v.(*any))
			}
		}
		list = append(list, row)
	}
	if err != nil || rows.Err() != nil {
		t.Fatal(table, err, rows.Err())
	}
	return list
}
