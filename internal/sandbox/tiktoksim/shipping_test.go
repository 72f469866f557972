package tiktoksim

import (
	"cmp"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

const (
	usps  = "7117000000000010001"
	ups   = "7117000000000010002"
	evri  = "7117000000000020002"
	first = "9400100000000000000001"
)

func shipPath(order string) string { return "/fulfillment/202309/orders/" + order + "/packages" }

func (r *rig) mark(order, number, carrier string, lines ...string) reply {
	r.t.Helper()
	body := map[string]any{"tracking_number": number, "shipping_provider_id": carrier}
	if lines != nil {
		body["order_line_item_ids"] = lines
	}
	return r.post(shipPath(order), "", body)
}

type marked struct {
	PackageID string   `json:"package_id"`
	Lines     []string `json:"order_line_item_ids"`
	Warning   struct{ Message string }
}

func TestSellerShipsUnitByUnit(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(OrderSpec{Status: "AWAITING_SHIPMENT", Units: units(3)})
	all := r.units(id)
	one := into[marked](t, r.code(r.mark(id, first, usps, all[1]), 0))
	if one.PackageID == "" || !slices.Equal(one.Lines, all[1:2]) || one.Warning.Message != "" {
		t.Errorf("answer %+v", one)
	}
	doc := r.detail(id)[0]
	line := object(list(doc["line_items"])[1])
	if doc["status"] != "PARTIALLY_SHIPPING" || doc["split_or_combine_tag"] != "SPLIT" || line["package_id"] != one.PackageID ||
		line["tracking_number"] != first || line["shipping_provider_name"] != "USPS" || number(line["rts_time"]) != r.clock.now().Unix() {
		t.Errorf("order %v", doc)
	}
	r.code(r.mark(id, first, usps, all[1]), 21011006)
	r.code(r.mark(id, first, usps, all[0], all[1]), 21011006)
	rest := into[marked](t, r.code(r.mark(id, "1Z0000000000000001", usps), 0))
	if rest.PackageID == one.PackageID || !slices.Equal(rest.Lines, []string{all[0], all[2]}) || rest.Warning.Message == "" {
		t.Errorf("the rest %+v", rest)
	}
	if o, _ := r.Order(id); o.Status != "AWAITING_COLLECTION" {
		t.Errorf("status %s", o.Status)
	}
	r.code(r.mark(id, first, usps), 21011006)
}

func TestTikToksOwnSampleOfAParcelIsTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.load("order_detail_13_split_partially_shipped_plus_line_cancel.json")
	body, err := os.ReadFile("testdata/mark_package_shipped_request_split.json")
	r.must(err)
	r.code(r.do(http.MethodPost, shipPath(id), nil, string(body)), 0)
	if o, _ := r.Order(id); o.Status != "AWAITING_COLLECTION" {
		t.Errorf("with its last live unit gone the order is %s", o.Status)
	}
}

func TestParcelsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spec    OrderSpec
		prepare func(r *rig, id string) error
		number  string
		carrier string
		lines   []int // nil: none named
		code    int
		says    string
	}{
		"on hold":          {spec: OrderSpec{Status: "ON_HOLD"}, code: 21001001, says: "status"},
		"unpaid":           {spec: OrderSpec{Status: "UNPAID"}, code: 21001001, says: "status"},
		"cancelled":        {spec: OrderSpec{Status: "CANCELLED"}, code: 21001001, says: "cancelled"},
		"delivered":        {spec: OrderSpec{Status: "DELIVERED"}, code: 21011006, says: "already"},
		"tiktok ships":     {spec: OrderSpec{ShippingType: "TIKTOK"}, code: 21011029, says: "seller"},
		"tiktok's stock":   {spec: OrderSpec{FulfillmentType: "FULFILLMENT_BY_TIKTOK"}, code: 21011029, says: "seller"},
		"carrier of GB":    {carrier: evri, code: 21001001, says: "provider"},
		"a short number":   {number: "12", code: 21001001, says: "tracking number"},
		"a spaced number":  {number: "9400 1000 0000", code: 21001001, says: "tracking number"},
		"a unit twice":     {lines: []int{0, 0}, code: 21001001, says: "twice"},
		"cancelled unit":   {prepare: cancelFirst, lines: []int{0}, code: 21001001, says: "cancelled"},
		"buyer wants out":  {prepare: askFirst, lines: []int{0, 1}, code: 10007014, says: "cancel"},
		"... of the whole": {prepare: askFirst, code: 10007014, says: "cancel"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			if tc.spec.Status == "" {
				tc.spec.Status = "AWAITING_SHIPMENT"
			}
			tc.spec.Units = units(2)
			id := r.place(tc.spec)
			if tc.prepare != nil {
				r.must(tc.prepare(r, id))
			}
			var lines []string
			for _, n := range tc.lines {
				lines = append(lines, r.units(id)[n])
			}
			before := r.raw(id)
			r.clock.add(time.Minute)
			rep := r.code(r.mark(id, cmp.Or(tc.number, first), cmp.Or(tc.carrier, usps), lines...), tc.code)
			if !strings.Contains(rep.Message, tc.says) || r.raw(id) != before {
				t.Errorf("%q, changed %v", rep.Message, r.raw(id) != before)
			}
		})
	}
	r := newRig(t)
	r.code(r.mark("1", first, usps), 21001001)
	r.code(r.mark(r.place(OrderSpec{Status: "AWAITING_SHIPMENT"}), first, usps, "1"), 21001001)
}

func cancelFirst(r *rig, id string) error {
	return r.CancelLines(id, Cancellation{LineIDs: r.units(id)[:1]})
}

func askFirst(r *rig, id string) error {
	_, err := r.RequestCancel(id, Cancellation{LineIDs: r.units(id)[:1]})
	return err
}

