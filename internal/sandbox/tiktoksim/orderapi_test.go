package tiktoksim

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const searchPath = "/order/202309/orders/search"

type searchPage struct {
	Orders        []struct{ ID string }
	NextPageToken string `json:"next_page_token"`
	TotalCount    int    `json:"total_count"`
}

// collect follows the pages of a search to the end.
func (r *rig) collect(query url.Values, body string) (ids []string, pages int) {
	r.t.Helper()
	q := url.Values{"page_size": {"2"}}
	for k, v := range query {
		q[k] = v
	}
	for {
		rep := r.do(http.MethodPost, searchPath, q, body)
		if rep.Code != 0 {
			r.t.Fatalf("search: %d %s", rep.Code, rep.Message)
		}
		page := into[searchPage](r.t, rep)
		pages++
		for _, o := range page.Orders {
			ids = append(ids, o.ID)
		}
		if page.NextPageToken == "" {
			if page.TotalCount != len(ids) {
				r.t.Errorf("total_count = %d, orders = %d", page.TotalCount, len(ids))
			}
			return ids, pages
		}
		if !strings.HasPrefix(page.NextPageToken, "+/") || !strings.HasSuffix(page.NextPageToken, "=") {
			r.t.Errorf("page token %q needs no escaping", page.NextPageToken)
		}
		q.Set("page_token", page.NextPageToken)
	}
}

func TestSearchPagesFiltersAndSorts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	start := r.clock.now().Unix()
	var ids []string
	for i := range 5 {
		ids = append(ids, r.place(OrderSpec{ShippingType: []string{"SELLER", "TIKTOK"}[i%2]}))
		r.clock.add(time.Minute)
	}
	_, err := r.PlaceOrder(gbShop, OrderSpec{Units: []Unit{SampleUnit()}})
	r.must(err)
	r.must(r.SetStatus(ids[0], "AWAITING_SHIPMENT"))
	reversed := slices.Clone(ids)
	slices.Reverse(reversed)
	second := strconv.FormatInt(start+60, 10)
	for name, tc := range map[string]struct {
		query url.Values
		body  string
		want  []string
	}{
		"default: newest first":      {nil, "", reversed},
		"oldest first":               {url.Values{"sort_order": {"ASC"}}, "{}", ids},
		"by update":                  {url.Values{"sort_field": {"update_time"}}, "{}", append([]string{ids[0]}, reversed[:4]...)},
		"created from is inclusive":  {nil, `{"create_time_ge":` + second + `}`, reversed[:4]},
		"created until is exclusive": {nil, `{"create_time_lt":` + second + `}`, ids[:1]},
		"updated":                    {nil, `{"update_time_ge":` + strconv.FormatInt(start+300, 10) + `}`, ids[:1]},
		"status":                     {nil, `{"order_status":"AWAITING_SHIPMENT"}`, ids[:1]},
		"shipping type":              {url.Values{"sort_order": {"ASC"}}, `{"shipping_type":"TIKTOK"}`, []string{ids[1], ids[3]}},
		"warehouse":                  {nil, `{"warehouse_ids":["1"]}`, nil},
		"buyer":                      {nil, `{"buyer_user_id":"1"}`, nil},
		"cancel asked":               {nil, `{"is_buyer_request_cancel":true}`, nil},
	} {
		got, _ := r.collect(tc.query, tc.body)
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, pages := r.collect(nil, ""); pages != 3 {
		t.Errorf("pages = %d, want 3", pages)
	}
	r.clean()
}

func TestPageTokenBelongsToItsSearch(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.place(OrderSpec{})
	r.place(OrderSpec{})
	q := url.Values{"page_size": {"1"}}
	token := into[searchPage](t, r.do(http.MethodPost, searchPath, q, "{}")).NextPageToken
	for name, tc := range map[string]struct{ token, body string }{
		"other filter": {token, `{"order_status":"ON_HOLD"}`},
		"invented":     {"abc", "{}"},
	} {
		q.Set("page_token", tc.token)
		if rep := r.do(http.MethodPost, searchPath, q, tc.body); rep.Code != 36009004 {
			t.Errorf("%s: code = %d", name, rep.Code)
		}
	}
	if n := len(r.Violations()); n != 2 {
		t.Errorf("violations = %d, want 2", n)
	}
}

