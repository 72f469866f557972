package tiktoksim

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shows is status, then for each line its status and package status.
func (r *rig) shows(id string) string {
	doc := r.detail(id)[0]
	words := []string{text(doc["status"])}
	for _, l := range list(doc["line_items"]) {
		words = append(words, text(object(l)["display_status"])+"/"+text(object(l)["package_status"]))
	}
	return strings.Join(words, " ")
}

func units(n int) []Unit {
	u := SampleUnit()
	u.Count = n
	return []Unit{u}
}

func TestOrderFollowsItsLastParcel(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t)
	r := newRig(t, func(o *Options) { o.WebhookURL = rc.URL })
	id := r.place(OrderSpec{Status: "AWAITING_SHIPMENT", ShippingType: "TIKTOK", Units: units(2)})
	o, _ := r.Order(id)
	first, err := r.Ship(id, Shipment{LineIDs: o.LineIDs[:1]})
	r.must(err)
	r.must(r.Carry(first, "IN_TRANSIT"))
	want := []string{"PARTIALLY_SHIPPING IN_TRANSIT/FULFILLING AWAITING_SHIPMENT/"}
	got := []string{r.shows(id)}
	second, err := r.Ship(id, Shipment{})
	r.must(err)
	for _, scan := range [][2]string{{first, "DELIVERED"}, {second, "IN_TRANSIT"}, {second, "DELIVERED"}} {
		r.clock.add(time.Hour)
		r.must(r.Carry(scan[0], scan[1]))
		got = append(got, r.shows(id))
	}
	want = append(want,
		"AWAITING_COLLECTION DELIVERED/COMPLETED AWAITING_COLLECTION/PROCESSING",
		"IN_TRANSIT DELIVERED/COMPLETED IN_TRANSIT/FULFILLING",
		"DELIVERED DELIVERED/COMPLETED DELIVERED/COMPLETED")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	doc := r.detail(id)[0]
	if at := r.clock.now().Unix(); number(doc["delivery_time"]) != at || number(doc["collection_time"]) != at-3600 || number(doc["update_time"]) != at {
		t.Errorf("times of %v", doc)
	}
	told := []string{"/ 1 AWAITING_SHIPMENT", "/ 1 PARTIALLY_SHIPPING", "/ 1 AWAITING_COLLECTION", "/ 1 IN_TRANSIT", "/ 1 DELIVERED"}
	if diff := cmp.Diff(told, rc.take(r)); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
	if r.Carry(second, "IN_TRANSIT") == nil || r.Carry("1", "DELIVERED") == nil || r.Carry(second, "LOST") == nil {
		t.Error("a scan that cannot be was taken")
	}
	r.clean()
}

func number(v any) int64 {
	n, _ := v.(float64)
	return int64(n)
}

func TestOrdersGoTogether(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.WebhookURL = "http://127.0.0.1:1/" })
	spec := OrderSpec{Status: "AWAITING_SHIPMENT", ShippingType: "TIKTOK"}
	ids := []string{r.place(spec), r.place(spec)}
	parcel, err := r.Combine(ids, Shipment{TrackingNumber: "9400100000000000000001"})
	r.must(err)
	var groups []any
	for _, doc := range r.detail(ids...) {
		line := object(list(doc["line_items"])[0])
		if doc["status"] != "AWAITING_COLLECTION" || doc["split_or_combine_tag"] != "COMBINED" || line["package_id"] != parcel ||
			line["tracking_number"] != "9400100000000000000001" || line["shipping_provider_name"] != "USPS" {
			t.Errorf("order %v", doc)
		}
		groups = append(groups, doc["auto_combine_group_id"])
	}
	if groups[0] != groups[1] || groups[0] == nil {
		t.Errorf("groups %v", groups)
	}
	sent := r.Deliveries()
	at := slices.IndexFunc(sent, func(d Delivery) bool { return d.Type == 4 })
	if at < 0 || !strings.Contains(string(sent[at].Body), `"package_list":[{"order_id_list":["`+ids[0]+`","`+ids[1]+`"],"package_id":"`+parcel+`"}]`) {
		t.Errorf("webhook type 4 at %d of %d", at, len(sent))
	}
	r.must(r.Carry(parcel, "DELIVERED"))
	for _, id := range ids {
		if o, _ := r.Order(id); o.Status != "DELIVERED" {
			t.Errorf("order %s is %s", id, o.Status)
		}
	}
	gb, err := r.PlaceOrder(gbShop, OrderSpec{Status: "AWAITING_SHIPMENT", Units: units(1)})
	r.must(err)
	us := r.place(spec)
	for name, together := range map[string][]string{"one": {us}, "twice": {us, us}, "other shop": {us, gb}, "shipped": {us, ids[0]}, "unknown": {us, "1"}} {
		if _, err := r.Combine(together, Shipment{}); err == nil {
			t.Errorf("%s: combined", name)
		}
	}
	if _, err := r.Ship(gb, Shipment{}); err != nil || !strings.Contains(r.raw(gb), `"Royal Mail"`) {
		t.Errorf("the parcel from Britain: %v, %s", err, r.raw(gb))
	}
}

func (r *rig) raw(id string) string {
	o, _ := r.Order(id)
	return string(o.Raw)
}
