package tiktoksim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestBodiesAreHeldAgainstTheDocuments(t *testing.T) {
	t.Parallel()
	const search, external, hooks = "/order/202309/orders/search", "/order/202406/orders/external_orders", "/event/202309/webhooks"
	const ref = `"id":"1","external_order":{"id":"2","platform":"SHOPIFY"`
	for name, tc := range map[string]struct {
		method, path, query, body string
		why                       string // part of the violation; empty means allowed
	}{
		"search, no body":            {method: "POST", path: search, query: "page_size=1"},
		"search, empty object":       {method: "POST", path: search, query: "page_size=1", body: `{}`},
		"search, filters":            {method: "POST", path: search, query: "page_size=1", body: `{"update_time_ge":1,"warehouse_ids":["7"]}`},
		"search, unknown field":      {method: "POST", path: search, query: "page_size=1", body: `{"since":1}`, why: "body"},
		"search, string for int":     {method: "POST", path: search, query: "page_size=1", body: `{"update_time_ge":"1"}`, why: "update_time_ge"},
		"search, float for int":      {method: "POST", path: search, query: "page_size=1", body: `{"update_time_ge":1.5}`, why: "update_time_ge"},
		"search, null":               {method: "POST", path: search, query: "page_size=1", body: `{"order_status":null}`, why: "order_status"},
		"search, unknown status":     {method: "POST", path: search, query: "page_size=1", body: `{"order_status":"SHIPPED"}`, why: "order_status"},
		"search, no page size":       {method: "POST", path: search, body: `{}`, why: "page_size"},
		"search, page size 0":        {method: "POST", path: search, query: "page_size=0", why: "page_size"},
		"search, page size 101":      {method: "POST", path: search, query: "page_size=101", why: "page_size"},
		"search, sort field":         {method: "POST", path: search, query: "page_size=1&sort_field=id", why: "sort_field"},
		"search, sort order":         {method: "POST", path: search, query: "page_size=1&sort_order=asc", why: "sort_order"},
		"search, page size twice":    {method: "POST", path: search, query: "page_size=1&page_size=2", why: "2 times"},
		"search, not JSON":           {method: "POST", path: search, query: "page_size=1", body: `{`, why: "JSON"},
		"search, two values":         {method: "POST", path: search, query: "page_size=1", body: `{}{}`, why: "JSON"},
		"detail, a body":             {method: "GET", path: detailPath, query: "ids=1", body: `{}`, why: "names no body"},
		"external search, a body":    {method: "POST", path: "/order/202406/orders/external_order_search", query: "platform=SHOPIFY&external_order_id=1", body: `{}`, why: "names no body"},
		"external":                   {method: "POST", path: external, body: `{"orders":[{` + ref + `}}]}`},
		"external, no orders":        {method: "POST", path: external, body: `{}`, why: "body.orders"},
		"external, empty orders":     {method: "POST", path: external, body: `{"orders":[]}`, why: "body.orders"},
		"external, no body":          {method: "POST", path: external, why: "body is missing"},
		"external, no platform":      {method: "POST", path: external, body: `{"orders":[{"id":"1","external_order":{"id":"2"}}]}`, why: "platform"},
		"external, deep unknown":     {method: "POST", path: external, body: `{"orders":[{` + ref + `,"line_items":[{"id":"1","sku":"2"}]}}]}`, why: "line_items/0"},
		"external, 101 orders":       {method: "POST", path: external, body: `{"orders":[` + strings.Repeat(`{`+ref+`}},`, 100) + `{` + ref + `}}]}`, why: "more than 100"},
		"external, 101 lines":        {method: "POST", path: external, body: `{"orders":[{` + ref + `,"line_items":[` + strings.Repeat(`{"id":"1"},`, 100) + `{"id":"1"}]}}]}`, why: "more than 100"},
		"webhook":                    {method: "PUT", path: hooks, body: `{"address":"http://a.test/x","event_type":"ORDER_STATUS_CHANGE"}`},
		"webhook, no address":        {method: "PUT", path: hooks, body: `{"event_type":"ORDER_STATUS_CHANGE"}`, why: "address"},
		"webhook, long address":      {method: "PUT", path: hooks, body: `{"address":"http://a.test/` + strings.Repeat("x", 250) + `","event_type":"ORDER_STATUS_CHANGE"}`, why: "255"},
		"webhook, extra field":       {method: "PUT", path: hooks, body: `{"address":"http://a.test/","event_type":"ORDER_STATUS_CHANGE","shop":"1"}`, why: "body"},
		"webhook, delete what":       {method: "DELETE", path: hooks, body: `{}`, why: "event_type"},
		"external get, no platform":  {method: "GET", path: "/order/202406/orders/1/external_orders", why: "platform"},
		"external get, empty string": {method: "GET", path: "/order/202406/orders/1/external_orders", query: "platform=", why: "platform"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			q, err := url.ParseQuery(tc.query)
			r.must(err)
			rep := r.do(tc.method, tc.path, q, tc.body)
			if tc.why == "" {
				r.clean()
				return
			}
			r.refused(rep, tc.why)
		})
	}
}

