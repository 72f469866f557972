package tiktoksim

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLoadedOrdersAreServedAsTheyAre(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/order_detail_*.json")
	if err != nil || len(files) < 9 {
		t.Fatalf("order files = %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			raw, err := os.ReadFile(file)
			r.must(err)
			ids, err := r.LoadOrder(usShop, raw)
			r.must(err)
			var want struct {
				Data struct{ Orders []map[string]any }
			}
			r.must(json.Unmarshal(raw, &want))
			if diff := cmp.Diff(want.Data.Orders, r.detail(ids...)); diff != "" {
				t.Errorf("served differs from loaded (-loaded +served):\n%s", diff)
			}
			for _, o := range want.Data.Orders {
				checkPayment(t, o)
			}
			r.clean()
		})
	}
}

// checkPayment holds the printed formulas against an order: total_amount = sub_total + shipping_fee + taxes + retail
// delivery fee, and the sums over lines.
func checkPayment(t testing.TB, doc map[string]any) {
	t.Helper()
	pay := object(doc["payment"])
	cur := text(pay["currency"])
	amount := func(m map[string]any, key string) int64 {
		if m[key] == nil {
			return 0
		}
		v, ok := parseDecimal(text(m[key]), cur)
		if !ok {
			t.Errorf("%s = %v is not an amount", key, m[key])
		}
		return v
	}
	var original, sale int64
	for _, l := range list(doc["line_items"]) {
		line := object(l)
		original += amount(line, "original_price")
		sale += amount(line, "sale_price")
		if got := amount(line, "original_price") - amount(line, "seller_discount") - amount(line, "platform_discount"); got != amount(line, "sale_price") {
			t.Errorf("line %v: sale price is not original less discounts", line["id"])
		}
	}
	for name, pair := range map[string][2]int64{
		"original_total_product_price": {amount(pay, "original_total_product_price"), original},
		"sub_total":                    {amount(pay, "sub_total"), sale},
		"shipping_fee": {amount(pay, "shipping_fee"), amount(pay, "original_shipping_fee") -
			amount(pay, "shipping_fee_seller_discount") - amount(pay, "shipping_fee_platform_discount") -
			amount(pay, "shipping_fee_cofunded_discount")},
		"total_amount": {amount(pay, "total_amount"), amount(pay, "sub_total") + amount(pay, "shipping_fee") +
			amount(pay, "tax") + amount(pay, "retail_delivery_fee")},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s = %d, want %d", name, pair[0], pair[1])
		}
	}
}

func TestPlacedOrdersKeepTheFormulas(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cents := rapid.Int64Range(0, 50_000)
	rapid.Check(t, func(rt *rapid.T) {
		var spec OrderSpec
		for range rapid.IntRange(1, 4).Draw(rt, "units") {
			u := Unit{SKUID: "1", SellerDiscount: cents.Draw(rt, "seller"), PlatformDiscount: cents.Draw(rt, "platform"),
				Count: rapid.IntRange(0, 3).Draw(rt, "count"), TaxRate: rapid.SampledFrom([]string{"", "0.0825", "0.2"}).Draw(rt, "rate")}
			u.Price = u.SellerDiscount + u.PlatformDiscount + cents.Draw(rt, "sale")
			spec.Units = append(spec.Units, u)
		}
		spec.Shipping = Shipping{Original: cents.Draw(rt, "shipping"), Tax: cents.Draw(rt, "shipping tax")}
		spec.Fees.RetailDelivery = cents.Draw(rt, "delivery fee")
		id, err := r.PlaceOrder(usShop, spec)
		if err != nil {
			rt.Fatal(err)
		}
		var doc map[string]any
		o, _ := r.Order(id)
		if err := json.Unmarshal(o.Raw, &doc); err != nil {
			rt.Fatal(err)
		}
		checkPayment(t, doc)
		want := 0
		for _, u := range spec.Units {
			want += max(u.Count, 1)
		}
		if len(o.LineIDs) != want {
			rt.Fatalf("lines = %d, want one per unit, %d", len(o.LineIDs), want)
		}
	})
}

