package tiktok_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	option    = "7080000000000010001"
	usps      = tiktok.ProviderID("7117000000000010001")
	number    = "9400100000000000000001"
	splitUnit = tiktok.LineItemID("577310000000100133")
)

func TestSamplesOfShipping(t *testing.T) {
	t.Parallel()
	providers, err := against(t, answering(200, file(t, "shipping/shipping_providers_us.json"))).ShippingProviders(t.Context(), usSeat, option)
	check(t, err)
	if len(providers) != 5 || providers[0] != (tiktok.ShippingProvider{ID: usps, Name: "USPS"}) {
		t.Errorf("providers %+v", providers)
	}
	var sent, path string
	client := against(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		sent, path = string(raw), r.Method+" "+r.URL.Path
		_, _ = io.WriteString(w, file(t, "shipping/mark_package_shipped_response_with_warning.json"))
	})
	marked, err := client.MarkShipped(t.Context(), usSeat, tiktok.Parcel{
		Order: "576900000000010013", Units: []tiktok.LineItemID{splitUnit}, TrackingNumber: "9400100000000000000132", Provider: usps,
	})
	check(t, err)
	want := tiktok.Marked{Package: "1153000000000010132", Units: []tiktok.LineItemID{splitUnit}, Warning: "match more than one provider"}
	if diff := cmp.Diff(want, marked); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	var sample, got any
	check(t, json.Unmarshal([]byte(file(t, "shipping/mark_package_shipped_request_split.json")), &sample))
	check(t, json.Unmarshal([]byte(sent), &got))
	if diff := cmp.Diff(sample, got); diff != "" || path != "POST /fulfillment/202309/orders/576900000000010013/packages" {
		t.Errorf("%s (-sample +sent):\n%s", path, diff)
	}
}

func TestParcelGoesRound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, units := r.sold(t, 3, "AWAITING_SHIPMENT")
	order, err := r.Order(t.Context(), usSeat, id)
	check(t, err)
	providers, err := r.ShippingProviders(t.Context(), usSeat, order.DeliveryOptionID)
	check(t, err)
	ups := providers[slices.IndexFunc(providers, func(p tiktok.ShippingProvider) bool { return p.Name == "UPS" })].ID
	marked, err := r.MarkShipped(t.Context(), usSeat, tiktok.Parcel{Order: id, Units: units[1:2], TrackingNumber: number, Provider: usps})
	check(t, err)
	if !slices.Equal(marked.Units, units[1:2]) || marked.Warning != "" {
		t.Errorf("answer %+v", marked)
	}
	check(t, r.UpdateShipping(t.Context(), usSeat, tiktok.ShippingUpdate{Order: id, Package: marked.Package, TrackingNumber: "1Z0000000000000001", Provider: ups}))
	odd, err := r.MarkShipped(t.Context(), usSeat, tiktok.Parcel{Order: id, Units: []tiktok.LineItemID{units[0], units[2]}, TrackingNumber: "1Z0000000000000002", Provider: usps})
	check(t, err)
	if odd.Warning == "" {
		t.Error("a warning was dropped")
	}
	order, err = r.Order(t.Context(), usSeat, id)
	check(t, err)
	got := make([]string, len(order.LineItems))
	for n, l := range order.LineItems {
		got[n] = fmt.Sprintf("%s %s %s", l.PackageID, l.TrackingNumber, l.ShippingProviderName)
	}
	want := []string{string(odd.Package) + " 1Z0000000000000002 USPS", string(marked.Package) + " 1Z0000000000000001 UPS", string(odd.Package) + " 1Z0000000000000002 USPS"}
	if diff := cmp.Diff(want, got); diff != "" || order.Status != tiktok.AwaitingCollection {
		t.Errorf("%s (-want +got):\n%s", order.Status, diff)
	}
	whole, all := r.sold(t, 1, "AWAITING_SHIPMENT")
	_, err = r.MarkShipped(t.Context(), usSeat, tiktok.Parcel{Order: whole, Units: all, TrackingNumber: number, Provider: usps})
	check(t, err)
	check(t, r.UpdateShipping(t.Context(), usSeat, tiktok.ShippingUpdate{Order: whole, TrackingNumber: "1Z0000000000000003", Provider: ups}))
}

