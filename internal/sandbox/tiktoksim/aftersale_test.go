package tiktoksim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	damaged  = "ecom_order_delivered_refund_reason_damaged_seller"
	buyerAsk = "seller_cancel_paid_reason_buyer_requested_cancellation"
	noStock  = "seller_cancel_reason_out_of_stock"
	lost     = "seller_shipped_refund_package_lost"
)

func (r *rig) post(path, key string, body any) reply {
	r.t.Helper()
	raw, err := json.Marshal(body)
	r.must(err)
	if text, ok := body.(string); ok {
		raw = []byte(text)
	}
	q := url.Values{}
	if key != "" {
		q.Set("idempotency_key", key)
	}
	return r.do(http.MethodPost, path, q, string(raw))
}

func (r *rig) returnUnits(key, order, reason, total string, lines ...string) reply {
	r.t.Helper()
	body := map[string]any{"order_id": order, "return_type": "REFUND", "return_reason": reason, "order_line_item_ids": lines}
	if total != "" {
		body["refund_total"], body["currency"] = total, "USD"
	}
	return r.post("/return_refund/202309/returns", key, body)
}

func (r *rig) cancelUnitsOf(order, reason string, lines ...string) reply {
	r.t.Helper()
	return r.post("/return_refund/202309/cancellations", "", map[string]any{"order_id": order, "cancel_reason": reason, "order_line_item_ids": lines})
}

func (r *rig) units(order string) []string {
	r.t.Helper()
	o, ok := r.Order(order)
	if !ok {
		r.t.Fatalf("no order %s", order)
	}
	return o.LineIDs
}

func (r *rig) money(order string) BuyerMoney {
	r.t.Helper()
	m, ok := r.Money(order)
	if !ok {
		r.t.Fatalf("no order %s", order)
	}
	return m
}

// code expects an answer's code and no violation.
func (r *rig) code(rep reply, want int) reply {
	r.t.Helper()
	if rep.Code != want {
		r.t.Errorf("answer is %d %s, want %d", rep.Code, rep.Message, want)
	}
	r.clean()
	return rep
}