func TestFeesOutsideTheFormulaAreOnTop(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(OrderSpec{
		Units: []Unit{{SKUID: "1", Price: 1000, Tax: 70}}, Shipping: Shipping{Original: 500, CofundedDiscount: 200},
		Fees: Fees{SmallOrder: 30, ItemInsurance: 40, PaymentPlatformDiscount: 5}, Unexplained: 1,
	})
	if o, _ := r.Order(id); o.Total != 1000+70+300+30+40-5+1 {
		t.Errorf("total = %d", o.Total)
	}
}

func TestIdsLookLikeTikToksAndGrow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, second := r.place(OrderSpec{}), r.place(OrderSpec{})
	if !regexp.MustCompile(`^5769\d{14}$`).MatchString(first) || first >= second {
		t.Errorf("ids = %s, %s", first, second)
	}
	if got := r.OrderIDs(); !slices.Equal(got, []string{first, second}) {
		t.Errorf("order ids = %v", got)
	}
}

func TestAddressAppearsWhenTheHoldIsOver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(OrderSpec{Status: "UNPAID"})
	for _, step := range []struct {
		status string
		shown  bool
	}{{"UNPAID", false}, {"ON_HOLD", false}, {"AWAITING_SHIPMENT", true}, {"DELIVERED", true}} {
		r.must(r.SetStatus(id, step.status))
		doc := r.detail(id)[0]
		if _, shown := doc["recipient_address"]; shown != step.shown || doc["status"] != step.status {
			t.Errorf("%s: address shown = %v, status %v", step.status, shown, doc["status"])
		}
	}
	gb, err := r.PlaceOrder(gbShop, OrderSpec{Status: "AWAITING_SHIPMENT", Units: []Unit{{SKUID: "1", Price: 1500}}})
	r.must(err)
	o, _ := r.Order(gb)
	var doc map[string]any
	r.must(json.Unmarshal(o.Raw, &doc))
	a := object(doc["recipient_address"])
	if a["postal_code"] != "SW1A 2AA" || a["post_town"] != "London" || o.Currency != "GBP" || object(doc["payment"])["tax"] != "0" {
		t.Errorf("british order = %s", o.Raw)
	}
}

func TestMasking(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spec       OrderSpec
		phone, zip string
		line, full string
	}{
		"seller ships": {OrderSpec{}, "(+1)5125550143", "73301", "4100 Example Trail",
			"4100 Example Trail, Apt 12, Austin, TX 73301, United States"},
		"tiktok ships": {OrderSpec{ShippingType: "TIKTOK"}, "(+1)512-***-0143", "73301", "4*** Example Trail",
			"4*** Example Trail, A*** 12, Austin, TX 73301, United States"},
		"fulfilled by tiktok": {OrderSpec{FulfillmentType: "FULFILLMENT_BY_TIKTOK"}, "(+1)512-***-0143", "73301",
			"4*** Example Trail", "4*** Example Trail, A*** 12, Austin, TX 73301, United States"},
		"zip too": {OrderSpec{ShippingType: "TIKTOK", MaskPostalCode: true}, "(+1)512-***-0143", "7****",
			"4*** Example Trail", "4*** Example Trail, A*** 12, Austin, TX 7****, United States"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			tc.spec.Status = "AWAITING_SHIPMENT"
			a := object(r.detail(r.place(tc.spec))[0]["recipient_address"])
			if a["phone_number"] != tc.phone || a["postal_code"] != tc.zip || a["address_line1"] != tc.line || a["full_address"] != tc.full {
				t.Errorf("address = %v", a)
			}
		})
	}
}