func TestShipObjectionsThroughTheSimulator(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, units := r.sold(t, 2, "AWAITING_SHIPMENT")
	mark := func(change func(*tiktok.Parcel)) error {
		p := tiktok.Parcel{Order: id, Units: units[:1], TrackingNumber: number, Provider: usps}
		change(&p)
		_, err := r.MarkShipped(t.Context(), usSeat, p)
		return err
	}
	badNumber := mark(func(p *tiktok.Parcel) { p.TrackingNumber = "12" })
	badProvider := mark(func(p *tiktok.Parcel) { p.Provider = "1" })
	asked, err := r.sim.RequestCancel(string(id), tiktoksim.Cancellation{LineIDs: []string{string(units[0])}})
	check(t, err)
	frozen := mark(func(*tiktok.Parcel) {})
	check(t, r.sim.Withdraw(asked))
	check(t, mark(func(*tiktok.Parcel) {}))
	again := mark(func(*tiktok.Parcel) {})
	check(t, r.sim.CancelLines(string(id), tiktoksim.Cancellation{LineIDs: []string{string(units[1])}}))
	late, delivered := r.sold(t, 1, "DELIVERED")
	arrived := mark(func(p *tiktok.Parcel) { p.Order, p.Units = late, delivered })
	theirs, err := r.sim.PlaceOrder(usShop, tiktoksim.OrderSpec{Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}, Status: "AWAITING_SHIPMENT", ShippingType: "TIKTOK"})
	check(t, err)
	foreign := mark(func(p *tiktok.Parcel) { p.Order = tiktok.OrderID(theirs) })
	for name, c := range map[string]struct {
		err  error
		want tiktok.ShipObjection
	}{
		"number": {badNumber, tiktok.ShipObjectsNumber}, "provider": {badProvider, tiktok.ShipObjectsProvider},
		"buyer asked": {frozen, tiktok.ShipObjectsCancel}, "shipped": {again, tiktok.ShipObjectsShipped},
		"delivered": {arrived, tiktok.ShipObjectsShipped}, "shipped by tiktok": {foreign, tiktok.ShipObjectsElse},
	} {
		if got := tiktok.ShipObjectionOf(c.err); got != c.want || tiktok.OutcomeOf(c.err) != tiktok.OutcomeRefused || tiktok.Answer(c.err) == "" {
			t.Errorf("%s: %s, %s: %v", name, got, tiktok.OutcomeOf(c.err), c.err)
		}
	}
}

func TestShipObjectionsInWords(t *testing.T) {
	t.Parallel()
	parcel := tiktok.Parcel{Order: sampleOrder, Units: []tiktok.LineItemID{splitUnit}, TrackingNumber: number, Provider: usps}
	for _, c := range []struct {
		code int
		says string
		want tiktok.ShipObjection
		done tiktok.Outcome
	}{
		{21011006, "no", tiktok.ShipObjectsShipped, tiktok.OutcomeRefused},
		{21001001, "Order has been shipped already", tiktok.ShipObjectsShipped, tiktok.OutcomeRefused},
		{10007014, "no", tiktok.ShipObjectsCancel, tiktok.OutcomeRefused},
		{21001001, "Only within 72 hours", tiktok.ShipObjectsLate, tiktok.OutcomeRefused},
		{21001001, "Tracking number 9472 is not valid", tiktok.ShipObjectsNumber, tiktok.OutcomeRefused},
		{21001001, "unsupported shipping provider", tiktok.ShipObjectsProvider, tiktok.OutcomeRefused},
		{21011029, "no", tiktok.ShipObjectsElse, tiktok.OutcomeRefused},
		{105005, "cancel", tiktok.ShipObjectsNot, tiktok.OutcomeNotDone},
		{36009002, "tracking", tiktok.ShipObjectsNot, tiktok.OutcomeNotDone},
		{10006402, "already shipped", tiktok.ShipObjectsNot, tiktok.OutcomeUnknown},
	} {
		client := against(t, answering(200, fmt.Sprintf(`{"code":%d,"message":%q,"request_id":"r1"}`, c.code, c.says)))
		_, err := client.MarkShipped(t.Context(), usSeat, parcel)
		if got := tiktok.ShipObjectionOf(err); got != c.want || tiktok.OutcomeOf(err) != c.done {
			t.Errorf("%d %q: %s, %s", c.code, c.says, got, tiktok.OutcomeOf(err))
		}
	}
	if tiktok.ShipObjectionOf(nil) != tiktok.ShipObjectsNot || tiktok.Answer(nil) != "" {
		t.Error("no error objects to something")
	}
}