func TestParcelLeavesOnceTheBuyerHasHisAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(OrderSpec{Status: "AWAITING_SHIPMENT", Units: units(2)})
	r.must(askFirst(r, id))
	r.code(r.mark(id, first, usps, r.units(id)[1]), 0) // nobody asked about this one
	r.must(r.Withdraw(r.Aftersales(id)[0].ID))
	r.code(r.mark(id, first, usps, r.units(id)[0]), 0)
}

func TestTrackingIsCorrectedForThreeDays(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(OrderSpec{Status: "AWAITING_SHIPMENT", Units: units(2)})
	orders := "/fulfillment/202309/orders/" + id + "/shipping_info/update"
	packages := func(p string) string { return "/fulfillment/202309/packages/" + p + "/shipping_info/update" }
	right := map[string]any{"tracking_number": "1Z0000000000000001", "shipping_provider_id": ups}
	r.code(r.post(orders, "", right), 21001001) // nothing is shipped
	one := into[marked](t, r.mark(id, first, usps, r.units(id)[0]))
	r.code(r.post(orders, "", right), 21001001) // not all is
	r.code(r.post(packages(one.PackageID), "", right), 0)
	line := object(list(r.detail(id)[0]["line_items"])[0])
	if line["tracking_number"] != "1Z0000000000000001" || line["shipping_provider_id"] != ups || line["shipping_provider_name"] != "UPS" {
		t.Errorf("line %v", line)
	}
	two := into[marked](t, r.mark(id, first, usps))
	r.code(r.post(orders, "", right), 21001001) // it is split
	r.code(r.post(packages("1"), "", right), 21011001)
	r.code(r.post(packages(two.PackageID), "", map[string]any{"tracking_number": first, "shipping_provider_id": evri}), 21001001)
	r.clock.add(correctable)
	r.code(r.post(packages(two.PackageID), "", right), 0)
	r.clock.add(time.Second)
	if rep := r.code(r.post(packages(two.PackageID), "", right), 21001001); !strings.Contains(rep.Message, "72 hours") {
		t.Errorf("said %q", rep.Message)
	}
	whole := r.place(OrderSpec{Status: "AWAITING_SHIPMENT"})
	r.code(r.mark(whole, first, usps), 0)
	r.code(r.post("/fulfillment/202309/orders/"+whole+"/shipping_info/update", "", right), 0)
	theirs := r.place(OrderSpec{Status: "AWAITING_COLLECTION", ShippingType: "TIKTOK"})
	r.code(r.post("/fulfillment/202309/orders/"+theirs+"/shipping_info/update", "", right), 21011029)
}

func TestShippingBodiesAreHeldAgainstTheDocuments(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ path, body, why string }{
		"no number":        {shipPath("1"), `{"shipping_provider_id":"1"}`, "tracking_number"},
		"no provider":      {shipPath("1"), `{"tracking_number":"1"}`, "shipping_provider_id"},
		"a line as number": {shipPath("1"), `{"tracking_number":"1","shipping_provider_id":"1","order_line_item_ids":[1]}`, "order_line_item_ids"},
		"a field of ours":  {shipPath("1"), `{"tracking_number":"1","shipping_provider_id":"1","notify":true}`, "body"},
		"correction":       {"/fulfillment/202309/orders/1/shipping_info/update", `{"tracking_number":"1"}`, "shipping_provider_id"},
		"of a package":     {"/fulfillment/202309/packages/1/shipping_info/update", `{"shipping_provider_id":"1"}`, "tracking_number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.refused(r.do(http.MethodPost, tc.path, nil, tc.body), tc.why)
		})
	}
}

func TestShippingWithoutPermission(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	providers := "/logistics/202309/delivery_options/" + deliveryOption + "/shipping_providers"
	if got := into[struct {
		All []provider `json:"shipping_providers"`
	}](t, r.code(r.do(http.MethodGet, providers, nil, ""), 0)); !slices.Equal(got.All, providersOf(&shop{region: "US"})) {
		t.Errorf("providers %v", got)
	}
	r.code(r.do(http.MethodGet, strings.Replace(providers, deliveryOption, "1", 1), nil, ""), 21001001)
	r.must(r.SetScopes(openID, "seller.order.info"))
	id := r.place(OrderSpec{Status: "AWAITING_SHIPMENT"})
	r.code(r.mark(id, first, usps), 105005)
	r.code(r.do(http.MethodGet, providers, nil, ""), 105005)
}

// A parcel whose answer is lost has left all the same, and leaves once.
func TestLostAnswersOfParcels(t *testing.T) {
	t.Parallel()
	for kind, left := range map[chaos.Kind]bool{chaos.CutBefore: false, chaos.CutAfter: true, chaos.LateCommit: true} {
		r := newRig(t)
		id := r.place(OrderSpec{Status: "AWAITING_SHIPMENT", Units: units(2)})
		r.script.Add(OpMarkShipped, chaos.Fault{Kind: kind}, 1)
		body := `{"tracking_number":"` + first + `","shipping_provider_id":"` + usps + `","order_line_item_ids":["` + r.units(id)[0] + `"]}`
		req := r.api(http.MethodPost, shipPath(id), map[string][]string{"shop_cipher": {usCipher}}, body)
		if _, err := r.try(req); err == nil {
			t.Errorf("%v: there was an answer", kind)
		}
		want := 0
		if left {
			want = 21011006
		}
		r.code(r.mark(id, first, usps, r.units(id)[0]), want)
		if packages := list(r.detail(id)[0]["packages"]); len(packages) != 1 {
			t.Errorf("%v: %d packages", kind, len(packages))
		}
	}
}
