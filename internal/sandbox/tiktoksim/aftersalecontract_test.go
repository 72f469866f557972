package tiktoksim

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAftersaleBodiesAreHeldAgainstTheDocuments(t *testing.T) {
	t.Parallel()
	const base = "/return_refund/202309/"
	const returned = `"order_id":"1","return_type":"REFUND","return_reason":"x"`
	for name, tc := range map[string]struct {
		method, path, query, body string
		why                       string
	}{
		"eligibility, nobody asks":     {"GET", "/return_refund/202512/orders/1/aftersale_eligibility", "", "", "initiate_aftersale_user"},
		"eligibility, unknown type":    {"GET", "/return_refund/202512/orders/1/aftersale_eligibility", "initiate_aftersale_user=SELLER&request_types=GIFT", "", "request_types"},
		"calculate, no reason":         {"POST", base + "refunds/calculate", "", `{"order_id":"1","request_type":"REFUND"}`, "reason_name"},
		"return, no type":              {"POST", base + "returns", "", `{"order_id":"1","return_reason":"x"}`, "return_type"},
		"return, amount, no currency":  {"POST", base + "returns", "", `{` + returned + `,"refund_total":"1.00"}`, "come together"},
		"return, a number for money":   {"POST", base + "returns", "", `{` + returned + `,"refund_total":1,"currency":"USD"}`, "refund_total"},
		"return, a field of 202602":    {"POST", base + "returns", "", `{` + returned + `,"order_line_list":[]}`, "body"},
		"return, lines and skus":       {"POST", base + "returns", "", `{` + returned + `,"order_line_item_ids":["1"],"skus":[{"sku_id":"1","quantity":1}]}`, "by line and by sku"},
		"return, long key":             {"POST", base + "returns", "idempotency_key=" + strings.Repeat("k", 256), `{` + returned + `}`, "idempotency_key"},
		"returns, page size":           {"POST", base + "returns/search", "page_size=9", `{}`, "page_size"},
		"returns, sort field":          {"POST", base + "returns/search", "sort_field=id", `{}`, "sort_field"},
		"approve, nothing decided":     {"POST", base + "returns/1/approve", "", `{}`, "decision"},
		"reject, no reason":            {"POST", base + "returns/1/reject", "", `{"decision":"REJECT_REFUND"}`, "reject_reason"},
		"cancel, a key":                {"POST", base + "cancellations", "idempotency_key=k", `{"order_id":"1","cancel_reason":"x"}`, "idempotency_key"},
		"cancel, no reason":            {"POST", base + "cancellations", "", `{"order_id":"1"}`, "cancel_reason"},
		"cancellations, page size":     {"POST", base + "cancellations/search", "page_size=51", `{}`, "page_size"},
		"approve cancellation, a body": {"POST", base + "cancellations/1/approve", "", `{}`, "names no body"},
		"decisions, none":              {"GET", "/return_refund/202601/decision_eligibility", "return_or_cancel_id=1", "", "check_decisions"},
		"decisions, unknown":           {"GET", "/return_refund/202601/decision_eligibility", "return_or_cancel_id=1&check_decisions=MAYBE", "", "check_decisions"},
		"reject reasons, of what":      {"GET", base + "reject_reasons", "", "", "return_or_cancel_id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			q, err := url.ParseQuery(tc.query)
			r.must(err)
			r.refused(r.do(tc.method, tc.path, q, tc.body), tc.why)
		})
	}
}

func TestAftersaleSearchesPage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	unit := SampleUnit()
	unit.Count = 12
	order := r.place(OrderSpec{Units: []Unit{unit}, Status: "DELIVERED"})
	for _, u := range r.units(order) {
		_, err := r.OpenReturn(order, ReturnRequest{LineIDs: []string{u}})
		r.must(err)
	}
	seen := map[string]bool{}
	token := ""
	for _, want := range []int{10, 2} {
		rep := r.do(http.MethodPost, "/return_refund/202309/returns/search", url.Values{"page_size": {"10"}, "page_token": {token}},
			fmt.Sprintf(`{"order_ids":[%q],"return_status":[%q]}`, order, returnPending))
		page := into[struct {
			Rows []map[string]any `json:"return_orders"`
			Next string           `json:"next_page_token"`
		}](t, rep)
		if len(page.Rows) != want {
			t.Fatalf("page of %d, want %d", len(page.Rows), want)
		}
		for _, row := range page.Rows {
			seen[text(row["return_id"])] = true
		}
		token = page.Next
	}
	none := r.do(http.MethodPost, "/return_refund/202309/returns/search", nil, `{"return_types":["REPLACEMENT"]}`)
	if len(seen) != 12 || token != "" || !strings.Contains(string(none.Raw), `"return_orders":[]`) {
		t.Errorf("saw %d returns, then %q; none is %s", len(seen), token, none.Raw)
	}
	r.clean()
}