func TestParcelsThatCannotBeRight(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	good := tiktok.Parcel{Order: sampleOrder, Units: []tiktok.LineItemID{splitUnit}, TrackingNumber: number, Provider: usps}
	before := len(r.sim.Requests())
	for name, spoil := range map[string]func(*tiktok.Parcel){
		"no order":       func(p *tiktok.Parcel) { p.Order = "" },
		"a path":         func(p *tiktok.Parcel) { p.Order = "1/../2" },
		"no units":       func(p *tiktok.Parcel) { p.Units = nil },
		"a unit twice":   func(p *tiktok.Parcel) { p.Units = []tiktok.LineItemID{splitUnit, splitUnit} },
		"a hostile unit": func(p *tiktok.Parcel) { p.Units = []tiktok.LineItemID{`1","2`} },
		"no number":      func(p *tiktok.Parcel) { p.TrackingNumber = "" },
		"no provider":    func(p *tiktok.Parcel) { p.Provider = "" },
	} {
		bad := good
		spoil(&bad)
		if _, err := r.MarkShipped(t.Context(), usSeat, bad); err == nil || tiktok.OutcomeOf(err) != tiktok.OutcomeNotDone || strings.Contains(err.Error(), "reason") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, bad := range map[string]tiktok.ShippingUpdate{
		"no number": {Order: "1", Provider: usps}, "no provider": {Order: "1", TrackingNumber: number},
		"a path": {Order: "1", Package: "1/../2", TrackingNumber: number, Provider: usps},
	} {
		if err := r.UpdateShipping(t.Context(), usSeat, bad); err == nil {
			t.Errorf("correction with %s: no error", name)
		}
	}
	if _, err := r.ShippingProviders(t.Context(), usSeat, "../shops"); err == nil {
		t.Error("providers of a path")
	}
	if after := len(r.sim.Requests()); after != before {
		t.Errorf("%d requests were sent", after-before)
	}
}

// What an error leaves open is held against whether the parcel left.
func TestOutcomesOfParcels(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind chaos.Kind
		want tiktok.Outcome
		left bool
	}{
		"cut before": {chaos.CutBefore, tiktok.OutcomeUnknown, false}, "cut after": {chaos.CutAfter, tiktok.OutcomeUnknown, true},
		"timed out": {chaos.TimedOut, tiktok.OutcomeUnknown, true}, "malformed": {chaos.Malformed, tiktok.OutcomeUnknown, true},
		"throttled": {chaos.Throttled, tiktok.OutcomeNotDone, false}, "token expired": {chaos.TokenExpired, tiktok.OutcomeDone, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			id, units := r.sold(t, 1, "AWAITING_SHIPMENT")
			r.script.Add(tiktoksim.OpMarkShipped, chaos.Fault{Kind: c.kind}, 1)
			_, err := r.MarkShipped(t.Context(), usSeat, tiktok.Parcel{Order: id, Units: units, TrackingNumber: number, Provider: usps})
			if tiktok.OutcomeOf(err) != c.want || tiktok.ShipObjectionOf(err) != tiktok.ShipObjectsNot || actCode(err) != "" {
				t.Errorf("outcome %s: %v", tiktok.OutcomeOf(err), err)
			}
			order, err := r.Order(t.Context(), usSeat, id)
			check(t, err)
			if left := order.LineItems[0].PackageID != ""; left != c.left {
				t.Errorf("left: %v", left)
			}
		})
	}
}