func TestShipAndCancelByLine(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	u := SampleUnit()
	u.Count = 3
	id := r.place(OrderSpec{Status: "AWAITING_SHIPMENT", Units: []Unit{u}})
	o, _ := r.Order(id)
	r.clock.add(time.Minute)
	pkg, err := r.Ship(id, Shipment{LineIDs: o.LineIDs[:1], TrackingNumber: "T1"})
	r.must(err)
	doc := r.detail(id)[0]
	line := object(list(doc["line_items"])[0])
	if doc["status"] != "PARTIALLY_SHIPPING" || doc["split_or_combine_tag"] != "SPLIT" || line["package_id"] != pkg || line["tracking_number"] != "T1" {
		t.Errorf("after the first parcel: %v", doc)
	}
	r.must(r.CancelLines(id, Cancellation{LineIDs: o.LineIDs[1:2], By: "SELLER", Reason: "Out of stock"}))
	if doc = r.detail(id)[0]; doc["status"] != "PARTIALLY_SHIPPING" {
		t.Errorf("status after one line was cancelled = %v", doc["status"])
	}
	if err := r.CancelLines(id, Cancellation{LineIDs: o.LineIDs[:1]}); err == nil {
		t.Error("a shipped line was cancelled")
	}
	if _, err := r.Ship(id, Shipment{LineIDs: o.LineIDs[:1]}); err == nil {
		t.Error("a line was shipped twice")
	}
	_, err = r.Ship(id, Shipment{})
	r.must(err)
	after, _ := r.Order(id)
	if after.Status != "AWAITING_COLLECTION" || after.UpdateTime != o.UpdateTime+60 {
		t.Errorf("at the end: %+v", after)
	}
}

func TestOrderIsCancelledWithItsLastLine(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	u := SampleUnit()
	u.Count = 2
	id := r.place(OrderSpec{Units: []Unit{u}})
	o, _ := r.Order(id)
	r.must(r.CancelLines(id, Cancellation{LineIDs: o.LineIDs[:1]}))
	if now, _ := r.Order(id); now.Status != "ON_HOLD" {
		t.Errorf("status with a line left = %s", now.Status)
	}
	r.must(r.CancelLines(id, Cancellation{LineIDs: o.LineIDs[1:], Reason: "Changed my mind"}))
	doc := r.detail(id)[0]
	if doc["status"] != "CANCELLED" || doc["cancellation_initiator"] != "BUYER" || doc["cancel_reason"] != "Changed my mind" || doc["cancel_time"] == nil {
		t.Errorf("order = %v", doc)
	}
}

func TestControlsRefuseNonsense(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.place(OrderSpec{})
	_, noShop := r.PlaceOrder("1", OrderSpec{Units: []Unit{SampleUnit()}})
	_, noUnits := r.PlaceOrder(usShop, OrderSpec{})
	_, badDiscount := r.PlaceOrder(usShop, OrderSpec{Units: []Unit{{SKUID: "1", Price: 1, SellerDiscount: 2}}})
	_, badRate := r.PlaceOrder(usShop, OrderSpec{Units: []Unit{{SKUID: "1", Price: 1, TaxRate: "8 %"}}})
	_, badStatus := r.PlaceOrder(usShop, OrderSpec{Status: "SOLD", Units: []Unit{SampleUnit()}})
	_, badJSON := r.LoadOrder(usShop, []byte(`{`))
	_, noID := r.LoadOrder(usShop, []byte(`{"status":"ON_HOLD"}`))
	_, onHold := r.Ship(id, Shipment{})
	for name, err := range map[string]error{
		"shop": noShop, "units": noUnits, "discount": badDiscount, "rate": badRate, "status": badStatus, "json": badJSON,
		"id": noID, "ship on hold": onHold, "unknown order": r.SetStatus("1", "ON_HOLD"),
		"unknown status": r.SetStatus(id, "SOLD"), "partly": r.SetStatus(id, "PARTIALLY_SHIPPING"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
