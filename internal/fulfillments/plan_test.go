package fulfillments_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

var update = flag.Bool("update", false, "write the golden files anew")

// noon is when every case happens; a case tells times as hours before it.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// situation is a case as testdata keeps it: what both sides and the ledger say.
// README.md there describes the fields.
type situation struct {
	Fulfillment, Shipping, Status string
	AsksToCancel                  bool
	Cancelling                    []tiktok.LineItemID
	Delivered                     bool
	Off                           []string
	Units                         []struct {
		ID                             tiktok.LineItemID
		Line, Gone                     string
		Status                         tiktok.OrderStatus
		Package                        tiktok.PackageID
		Number, Provider, ProviderName string
	}
	Fulfillments []struct {
		ID, Status, Company, Delivered string
		Numbers                        []string
		Lines                          map[string]int
	}
	Open []struct {
		ID, Location string
		Held         bool
		Lines        map[string]int
	}
	Carriers  map[string]string
	Shipments []struct {
		links.Shipment
		SentHoursAgo, ShippedHoursAgo float64
	}
	// Unread is what was not read yet: fulfillments, open, cancellations.
	Unread []string
}

func gid(kind, id string) shopify.GID { return shopify.GID("gid://shopify/" + kind + "/" + id) }

func (c situation) truth() fulfillments.Truth {
	has := func(list []string, word string) bool { return slices.Contains(list, word) }
	t := fulfillments.Truth{
		Order: tiktok.Order{
			ID: "576900000000010001", Status: tiktok.OrderStatus(c.Status), FulfillmentType: "FULFILLMENT_BY_SELLER", ShippingType: tiktok.ShippingBySeller,
			IsBuyerRequestCancel: c.AsksToCancel,
		},
		Cancelling: append([]tiktok.LineItemID{}, c.Cancelling...), Carriers: map[string]fulfillments.Carrier{},
		Pull: !has(c.Off, "pull"), Push: !has(c.Off, "push"), Mirror: !has(c.Off, "mirror"), Now: noon, Patience: time.Minute,
		Fulfillments: []shopify.Fulfillment{}, Open: []shopify.FulfillmentOrder{},
	}
	if c.Fulfillment != "" {
		t.Order.FulfillmentType = tiktok.FulfillmentType(c.Fulfillment)
	}
	if c.Shipping != "" {
		t.Order.ShippingType = tiktok.ShippingType(c.Shipping)
	}
	if c.Delivered {
		t.Order.DeliveryTime = noon.Add(-time.Hour).Unix()
	}
	c.addUnits(&t)
	c.addShopify(&t)
	for name, id := range c.Carriers {
		t.Carriers[name] = fulfillments.Carrier{Provider: tiktok.ShippingProvider{ID: tiktok.ProviderID(id)}, Known: id != "", Allowed: []string{"UPS", "USPS"}}
	}
	ago := func(hours float64) *time.Time {
		if hours == 0 {
			return nil
		}
		at := noon.Add(-time.Duration(hours * float64(time.Hour)))
		return &at
	}
	for _, s := range c.Shipments {
		s.SentAt, s.ShippedAt = ago(s.SentHoursAgo), ago(s.ShippedHoursAgo)
		t.Shipments = append(t.Shipments, s.Shipment)
	}
	if has(c.Unread, "fulfillments") {
		t.Fulfillments = nil
	}
	if has(c.Unread, "open") {
		t.Open = nil
	}
	if has(c.Unread, "cancellations") {
		t.Cancelling = nil
	}
	return t
}

