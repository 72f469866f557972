package orders

import (
	"testing"

	"github.com/switchbackhq/switchback/internal/tiktok"
)

func TestUntilWhenTheSellerMustShip(t *testing.T) {
	t.Parallel()
	status := func(s tiktok.OrderStatus) func(*tiktok.Order) { return func(o *tiktok.Order) { o.Status = s } }
	units := func(all ...tiktok.OrderStatus) func(*tiktok.Order) {
		return func(o *tiktok.Order) {
			o.LineItems = nil
			for _, s := range all {
				o.LineItems = append(o.LineItems, tiktok.LineItem{DisplayStatus: s})
			}
		}
	}
	for name, c := range map[string]struct {
		change func(*tiktok.Order)
		want   int64
	}{
		"the earlier of two":  {func(*tiktok.Order) {}, 200},
		"one of them":         {func(o *tiktok.Order) { o.RTSSLATime = 0 }, 300},
		"the other":           {func(o *tiktok.Order) { o.TTSSLATime = 0 }, 200},
		"none":                {func(o *tiktok.Order) { o.RTSSLATime, o.TTSSLATime = 0, 0 }, 0},
		"unpaid":              {status(tiktok.Unpaid), 0},
		"on hold":             {status(tiktok.OnHold), 0},
		"reported":            {status(tiktok.AwaitingCollection), 0},
		"on its way":          {status(tiktok.InTransit), 0},
		"cancelled":           {status(tiktok.CancelledStatus), 0},
		"a part left":         {units(tiktok.InTransit, tiktok.AwaitingShipment), 200},
		"a part, rest undone": {units(tiktok.InTransit, tiktok.CancelledStatus), 0},
		"nothing stands":      {units(tiktok.CancelledStatus, tiktok.CancelledStatus), 0},
		"a new status":        {status("PACKING"), 200},
		"tiktok ships":        {func(o *tiktok.Order) { o.ShippingType = tiktok.ShippingByTikTok }, 0},
		"tiktok packs":        {func(o *tiktok.Order) { o.FulfillmentType = tiktok.FulfillmentByTikTok }, 0},
		"tokopedia packs":     {func(o *tiktok.Order) { o.FulfillmentType = tiktok.FulfillmentByTokopedia }, 0},
	} {
		o := tiktok.Order{
			Status: tiktok.AwaitingShipment, FulfillmentType: tiktok.FulfillmentBySeller, ShippingType: tiktok.ShippingBySeller,
			RTSSLATime: 200, TTSSLATime: 300, LineItems: []tiktok.LineItem{{DisplayStatus: tiktok.AwaitingShipment}},
		}
		c.change(&o)
		if name == "reported" || name == "on its way" {
			o.LineItems[0].DisplayStatus = o.Status
		}
		if got := shipBy(o); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