func TestDetailShowsOnlyTheShopsOrders(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	own := r.place(OrderSpec{})
	other, err := r.PlaceOrder(gbShop, OrderSpec{Units: []Unit{SampleUnit()}})
	r.must(err)
	got := r.detail(own, other, own, "576900000000000000")
	if len(got) != 1 || got[0]["id"] != own {
		t.Errorf("orders = %v", got)
	}
}

func TestPriceDetail(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(OrderSpec{Shipping: Shipping{Original: 599}})
	path := "/order/202407/orders/" + id + "/price_detail"
	got := into[map[string]any](t, r.do(http.MethodGet, path, nil, ""))
	if got["total"] != "25.48" || got["shipping_sale_price"] != "5.99" || object(list(got["line_items"])[0])["tax_rate"] != "0.0825" {
		t.Errorf("price detail = %v", got)
	}
	without := newRig(t, func(o *Options) { o.NoPriceDetail = true })
	id = without.place(OrderSpec{})
	rep := without.do(http.MethodGet, "/order/202407/orders/"+id+"/price_detail", nil, "")
	if rep.Status != http.StatusNotFound || rep.Code != 36009009 {
		t.Errorf("answer = %d, code %d", rep.Status, rep.Code)
	}
	without.clean()
}

func TestExternalReferences(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(OrderSpec{})
	o, _ := r.Order(id)
	add := func(order, line string) reply {
		return r.do(http.MethodPost, "/order/202406/orders/external_orders", nil,
			`{"orders":[{"id":"`+order+`","external_order":{"id":"62001","platform":"SHOPIFY","line_items":[{"id":"155","origin_id":"`+line+`"}]}}]}`)
	}
	if rep := add(id, o.LineIDs[0]); rep.Code != 0 || strings.Contains(string(rep.Data), "errors") {
		t.Fatalf("add: %s", rep.Raw)
	}
	add(id, o.LineIDs[0]) // the same again is one reference
	want := []ExternalReference{{Platform: "SHOPIFY", ID: "62001", Lines: []ExternalLine{{ID: "155", OriginID: o.LineIDs[0]}}}}
	if diff := cmp.Diff(want, r.ExternalReferences(id)); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	for name, rep := range map[string]reply{"unknown order": add("1", o.LineIDs[0]), "unknown line": add(id, "1")} {
		errs := into[struct {
			Errors []struct {
				Code   string
				Detail struct {
					OrderID string `json:"order_id"`
				}
			}
		}](t, rep).Errors
		if rep.Code != 0 || len(errs) != 1 || errs[0].Code != "36020001" || errs[0].Detail.OrderID == "" {
			t.Errorf("%s: %s", name, rep.Raw)
		}
	}
	r.must(r.AddExternalReference(id, ExternalReference{Platform: "WOOCOMMERCE", ID: "7"}))
	get := into[struct {
		ExternalOrders []ExternalReference `json:"external_orders"`
	}](t, r.do(http.MethodGet, "/order/202406/orders/"+id+"/external_orders", url.Values{"platform": {"SHOPIFY"}}, ""))
	if len(get.ExternalOrders) != 1 || get.ExternalOrders[0].ID != "62001" {
		t.Errorf("get = %v", get)
	}
	q := url.Values{"platform": {"SHOPIFY"}, "external_order_id": {"62001"}}
	found := into[searchPage](t, r.do(http.MethodPost, "/order/202406/orders/external_order_search", q, ""))
	if len(found.Orders) != 1 || found.Orders[0].ID != id {
		t.Errorf("search = %v", found)
	}
	r.clean()
}