func (r *rig) cases(order string, want ...string) []AftersaleCase {
	r.t.Helper()
	var got []string
	all := r.Aftersales(order)
	for _, c := range all {
		got = append(got, strings.Join([]string{c.Role, c.Kind, c.Status}, " "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("cases (-want +got):\n%s", diff)
	}
	return all
}

// TestMatrix is Partner Center's returns overview: what the seller may do by status and market.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		shop, status string
		want         map[string]int // 0: eligible
	}{
		"unpaid":            {usShop, "UNPAID", map[string]int{"CANCEL": 25001003, "REFUND": 25001003, "RETURN_AND_REFUND": 25001003}},
		"on hold":           {usShop, "ON_HOLD", map[string]int{"CANCEL": 0, "REFUND": 25001003, "RETURN_AND_REFUND": 25001003}},
		"awaiting shipment": {usShop, "AWAITING_SHIPMENT", map[string]int{"CANCEL": 0, "REFUND": 25001003, "RETURN_AND_REFUND": 25001003}},
		"collection, US":    {usShop, "AWAITING_COLLECTION", map[string]int{"CANCEL": 0, "REFUND": 0, "RETURN_AND_REFUND": 25001003}},
		"collection, UK":    {gbShop, "AWAITING_COLLECTION", map[string]int{"CANCEL": 25001003, "REFUND": 0, "RETURN_AND_REFUND": 25001003}},
		"in transit":        {usShop, "IN_TRANSIT", map[string]int{"CANCEL": 25001045, "REFUND": 0, "RETURN_AND_REFUND": 25001003}},
		"delivered, US":     {usShop, "DELIVERED", map[string]int{"CANCEL": 25001003, "REFUND": 0, "RETURN_AND_REFUND": 0}},
		"delivered, UK":     {gbShop, "DELIVERED", map[string]int{"CANCEL": 25001003, "REFUND": 0, "RETURN_AND_REFUND": 25001003}},
		"completed":         {usShop, "COMPLETED", map[string]int{"CANCEL": 25001051, "REFUND": 25001051, "RETURN_AND_REFUND": 25001051}},
		"cancelled":         {usShop, "CANCELLED", map[string]int{"CANCEL": 25001011, "REFUND": 25001011, "RETURN_AND_REFUND": 25001011}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			id, err := r.PlaceOrder(tc.shop, OrderSpec{Units: []Unit{SampleUnit()}, Status: "UNPAID"})
			r.must(err)
			if tc.status != "UNPAID" {
				r.must(r.SetStatus(id, "ON_HOLD"))
				r.must(r.SetStatus(id, tc.status))
			}
			cipher := map[string]string{usShop: usCipher, gbShop: gbCipher}[tc.shop]
			rep := r.do(http.MethodGet, "/return_refund/202512/orders/"+id+"/aftersale_eligibility",
				url.Values{"shop_cipher": {cipher}, "initiate_aftersale_user": {"SELLER"}}, "")
			r.code(rep, 0)
			conforms(t, OpEligibility, rep.Raw)
			got := map[string]int{}
			for _, e := range eligibleRows(t, rep) {
				if got[e.Type] = e.Code; e.Eligible != (e.Code == 0) || e.Eligible == (len(e.Reasons) == 0) || !slices.Equal(e.Units, r.units(id)) {
					t.Errorf("row %+v", e)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

type eligibleRow struct {
	Type     string `json:"request_type"`
	Eligible bool
	Code     int      `json:"ineligible_code"`
	Units    []string `json:"order_line_items_ids"`
	Reasons  []string `json:"available_reason_names"`
}

func eligibleRows(t *testing.T, rep reply) []eligibleRow {
	t.Helper()
	data := into[struct {
		SKUs []struct {
			Rows []eligibleRow `json:"line_item_eligibility"`
		} `json:"sku_eligibility"`
	}](t, rep)
	var rows []eligibleRow
	for _, sku := range data.SKUs {
		rows = append(rows, sku.Rows...)
	}
	return rows
}

func (r *rig) load(file string) string {
	r.t.Helper()
	raw, err := os.ReadFile("testdata/" + file)
	r.must(err)
	ids, err := r.LoadOrder(usShop, raw)
	r.must(err)
	return ids[0]
}

// TestSampleRefund is the sample of one unit of a delivered order, calculated and refunded whole and in part.
func TestSampleRefund(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]int64{"create_return_request_full_line.json": 2598, "create_return_request_partial_less_fee.json": 2098} {
		r := newRig(t)
		id := r.load("order_detail_16_delivered_two_packages_refundable.json")
		ask, err := os.ReadFile("testdata/calculate_refund_request_one_line.json")
		r.must(err)
		answer, err := os.ReadFile("testdata/calculate_refund_response_one_line.json")
		r.must(err)
		rep := r.code(r.post("/return_refund/202309/refunds/calculate", "", string(ask)), 0)
		conforms(t, OpCalculate, rep.Raw)
		var sample reply
		r.must(json.Unmarshal(answer, &sample))
		if diff := cmp.Diff(into[map[string]any](t, sample), into[map[string]any](t, rep)); diff != "" {
			t.Errorf("calculated (-sample +got):\n%s", diff)
		}
		create, err := os.ReadFile("testdata/" + file)
		r.must(err)
		rep = r.code(r.post("/return_refund/202309/returns", "k1", string(create)), 0)
		conforms(t, OpReturnCreate, rep.Raw)
		if got := into[map[string]string](t, rep)["return_status"]; got != returnSuccess {
			t.Errorf("answered %s", got)
		}
		all := r.cases(id, "SELLER REFUND "+returnComplete)
		if all[0].Amount != want || r.money(id) != (BuyerMoney{Currency: "USD", Paid: 7689, Back: want}) {
			t.Errorf("%+v, money %+v", all[0], r.money(id))
		}
	}
}

func TestSellersRefundIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.load("order_detail_16_delivered_two_packages_refundable.json")
	u := r.units(id)
	r.code(r.returnUnits("", "576900000000099999", damaged, "", u[0]), 25007006)
	r.code(r.returnUnits("", id, damaged, "25.99", u[0]), 25005005)
	r.code(r.returnUnits("", id, damaged, "0.00", u[0]), 25001001)
	r.code(r.returnUnits("", id, damaged, "", u[0], u[0]), 25005010)
	r.code(r.returnUnits("", id, damaged, "", u[1], u[2]), 25005010) // two packages
	r.code(r.returnUnits("", id, damaged, "", "577399999999999999"), 25005010)
	r.code(r.returnUnits("", id, "changed_mind", "", u[0]), 25001014)
	r.code(r.returnUnits("", id, noStock, "", u[0]), 25001021)
	r.code(r.post("/return_refund/202309/returns", "", map[string]any{"order_id": id, "return_type": "REFUND", "return_reason": damaged,
		"order_line_item_ids": u[:1], "refund_total": "1.00", "currency": "GBP"}), 25001001)
	r.code(r.cancelUnitsOf(id, buyerAsk, u[0]), 25001003)
	r.must(r.SetAftersaleRules(id, AftersaleRules{NoPartial: true}))
	r.code(r.returnUnits("", id, damaged, "25.97", u[0]), 25005020)
	r.must(r.SetAftersaleRules(id, AftersaleRules{Refuse: 25001046}))
	r.code(r.returnUnits("", id, damaged, "25.98", u[0]), 25001046)
	r.must(r.SetAftersaleRules(id, AftersaleRules{PartialErrors: true}))
	rep := r.code(r.returnUnits("", id, damaged, "25.98", u[0]), 0)
	if errs := into[struct{ Errors []any }](t, rep).Errors; len(errs) != 1 {
		t.Errorf("errors = %v", errs)
	}
	r.cases(id)
	r.must(r.SetAftersaleRules(id, AftersaleRules{PayLater: true}))
	r.code(r.returnUnits("", id, damaged, "25.98", u[0]), 0)
	r.code(r.returnUnits("", id, damaged, "25.98", u[0]), 25001011)
	r.must(r.PayBack(r.cases(id, "SELLER REFUND "+returnSuccess)[0].ID))
	r.code(r.returnUnits("", id, damaged, "25.98", u[0]), 25001010)
	r.clock.add(40 * 24 * time.Hour)
	r.token = r.connect().AccessToken
	r.code(r.returnUnits("", id, damaged, "25.98", u[1]), 25001051) // the window has passed
}

func TestShippingComesBackWithTheLastUnit(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		rules        AftersaleRules
		back         int64
		status, last string
	}{
		"with it":    {AftersaleRules{}, 2*1949 + 620, "COMPLETED", "25.69"},
		"without it": {AftersaleRules{KeepShipping: true}, 2 * 1949, "DELIVERED", "19.49"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *Options) { o.Aftersales = tc.rules })
			unit := SampleUnit() // 18.00 and 8.25 % of it
			unit.Count = 2
			id := r.place(OrderSpec{Units: []Unit{unit}, Status: "DELIVERED", Shipping: Shipping{Original: 600, Tax: 20}})
			u := r.units(id)
			r.code(r.returnUnits("", id, damaged, "19.50", u[0]), 25005005)
			r.code(r.returnUnits("", id, damaged, "19.49", u[0]), 0)
			r.code(r.returnUnits("", id, damaged, tc.last, u[1]), 0)
			if o, _ := r.Order(id); r.money(id).Back != tc.back || o.Status != tc.status {
				t.Errorf("order is %s, money %+v", o.Status, r.money(id))
			}
		})
	}
}