// refused expects that the answer refuses the only violation there was, which
// is about why.
func (r *rig) refused(rep reply, why string) {
	r.t.Helper()
	if rep.Code != 36009004 || rep.Status != http.StatusBadRequest {
		r.t.Errorf("answer = %d, code %d, want 400, 36009004", rep.Status, rep.Code)
	}
	if v := r.Violations(); len(v) != 1 || !strings.Contains(v[0].Why, why) {
		r.t.Errorf("violations = %v, want one about %q", v, why)
	}
}

func TestViolationsRepeatNoValues(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.do(http.MethodPost, "/order/202309/orders/search", url.Values{"page_size": {"1"}},
		`{"update_time_ge":"Dana Whitfield","order_status":7,"Priya":1}`)
	for _, v := range r.Violations() {
		if strings.Contains(v.String(), "Dana") {
			t.Errorf("a violation repeats what was sent: %s", v)
		}
	}
}

// TestAnswersNameOnlyWhatTheDocumentsName closes the other side: a field that TikTok does not have would let the client
// learn to depend on it.
func TestAnswersNameOnlyWhatTheDocumentsName(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(OrderSpec{
		Status: "DELIVERED", Shipping: Shipping{Original: 500, SellerDiscount: 100, Tax: 20},
		Fees: Fees{RetailDelivery: 1, SmallOrder: 2, Handling: 3, BuyerService: 4, ItemInsurance: 5, ItemInsuranceTax: 6,
			ShippingInsurance: 7, PaymentPlatformDiscount: 8, PaymentDiscountService: 9, Distances: 10},
		Units: []Unit{{SKUID: "1", Price: 100, TaxRate: "0.1", Components: []Component{{SKUID: "2"}}}},
	})
	cancelled := r.place(OrderSpec{Replacement: true, SourceOrderID: id})
	r.must(r.CancelLines(cancelled, Cancellation{}))
	r.must(r.AddExternalReference(id, ExternalReference{Platform: "SHOPIFY", ID: "9", Lines: []ExternalLine{{ID: "1", OriginID: "2"}}}))
	r.do(http.MethodPut, "/event/202309/webhooks", nil, `{"address":"http://a.test/","event_type":"ORDER_STATUS_CHANGE"}`)

	for op, rep := range map[string]reply{
		OpShops:          r.send(r.api(http.MethodGet, "/authorization/202309/shops", nil, "")),
		OpOrderDetail:    r.do(http.MethodGet, detailPath, url.Values{"ids": {id + "," + cancelled}}, ""),
		OpOrderSearch:    r.do(http.MethodPost, "/order/202309/orders/search", url.Values{"page_size": {"1"}}, "{}"),
		OpPriceDetail:    r.do(http.MethodGet, "/order/202407/orders/"+id+"/price_detail", nil, ""),
		OpExternalAdd:    r.do(http.MethodPost, "/order/202406/orders/external_orders", nil, `{"orders":[{"id":"1","external_order":{"id":"2","platform":"SHOPIFY"}}]}`),
		OpExternalGet:    r.do(http.MethodGet, "/order/202406/orders/"+id+"/external_orders", url.Values{"platform": {"SHOPIFY"}}, ""),
		OpExternalSearch: r.do(http.MethodPost, "/order/202406/orders/external_order_search", url.Values{"platform": {"SHOPIFY"}, "external_order_id": {"9"}}, ""),
		OpWebhookList:    r.do(http.MethodGet, "/event/202309/webhooks", nil, ""),
		OpWebhookDelete:  r.do(http.MethodDelete, "/event/202309/webhooks", nil, `{"event_type":"ORDER_STATUS_CHANGE"}`),
	} {
		if rep.Code != 0 {
			t.Errorf("%s: %d %s", op, rep.Code, rep.Message)
		}
		conforms(t, op, rep.Raw)
	}
	r.clean()
}

// conforms holds an answer against the closed response schema of its operation.
func conforms(t *testing.T, op string, raw []byte) {
	t.Helper()
	c, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	method, path, _ := strings.Cut(op, " ")
	src, err := json.Marshal(c.doc.Paths.Value(path).GetOperation(method).Responses.Value("200").Value.Content["application/json"].Schema)
	if err != nil {
		t.Fatal(err)
	}
	own := &openapi3.SchemaRef{} // a copy: the contract is shared by every test
	if err := json.Unmarshal(src, own); err != nil {
		t.Fatal(err)
	}
	closeSchema(own)
	var body any
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	if err := own.Value.VisitJSON(body, openapi3.MultiErrors()); err != nil {
		t.Errorf("%s: the answer does not fit the document: %v", op, err)
	}
}
