package fulfillments_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Whatever people, platforms and the wire do, no unit is reported twice, none
// that left on one side is forgotten on the other without a person being asked,
// and once nothing fails any more nothing is left to do.
func TestHistories(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(rt)
		for range rapid.IntRange(1, 12).Draw(rt, "acts") {
			m.act(rt)
		}
		m.fail = func() (bool, bool) { return false, false }
		m.settle(rt)
		m.check(rt)
		before := fmt.Sprint(m.tiktok, m.fulfillments, m.kept)
		m.settle(rt)
		if after := fmt.Sprint(m.tiktok, m.fulfillments, m.kept); after != before {
			rt.Fatalf("it goes on for ever:\n%s\n%s", before, after)
		}
	})
}

func newModel(rt *rapid.T) *model {
	m := &model{now: noon, open: map[exceptions.Code]string{}, told: map[tiktok.LineItemID]int{}, settings: shops.DefaultSettings()}
	m.settings.PullFulfillments, m.settings.PushFulfillments = true, true
	m.tiktok = tiktok.Order{ID: "576900000000010001", Status: tiktok.AwaitingShipment, FulfillmentType: tiktok.FulfillmentBySeller, ShippingType: tiktok.ShippingBySeller}
	m.tiktok.SplitOrCombineTag = "SPLIT"
	id := 0
	for line := range rapid.IntRange(1, 3).Draw(rt, "lines") {
		l := links.Line{ShopifyLine: gid("LineItem", fmt.Sprint(line+1))}
		for range rapid.IntRange(1, 3).Draw(rt, "units") {
			id++
			l.Units = append(l.Units, links.Unit{ID: tiktok.LineItemID(fmt.Sprint(id))})
			m.tiktok.LineItems = append(m.tiktok.LineItems, tiktok.LineItem{ID: tiktok.LineItemID(fmt.Sprint(id)), DisplayStatus: tiktok.AwaitingShipment})
		}
		m.lines = append(m.lines, l)
	}
	m.fail = func() (bool, bool) {
		return rapid.IntRange(0, 9).Draw(rt, "fails") == 0, rapid.Bool().Draw(rt, "done")
	}
	return m
}

// act is one thing that happens.
func (m *model) act(rt *rapid.T) {
	m.now = m.now.Add(time.Minute)
	number := fmt.Sprint("94", m.count, len(m.fulfillments), m.now.Minute())
	switch rapid.IntRange(0, 8).Draw(rt, "act") {
	case 0, 1:
		m.personFulfills(rt, number)
	case 2:
		m.sellerCenter(rt, number)
	case 3:
		m.eachFulfillment(rt, func(f *shopify.Fulfillment) { f.Status = "CANCELLED" })
	case 4:
		m.eachFulfillment(rt, func(f *shopify.Fulfillment) { f.Tracking = []shopify.Tracking{{Company: "UPS", Number: number}} })
	case 5:
		item := &m.tiktok.LineItems[rapid.IntRange(0, len(m.tiktok.LineItems)-1).Draw(rt, "unit")]
		if item.DisplayStatus == tiktok.AwaitingShipment {
			item.DisplayStatus = tiktok.CancelledStatus
		}
	case 6:
		for n := range m.tiktok.LineItems {
			if m.tiktok.LineItems[n].DisplayStatus == tiktok.InTransit {
				m.tiktok.LineItems[n].DisplayStatus = tiktok.Delivered
			}
		}
		m.tiktok.DeliveryTime = m.now.Unix()
	default:
		_ = m.follow(rt)
	}
}

func (m *model) personFulfills(rt *rapid.T, number string) {
	var lines []shopify.FulfillmentLine
	for _, l := range m.lines {
		if n := rapid.IntRange(0, m.left(l.ShopifyLine)).Draw(rt, "quantity"); n > 0 {
			lines = append(lines, shopify.FulfillmentLine{Line: l.ShopifyLine, Quantity: n})
		}
	}
	if len(lines) == 0 {
		return
	}
	var numbers []string
	if rapid.IntRange(0, 4).Draw(rt, "number") > 0 {
		numbers = []string{number}
	}
	m.fulfill(rapid.SampledFrom([]string{"USPS", "UPS", "Pony"}).Draw(rt, "company"), numbers, lines)
}

func (m *model) sellerCenter(rt *rapid.T, number string) {
	m.count++
	for _, item := range m.tiktok.LineItems {
		if item.DisplayStatus == tiktok.AwaitingShipment && rapid.Bool().Draw(rt, "ships") {
			m.ship(item.ID, tiktok.PackageID(fmt.Sprint(m.count)), number, "USPS")
		}
	}
}

func (m *model) eachFulfillment(rt *rapid.T, change func(*shopify.Fulfillment)) {
	if len(m.fulfillments) > 0 {
		change(&m.fulfillments[rapid.IntRange(0, len(m.fulfillments)-1).Draw(rt, "which")])
	}
}

// follow looks at the order once, and stands what the wire does.
func (m *model) follow(rt *rapid.T) error {
	err := m.follower().Follow(rt.Context(), fulfillments.FollowArgs{Shop: shop, Order: m.tiktok.ID, Cause: "test"})
	if err != nil && !errors.Is(err, errCut) && fault.Of(err) != fault.Later {
		rt.Fatalf("follow: %v", err)
	}
	return err
}

// settle looks until nothing is in the air.
func (m *model) settle(rt *rapid.T) {
	for range 10 {
		if m.follow(rt) == nil {
			return
		}
		m.now = m.now.Add(time.Minute)
	}
	rt.Fatal("no end")
}

func (m *model) check(rt *rapid.T) {
	for id, n := range m.told {
		if n > 1 {
			rt.Errorf("unit %s was reported %d times", id, n)
		}
	}
	claimed := map[tiktok.LineItemID]links.Shipment{}
	for _, s := range m.kept {
		if s.State.Claims() {
			for _, id := range s.Units {
				claimed[id] = s
			}
		}
		if s.State == links.ShipmentSent {
			rt.Errorf("shipment %+v is still in the air", s)
		}
	}
	asked := len(m.open) > 0
	for _, item := range m.tiktok.LineItems {
		_, held := claimed[item.ID]
		if left := item.DisplayStatus == tiktok.InTransit || item.DisplayStatus == tiktok.Delivered; left && !held && !asked {
			rt.Errorf("unit %s left at TikTok and is forgotten", item.ID)
		}
	}
	for _, f := range m.fulfillments {
		fulfilled, known := 0, 0
		for _, l := range f.Lines {
			fulfilled += l.Quantity
		}
		for _, s := range claimed {
			if s.Fulfillment == f.ID {
				known++
			}
		}
		if f.Stands() && known != fulfilled && !asked {
			rt.Errorf("fulfillment %s is of %d units, the ledger has %d of them: %+v", f.ID, fulfilled, known, m.kept)
		}
	}
	for _, s := range m.kept {
		at := slices.IndexFunc(m.fulfillments, func(f shopify.Fulfillment) bool { return f.ID == s.Fulfillment })
		if s.State == links.ShipmentDone && (at < 0 || !m.fulfillments[at].Stands()) {
			rt.Errorf("shipment %+v is done and its fulfillment does not stand", s)
		}
	}
}
