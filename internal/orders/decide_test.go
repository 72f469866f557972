package orders_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*tiktok.Order)
		want   string // action, then reason, then notices
	}{
		"awaiting shipment":           {status(tiktok.AwaitingShipment), "write"},
		"partially shipping":          {status(tiktok.PartiallyShipping), "write"},
		"awaiting collection":         {status(tiktok.AwaitingCollection), "write"},
		"in transit":                  {status(tiktok.InTransit), "write"},
		"delivered":                   {status(tiktok.Delivered), "write"},
		"completed":                   {status(tiktok.Completed), "write"},
		"a status of next year":       {status("TELEPORTED"), "write unknown_status"},
		"no status at all":            {status(""), "write unknown_status"},
		"unpaid":                      {status(tiktok.Unpaid), "wait unpaid"},
		"on hold":                     {status(tiktok.OnHold), "wait on_hold"},
		"on hold, no address":         {both(status(tiktok.OnHold), noAddress), "wait on_hold"},
		"on hold, by TikTok":          {both(status(tiktok.OnHold), platform), "wait on_hold"},
		"on hold, other currency":     {both(status(tiktok.OnHold), pounds), "wait on_hold"},
		"cancelled":                   {status(tiktok.CancelledStatus), "skip cancelled"},
		"cancelled without units":     {both(status(tiktok.CancelledStatus), noUnits), "skip cancelled"},
		"every unit cancelled":        {eachUnit(tiktok.CancelledStatus), "skip cancelled"},
		"no units":                    {noUnits, "hold order_not_understood"},
		"other currency":              {pounds, "hold currency_mismatch"},
		"no address":                  {noAddress, "hold address_missing"},
		"empty address":               {func(o *tiktok.Order) { o.RecipientAddress = &tiktok.Address{} }, "hold address_missing"},
		"masked ZIP":                  {hidden, "hold zip_masked"},
		"blank ZIP":                   {func(o *tiktok.Order) { o.RecipientAddress.PostalCode = " " }, "hold zip_missing"},
		"masked street":               {func(o *tiktok.Order) { o.RecipientAddress.AddressLine1 = "4*** Trail" }, "hold address_missing"},
		"delivered, no address":       {both(status(tiktok.Delivered), noAddress), "hold address_missing"},
		"by TikTok, awaiting":         {platform, "wait tiktok_not_shipped"},
		"by TikTok, being collected":  {both(platform, status(tiktok.AwaitingCollection)), "wait tiktok_not_shipped"},
		"by TikTok, new status":       {both(platform, status("PACKED")), "wait tiktok_not_shipped"},
		"by TikTok, partly":           {both(platform, status(tiktok.PartiallyShipping)), "wait tiktok_not_shipped"},
		"by TikTok, units on the way": {both(platform, eachUnit(tiktok.InTransit)), "write"},
		"by TikTok, on the way":       {both(platform, status(tiktok.InTransit)), "write"},
		"by TikTok, masked":           {both(platform, status(tiktok.Delivered), hidden), "write zip_masked"},
		"by TikTok, no address":       {both(platform, status(tiktok.Delivered), noAddress), "write zip_missing"},
		"by Tokopedia, awaiting":      {func(o *tiktok.Order) { o.FulfillmentType = tiktok.FulfillmentByTokopedia }, "wait tiktok_not_shipped"},
		"TikTok Shipping, masked":     {both(tiktokShipping, hidden), "write zip_masked"},
		"TikTok Shipping, no address": {both(tiktokShipping, noAddress), "write zip_missing"},
		"an order without a date":     {func(o *tiktok.Order) { o.CreateTime = 0 }, "write"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := plainOrder()
			tt.change(&o)
			got := orders.Decide(o, orders.Context{ShopCurrency: "USD", StartLine: time.Unix(1795000000, 0)})
			if diff := cmp.Diff(tt.want, verdict(got)); diff != "" {
				t.Errorf("Decide (-want +got):\n%s", diff)
			}
			if (got.Action == orders.Hold) != (got.Code != "") {
				t.Errorf("action %q with code %q", got.Action, got.Code)
			}
		})
	}
}

func TestStartLine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status tiktok.OrderStatus
		after  int64
		asked  bool
		want   string
	}{
		"before":            {tiktok.AwaitingShipment, -1, false, "skip before_start"},
		"at":                {tiktok.AwaitingShipment, 0, false, "write"},
		"before, asked":     {tiktok.AwaitingShipment, -1, true, "write"},
		"before, on hold":   {tiktok.OnHold, -1, false, "skip before_start"},
		"asked, on hold":    {tiktok.OnHold, -1, true, "wait on_hold"},
		"asked, cancelled":  {tiktok.CancelledStatus, -1, true, "skip cancelled"},
		"before, cancelled": {tiktok.CancelledStatus, -1, false, "skip cancelled"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := plainOrder()
			o.Status, o.CreateTime = tt.status, 1795000000+tt.after
			got := orders.Decide(o, orders.Context{ShopCurrency: "USD", StartLine: time.Unix(1795000000, 0), Asked: tt.asked})
			if verdict(got) != tt.want {
				t.Errorf("Decide = %s, want %s", verdict(got), tt.want)
			}
		})
	}
}

func verdict(d orders.Decision) string {
	said := string(d.Action)
	if d.Reason != "" {
		said += " " + d.Reason
	}
	for _, notice := range d.Notices {
		said += " " + string(notice.Code)
	}
	return said
}

func status(s tiktok.OrderStatus) func(*tiktok.Order) { return func(o *tiktok.Order) { o.Status = s } }

func both(changes ...func(*tiktok.Order)) func(*tiktok.Order) {
	return func(o *tiktok.Order) {
		for _, change := range changes {
			change(o)
		}
	}
}

func platform(o *tiktok.Order) {
	o.FulfillmentType, o.ShippingType = tiktok.FulfillmentByTikTok, tiktok.ShippingByTikTok
}
func hidden(o *tiktok.Order)         { o.RecipientAddress.PostalCode = "7****" }
func noAddress(o *tiktok.Order)      { o.RecipientAddress = nil }
func noUnits(o *tiktok.Order)        { o.LineItems = nil }
func pounds(o *tiktok.Order)         { o.Payment.Currency = "GBP" }
func tiktokShipping(o *tiktok.Order) { o.ShippingType = tiktok.ShippingByTikTok }

func eachUnit(s tiktok.OrderStatus) func(*tiktok.Order) {
	return func(o *tiktok.Order) {
		for n := range o.LineItems {
			o.LineItems[n].DisplayStatus = s
		}
	}
}
