package mappings_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/mappings"
)

func TestCheckReasons(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		reasons []mappings.Reason
		fault   string
	}{
		`[{"shopify_reason":" Size too  small ","tiktok_reason":" ecom_x ","note":"n"},{"shopify_reason":"*","tiktok_reason":"y"},{"shopify_reason":"cancel","tiktok_reason":null}]`: {
			reasons: []mappings.Reason{{Shopify: "size_too_small", TikTok: "ecom_x", Note: "n"}, {Shopify: "*", TikTok: "y"}, {Shopify: "cancel"}},
		},
		`[{"shopify_reason":"a","tiktok_reason":"x"},{"shopify_reason":"A","tiktok_reason":"y"}]`: {fault: "row 2: shopify_reason: is in row 1"},
		`[{"tiktok_reason":"x"}]`:                              {fault: "row 1: shopify_reason: want"},
		`[{"shopify_reason":{},"tiktok_reason":"x"}]`:          {fault: "row 1: shopify_reason: want"},
		`[{"shopify_reason":"a b; c","tiktok_reason":"x"}]`:    {fault: "row 1: shopify_reason: want"},
		`[{"shopify_reason":"a"}]`:                             {fault: "row 1: tiktok_reason: want"},
		`[{"shopify_reason":"a","tiktok_reason":""}]`:          {fault: "row 1: tiktok_reason: want"},
		`[{"shopify_reason":"a","tiktok_reason":"two words"}]`: {fault: "row 1: tiktok_reason: want"},
		`[]`: {reasons: []mappings.Reason{}},
		"[" + strings.Repeat(`{"shopify_reason":"a","tiktok_reason":"x"},`, mappings.MostReasons) + `{}]`: {fault: "at most"},
	} {
		var rows []mappings.ReasonRow
		if err := json.Unmarshal([]byte(text), &rows); err != nil {
			t.Fatal(err)
		}
		got, err := mappings.CheckReasons(rows)
		if want.fault == "" {
			if diff := cmp.Diff(want.reasons, got); err != nil || diff != "" {
				t.Errorf("%.60s: %v\n%s", text, err, diff)
			}
			continue
		}
		var faults mappings.RowErrors
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), want.fault) {
			t.Errorf("%.60s: %v, want %q", text, err, want.fault)
		}
	}
}
