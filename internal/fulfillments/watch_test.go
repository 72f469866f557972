package fulfillments_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fulfillments"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// quiet counts what the watcher opens.
type quiet struct {
	*store.Store
	opened int
}

func (q *quiet) OpenException(ctx context.Context, e exceptions.Exception) error {
	q.opened++
	return q.Store.OpenException(ctx, e)
}

// watch holds all orders against their deadlines, and returns how many exceptions were written.
func (s *scene) watch() int {
	s.Helper()
	counted := &quiet{Store: s.Store}
	s.Must((&fulfillments.Watcher{Store: counted, Now: s.Clock.Now}).Watch(s.Context(), fulfillments.WatchArgs{}))
	return counted.opened
}

// before waits until so long before the deadline of an order placed now: three days, in the simulator.
func (s *scene) before(left time.Duration) { s.Clock.Pass(72*time.Hour - left) }

func TestAnOrderThatNobodyShips(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	s.before(25 * time.Hour)
	s.watch()
	s.WantCodes(id)
	s.Clock.Pass(time.Hour)
	s.watch()
	s.WantCodes(id, exceptions.ShipBySoon)
	if n := s.watch(); n != 0 {
		t.Errorf("%d written although nothing changed", n)
	}
	s.Clock.Pass(19 * time.Hour)
	s.watch()
	open, err := s.Store.OrderExceptions(t.Context(), shop, id)
	s.Must(err)
	if len(open) != 1 || !strings.HasSuffix(open[0].Message, ", in 5 hours.") {
		t.Errorf("the merchant reads %+v", open)
	}
	s.Bring(id) // the other legs leave it alone
	s.follow(id)
	s.WantCodes(id, exceptions.ShipBySoon)
	s.Clock.Pass(5 * time.Hour)
	s.watch()
	s.WantCodes(id, exceptions.ShipByMissed)
	s.ship(id, "USPS", first)
	s.watch()
	s.WantCodes(id, exceptions.ShipByMissed) // TikTok does not know yet
	s.follow(id)
	s.watch()
	s.WantCodes(id) // before TikTok's own webhook came
}

func TestAPartThatIsNotShipped(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Written(tiktoksim.OrderSpec{})
	s.ship(id, "USPS", first, "MUG-12-SAGE", 2)
	s.follow(id)
	s.Bring(id)
	s.before(time.Hour)
	s.watch()
	s.WantCodes(id, exceptions.ShipBySoon)
	_, err := s.TikTok.Ship(string(id), tiktoksim.Shipment{TrackingNumber: second}) // in Seller Center
	s.Must(err)
	s.Bring(id)
	s.watch()
	s.WantCodes(id)
}

func TestAnOrderThatWaitsForAPerson(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	unknown := tiktoksim.SampleUnit()
	unknown.SKUID, unknown.SellerSKU = "1729900000000010999", "NOBODY-HAS-IT"
	id := s.Place(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{unknown}})
	s.Bring(id)
	s.before(time.Hour)
	s.watch()
	s.WantCodes(id, exceptions.ShipBySoon, exceptions.SKUUnmatched)
	s.Clock.Pass(2 * time.Hour)
	s.watch()
	s.WantCodes(id, exceptions.ShipByMissed, exceptions.SKUUnmatched)
	s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
	s.Bring(id)
	s.watch()
	s.WantCodes(id)
}

func TestWhatTheSellerNeedNotShip(t *testing.T) {
	t.Parallel()
	for name, spec := range map[string]tiktoksim.OrderSpec{
		"tiktok shipping": {ShippingType: "TIKTOK"},
		"fbt":             {FulfillmentType: "FULFILLMENT_BY_TIKTOK", ShippingType: "TIKTOK"},
		"on hold":         {Status: "ON_HOLD"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.Place(spec)
			s.Bring(id)
			s.before(-time.Hour)
			if n := s.watch(); n != 0 {
				t.Errorf("listed: %v", s.Codes(id))
			}
		})
	}
}

// Each of these ends the warning of an order that was not shipped in time.
func TestWhatEndsAWarning(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*scene, tiktok.OrderID){
		"cancelled at TikTok": func(s *scene, id tiktok.OrderID) {
			s.Must(s.TikTok.SetStatus(string(id), "CANCELLED"))
			s.Bring(id)
		},
		"shipped at TikTok": func(s *scene, id tiktok.OrderID) {
			s.Must(s.TikTok.SetStatus(string(id), "IN_TRANSIT"))
			s.Bring(id)
		},
		"switched off": func(s *scene, _ tiktok.OrderID) {
			s.Must(s.Store.SetConnectionOff(s.Context(), shop, tiktokShop, shops.OffByMerchant))
		},
		"disconnected": func(s *scene, _ tiktok.OrderID) { s.Must(s.Store.Disconnect(s.Context(), shop, tiktokShop)) },
		"uninstalled": func(s *scene, _ tiktok.OrderID) {
			_, err := s.Store.UninstallShop(s.Context(), shop, time.Time{})
			s.Must(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			id := s.Written(tiktoksim.OrderSpec{})
			s.before(-time.Hour)
			s.watch()
			s.WantCodes(id, exceptions.ShipByMissed)
			s.watch()
			s.WantCodes(id, exceptions.ShipByMissed)
			change(s, id)
			s.watch()
			s.WantCodes(id)
		})
	}
}
