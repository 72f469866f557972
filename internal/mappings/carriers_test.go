package mappings_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/mappings"
)

func carrierRows(t *testing.T, text string) []mappings.CarrierRow {
	t.Helper()
	var rows []mappings.CarrierRow
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestCarriersAreRead(t *testing.T) {
	t.Parallel()
	got, err := mappings.CheckCarriers(carrierRows(t, `[{"company":" Zippy ","provider":7117000000000010001,"note":"n"},{"company":"Own van","provider":null}]`))
	want := []mappings.Carrier{{Company: "Zippy", Provider: "7117000000000010001", Note: "n"}, {Company: "Own van"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestCarriersThatCannotBeTakenAreNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[{"company":"","provider":"USPS"}]`:                                         "row 1: company: ",
		`[{"provider":"USPS"}]`:                                                      "row 1: company: ",
		`[{"company":"...","provider":"USPS"}]`:                                      "row 1: company: ",
		`[{"company":["a"],"provider":"USPS"}]`:                                      "row 1: company: ",
		`[{"company":"Zippy","provider":""}]`:                                        "row 1: provider: ",
		`[{"company":"Zippy"}]`:                                                      "row 1: provider: ",
		`[{"company":"Zippy","provider":{}}]`:                                        "row 1: provider: ",
		`[{"company":"a\nb","provider":"USPS"}]`:                                     "row 1: company: ",
		`[{"company":"A","provider":"x"},{"company":" a.","provider":"y"}]`:          "row 2: company: is the same carrier as in row 1",
		`[{"company":"` + strings.Repeat("a", 101) + `","provider":"x"}]`:            "row 1: company: ",
		`[{"company":"A","provider":"x","note":"` + strings.Repeat("a", 501) + `"}]`: "row 1: note: ",
	} {
		_, err := mappings.CheckCarriers(carrierRows(t, text))
		if got := faults(t, err); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%.60s: %v", text, got)
		}
	}
	if _, err := mappings.CheckCarriers(make([]mappings.CarrierRow, mappings.MostCarriers+1)); len(faults(t, err)) != 1 {
		t.Error("too many rows were taken")
	}
}