func (c situation) addUnits(t *fulfillments.Truth) {
	for _, u := range c.Units {
		if u.Status == "" {
			u.Status = tiktok.AwaitingShipment
		}
		t.Order.LineItems = append(t.Order.LineItems, tiktok.LineItem{
			ID: u.ID, DisplayStatus: u.Status, PackageID: u.Package, TrackingNumber: u.Number,
			ShippingProviderID: u.Provider, ShippingProviderName: u.ProviderName,
		})
		at := slices.IndexFunc(t.Lines, func(l links.Line) bool { return l.ShopifyLine == gid("LineItem", u.Line) })
		if at < 0 {
			at, t.Lines = len(t.Lines), append(t.Lines, links.Line{ShopifyLine: gid("LineItem", u.Line)})
		}
		t.Lines[at].Units = append(t.Lines[at].Units, links.Unit{ID: u.ID, Gone: u.Gone})
	}
}

func (c situation) addShopify(t *fulfillments.Truth) {
	for _, f := range c.Fulfillments {
		made := shopify.Fulfillment{
			ID: gid("Fulfillment", f.ID), Name: "#F" + f.ID, Status: "SUCCESS", DeliveredAt: f.Delivered, CreatedAt: noon.Add(-time.Minute).Format(time.RFC3339),
		}
		if f.Status != "" {
			made.Status = f.Status
		}
		for _, number := range f.Numbers {
			made.Tracking = append(made.Tracking, shopify.Tracking{Company: f.Company, Number: number})
		}
		for _, line := range slices.Sorted(mapKeys(f.Lines)) {
			made.Lines = append(made.Lines, shopify.FulfillmentLine{Line: gid("LineItem", line), Quantity: f.Lines[line]})
		}
		t.Fulfillments = append(t.Fulfillments, made)
	}
	for _, o := range c.Open {
		open := shopify.FulfillmentOrder{ID: gid("FulfillmentOrder", o.ID), Location: gid("Location", o.Location), Fulfillable: !o.Held}
		for _, line := range slices.Sorted(mapKeys(o.Lines)) {
			open.Lines = append(open.Lines, shopify.FulfillmentOrderLine{
				ID: gid("FulfillmentOrderLineItem", o.ID+"00"), Line: gid("LineItem", line), Remaining: o.Lines[line], Total: o.Lines[line],
			})
			open.Lines[len(open.Lines)-1].ID += shopify.GID(fmt.Sprint(len(open.Lines)))
		}
		t.Open = append(t.Open, open)
	}
}

func mapKeys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// told is a plan in lines that a person can read.
func told(steps []fulfillments.Step) string {
	if len(steps) == 0 {
		return "nothing\n"
	}
	var b strings.Builder
	for _, step := range steps {
		s := step.Shipment
		fmt.Fprintf(&b, "%s", step.Kind)
		fact := func(name, value string) {
			if value != "" {
				fmt.Fprintf(&b, " %s=%s", name, strings.TrimPrefix(value, "gid://shopify/"))
			}
		}
		units := make([]string, len(s.Units))
		for n, id := range s.Units {
			units[n] = string(id)
		}
		if s.Key != "" {
			fact("direction", string(s.Direction))
			fact("state", string(s.State))
		}
		fact("units", strings.Join(units, ","))
		fact("fulfillment", string(s.Fulfillment))
		fact("package", string(s.Package))
		fact("number", s.Number)
		fact("company", s.Company)
		fact("provider", s.Provider)
		fact("reason", s.Reason)
		for _, from := range step.From {
			fmt.Fprintf(&b, " from=%s×%d", strings.TrimPrefix(string(from.Line), "gid://shopify/FulfillmentOrderLineItem/"), from.Quantity)
		}
		fact("carrier", step.Company)
		fact("code", string(step.Code))
		if !step.At.IsZero() {
			fact("at", step.At.UTC().Format("15:04:05"))
		}
		fact("why", step.Why)
		fact("detail", step.Detail)
		b.WriteString("\n")
	}
	return b.String()
}

func TestPlans(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/plans/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c situation
			decoder := json.NewDecoder(strings.NewReader(string(raw)))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&c); err != nil {
				t.Fatal(err)
			}
			got := told(fulfillments.Plan(c.truth()))
			golden := strings.TrimSuffix(file, ".json") + ".plan"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
