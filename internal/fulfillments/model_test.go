package fulfillments_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// model is both platforms and the ledger in memory, as small as the rules that
// matter: TikTok ships a unit once, Shopify fulfills no more of a line than is
// left, the ledger lets no unit into two shipments. Any call may fail, before or
// after it did its work.
type model struct {
	now          time.Time
	settings     shops.Settings
	tiktok       tiktok.Order
	lines        []links.Line
	fulfillments []shopify.Fulfillment
	kept         []links.Shipment
	open         map[exceptions.Code]string
	// fail decides about the next call: whether it fails, and whether its work is done all the same.
	fail func() (fails, done bool)
	// told counts how often TikTok took a unit.
	told  map[tiktok.LineItemID]int
	count int
}

var errCut = errors.New("the connection was cut")

func (m *model) follower() *fulfillments.Follower {
	return &fulfillments.Follower{
		Book: m, Ledger: m, Exceptions: m, Timeline: m, TikTok: tiktokSide{m}, Shopify: m, Carriers: m,
		Now: func() time.Time { return m.now }, RetryBase: time.Second, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

// call runs work as the wire would.
func (m *model) call(work func() error) error {
	fails, done := m.fail()
	if fails && !done {
		return errCut
	}
	if err := work(); err != nil || !fails {
		return err
	}
	return errCut
}

func (m *model) Shop(context.Context, shopify.Domain) (shops.Shop, error) {
	return shops.Shop{Domain: shop}, nil
}
func (m *model) Settings(context.Context, shopify.Domain) (shops.Settings, error) {
	return m.settings, nil
}

func (m *model) Connections(context.Context, shopify.Domain) ([]shops.Connection, error) {
	return []shops.Connection{{Shop: shop, TikTokShop: tiktokShop}}, nil
}

func (m *model) LeaseOrder(_ context.Context, shop shopify.Domain, id tiktok.OrderID, _ time.Duration) (links.Lease, error) {
	return links.Lease{Shop: shop, Order: id}, nil
}

func (m *model) RenewLease(_ context.Context, l links.Lease, _ time.Duration) (links.Lease, error) {
	return l, nil
}
func (m *model) ReleaseLease(context.Context, links.Lease) error { return nil }

func (m *model) OrderByShopifyOrder(context.Context, shopify.Domain, shopify.GID) (links.Order, error) {
	return m.row(), nil
}

func (m *model) row() links.Order {
	return links.Order{Shop: shop, TikTokShop: tiktokShop, ID: m.tiktok.ID, State: links.Written, ShopifyOrder: gid("Order", "1")}
}

func (m *model) Lines(context.Context, shopify.Domain, tiktok.OrderID) ([]links.Line, error) {
	return m.lines, nil
}

func (m *model) Shipments(context.Context, shopify.Domain, tiktok.OrderID) ([]links.Shipment, error) {
	return slices.Clone(m.kept), nil
}

func (m *model) SaveShipments(_ context.Context, _ links.Lease, shipments []links.Shipment, _ ...fulfillments.Job) error {
	if fails, _ := m.fail(); fails {
		return errCut
	}
	for _, s := range shipments {
		at := slices.IndexFunc(m.kept, func(k links.Shipment) bool { return k.Key == s.Key })
		for n, other := range m.kept {
			for _, unit := range s.Units {
				if n != at && s.State.Claims() && other.State.Claims() && slices.Contains(other.Units, unit) {
					return fmt.Errorf("unit %s: %w", unit, links.ErrClaimed)
				}
			}
		}
		if at < 0 {
			m.kept = append(m.kept, s)
		} else {
			m.kept[at] = s
		}
	}
	return nil
}

func (m *model) ShipmentsLookedAt(_ context.Context, _ links.Lease, at time.Time) error {
	for n := range m.kept {
		m.kept[n].LookedAt = &at
	}
	return nil
}

func (m *model) OpenException(_ context.Context, e exceptions.Exception) error {
	m.open[e.Code] = e.Message
	return nil
}

func (m *model) ResolveExceptions(_ context.Context, _ shopify.Domain, _ tiktok.OrderID, _ string, codes ...exceptions.Code) error {
	for _, code := range codes {
		delete(m.open, code)
	}
	return nil
}

func (m *model) AppendTimeline(context.Context, ...timeline.Entry) error { return nil }

func (m *model) Provider(_ context.Context, _ shopify.Domain, _ tiktok.Seat, _, company string) (fulfillments.Carrier, error) {
	return fulfillments.Carrier{Provider: tiktok.ShippingProvider{ID: tiktok.ProviderID(company)}, Known: company != "Pony"}, nil
}

// tiktokSide is the model as TikTok: its Order is another than the ledger's.
type tiktokSide struct{ *model }

func (m tiktokSide) Order(context.Context, tiktok.Seat, tiktok.OrderID) (o tiktok.Order, err error) {
	return o, m.call(func() error {
		o = m.tiktok
		o.LineItems = slices.Clone(o.LineItems)
		return nil
	})
}

func (m *model) Order(context.Context, shopify.Domain, tiktok.OrderID) (links.Order, error) {
	return m.row(), nil
}

func (m *model) OrderCancellations(context.Context, tiktok.Seat, tiktok.OrderID) ([]tiktok.Cancellation, error) {
	return nil, nil
}

func (m *model) item(id tiktok.LineItemID) *tiktok.LineItem {
	for n := range m.tiktok.LineItems {
		if m.tiktok.LineItems[n].ID == id {
			return &m.tiktok.LineItems[n]
		}
	}
	return nil
}

func (m *model) MarkShipped(_ context.Context, _ tiktok.Seat, p tiktok.Parcel) (marked tiktok.Marked, err error) {
	return marked, m.call(func() error {
		for _, id := range p.Units {
			if m.item(id).DisplayStatus != tiktok.AwaitingShipment {
				return &tiktok.Error{Op: "mark", HTTPStatus: 200, Code: 21011006, Message: "already shipped"}
			}
		}
		m.count++
		marked = tiktok.Marked{Package: tiktok.PackageID(fmt.Sprint(m.count)), Units: p.Units}
		for _, id := range p.Units {
			m.ship(id, marked.Package, p.TrackingNumber, string(p.Provider))
			m.told[id]++
		}
		return nil
	})
}

func (m *model) ship(id tiktok.LineItemID, parcel tiktok.PackageID, number, provider string) {
	item := m.item(id)
	item.DisplayStatus, item.PackageID, item.TrackingNumber, item.ShippingProviderID = tiktok.InTransit, parcel, number, provider
	item.RTSTime = m.now.Unix()
}

func (m *model) UpdateShipping(_ context.Context, _ tiktok.Seat, u tiktok.ShippingUpdate) error {
	return m.call(func() error {
		for n := range m.tiktok.LineItems {
			if item := &m.tiktok.LineItems[n]; item.PackageID != "" && (u.Package == "" || item.PackageID == u.Package) {
				item.TrackingNumber, item.ShippingProviderID = u.TrackingNumber, string(u.Provider)
			}
		}
		return nil
	})
}

func (m *model) OrderFulfillments(context.Context, shopify.Domain, shopify.GID, int) (found []shopify.Fulfillment, err error) {
	return found, m.call(func() error {
		found = slices.Clone(m.fulfillments)
		return nil
	})
}

// left is how many units of a line are not fulfilled in Shopify.
func (m *model) left(line shopify.GID) int {
	left := 0
	for _, l := range m.lines {
		if l.ShopifyLine == line {
			left = len(l.Units)
		}
	}
	for _, f := range m.fulfillments {
		for _, l := range f.Lines {
			if l.Line == line && f.Stands() {
				left -= l.Quantity
			}
		}
	}
	return left
}

func (m *model) FulfillmentOrders(context.Context, shopify.Domain, shopify.GID, int) ([]shopify.FulfillmentOrder, error) {
	o := shopify.FulfillmentOrder{ID: gid("FulfillmentOrder", "1"), Fulfillable: true}
	for _, l := range m.lines {
		o.Lines = append(o.Lines, shopify.FulfillmentOrderLine{ID: l.ShopifyLine, Line: l.ShopifyLine, Remaining: m.left(l.ShopifyLine)})
	}
	return []shopify.FulfillmentOrder{o}, nil
}

func (m *model) CreateFulfillment(_ context.Context, _ shopify.Domain, s shopify.Shipment) (id shopify.GID, err error) {
	return id, m.call(func() error {
		var lines []shopify.FulfillmentLine
		for _, u := range s.Units {
			if m.left(u.Line) < u.Quantity {
				return shopify.UserErrors{{Message: "more than is left"}}
			}
			lines = append(lines, shopify.FulfillmentLine{Line: u.Line, Quantity: u.Quantity})
		}
		id = m.fulfill(s.Parcels.Company, s.Parcels.Numbers, lines)
		return nil
	})
}

func (m *model) fulfill(company string, numbers []string, lines []shopify.FulfillmentLine) shopify.GID {
	m.count++
	f := shopify.Fulfillment{ID: gid("Fulfillment", fmt.Sprint(m.count)), Name: fmt.Sprint("#", m.count), Status: "SUCCESS", CreatedAt: m.now.Format(time.RFC3339), Lines: lines}
	for _, number := range numbers {
		f.Tracking = append(f.Tracking, shopify.Tracking{Company: company, Number: number})
	}
	m.fulfillments = append(m.fulfillments, f)
	return f.ID
}

func (m *model) UpdateTracking(_ context.Context, _ shopify.Domain, id shopify.GID, p shopify.Parcels) error {
	return m.call(func() error {
		for n := range m.fulfillments {
			if f := &m.fulfillments[n]; f.ID == id {
				f.Tracking = []shopify.Tracking{{Company: p.Company, Number: p.Numbers[0]}}
			}
		}
		return nil
	})
}

func (m *model) AddFulfillmentEvent(_ context.Context, _ shopify.Domain, id shopify.GID, _ admin.FulfillmentEventStatus, at time.Time) error {
	return m.call(func() error {
		for n := range m.fulfillments {
			if f := &m.fulfillments[n]; f.ID == id {
				if f.DeliveredAt != "" {
					return errors.New("delivered twice")
				}
				f.DeliveredAt = at.Format(time.RFC3339)
			}
		}
		return nil
	})
}

func (m *model) ShippingLocation(context.Context, shopify.Domain) (shopify.Location, error) {
	return shopify.Location{}, shopify.ErrNoLocation
}
