package store

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// beforeLists is the last version whose orders have no legs, names and slots.
const beforeLists = 12

const oldShop shopify.Domain = "old.myshopify.com"

// Rows that are older than the columns and tables of lists and statistics get
// there what the program would have kept.
func TestOldRowsAreFilledIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address func(*testing.T) string
		dialect goose.Dialect
		texts   fs.FS
	}{
		"sqlite":   {func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "x.db") }, goose.DialectSQLite3, sqliteTexts{migrations}},
		"postgres": {func(t *testing.T) string { return postgrestest.URL(t) }, goose.DialectPostgres, migrations},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openOld(t, c.address(t))
			folder, err := fs.Sub(c.texts, "migrations")
			if err != nil {
				t.Fatal(err)
			}
			provider, err := goose.NewProvider(c.dialect, s.writer, folder)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.UpTo(t.Context(), beforeLists); err != nil {
				t.Fatal(err)
			}
			old := oldOrders()
			for _, statement := range statementsOf(old) {
				if _, err := s.writer.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%v: %s", err, statement)
				}
			}
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			legsAreFilledIn(t, s, old)
			slotsAreFilledIn(t, s, old)
		})
	}
}

func openOld(t *testing.T, address string) *Store {
	t.Helper()
	ring, err := secret.ParseKeyring(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), address, Options{Keyring: ring})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// oldOrder is one as it was kept, and which shipments and refunds it has.
type oldOrder struct {
	links.Order
	shipments []links.Shipment
	refunds   []links.Refund
	// exception is the status of one, empty for none.
	exception string
	heardOf   time.Time
}

// oldOrders have every pair of states of shipments and every pair of refunds',
// shipped whole and in part; of two with the same urgency the older one counts.
func oldOrders() []oldOrder {
	shipments := []links.Shipment{
		{}, {State: links.ShipmentPlanned, Reason: "push_off"}, {State: links.ShipmentRefused, Reason: "refused"}, {State: links.ShipmentUndone},
		{State: links.ShipmentUndone, Handled: "noted"}, {State: links.ShipmentSent}, {State: links.ShipmentDone}, {State: links.ShipmentDropped},
	}
	refunds := []links.RefundState{
		"", links.RefundWaiting, links.RefundHeld, links.RefundStopped, links.RefundSending, links.RefundPartlySent,
		links.RefundSent, links.RefundCompleted, links.RefundIgnored, links.RefundSatisfied, links.RefundHandled,
	}
	var list []oldOrder
	add := func(o oldOrder) {
		n := len(list)
		o.Shop, o.ID, o.State = oldShop, tiktok.OrderID(fmt.Sprintf("5769%08d", n)), links.Written
		o.ShopifyName = fmt.Sprintf("#Tik%d", n)
		o.exception = []string{"", "open", "resolved"}[n%3]
		o.OrderedAt = time.Unix(1_790_000_000+int64(n)*400, 0).UTC()
		// Every seventh was heard of days later, and every fifth has a clock that goes before TikTok's.
		o.heardOf = o.OrderedAt.Add([]time.Duration{time.Second, time.Second, time.Second, time.Second, time.Second, time.Second, 49 * time.Hour}[n%7])
		written := o.heardOf.Add(time.Duration(n) * 1300 * time.Millisecond)
		if n%5 == 0 {
			written = o.OrderedAt.Add(-time.Second)
		}
		o.WrittenAt = &written
		if n%11 == 0 {
			o.State = links.Cancelled
		}
		list = append(list, o)
	}
	for n, one := range shipments {
		for m, two := range shipments {
			o := oldOrder{Order: links.Order{Status: []tiktok.OrderStatus{tiktok.InTransit, tiktok.PartiallyShipping}[(n+m)%2]}}
			for _, s := range []links.Shipment{one, two} {
				if s.State != "" {
					o.shipments = append(o.shipments, s)
				}
			}
			add(o)
		}
	}
	for _, one := range refunds {
		for _, two := range refunds {
			o := oldOrder{Order: links.Order{Status: tiktok.InTransit}}
			for n, state := range []links.RefundState{one, two} {
				if state != "" {
					o.refunds = append(o.refunds, links.Refund{State: state, Reason: fmt.Sprintf("reason %d", n)})
				}
			}
			add(o)
		}
	}
	return list
}

// statementsOf keep the orders as version 12 kept them.
func statementsOf(old []oldOrder) []string {
	var list []string
	add := func(format string, a ...any) { list = append(list, fmt.Sprintf(format, a...)) }
	for n, o := range old {
		add(`INSERT INTO orders (shop, order_id, tiktok_shop, state, reason, status, update_time, ordered_at, total, currency, shopify_order, shopify_name,
			written_at, attempt_at, lookups, duplicate_choice, referenced_at, zip_hash, created_at, updated_at)
			VALUES ('%s', '%s', '1', '%s', '', '%s', 0, %d, '', '', '', '%s', %d, 0, 0, '', 0, '', %d, 0)`,
			oldShop, o.ID, o.State, o.Status, o.OrderedAt.UnixMicro(), o.ShopifyName, o.WrittenAt.UnixMicro(), o.heardOf.UnixMicro())
		for m, s := range o.shipments {
			add(`INSERT INTO shipments (shop, order_id, shipment_key, direction, state, reason, shopify_fulfillment, package_id, units, company, provider,
				tracking_number, body, warning, handled, sent_at, shipped_at, delivered_at, created_at)
				VALUES ('%s', '%s', 'k%d', 'to_tiktok', '%s', '%s', '', '', '[]', '', '', '', '', '', '%s', 0, 0, 0, %d)`,
				oldShop, o.ID, m, s.State, s.Reason, s.Handled, m/2)
		}
		for m, r := range o.refunds {
			add(`INSERT INTO refunds (shop, order_id, shopify_refund, state, reason, detail, units, amount, completed, currency, tiktok_case,
				refunded_at, approved_at, created_at, updated_at) VALUES ('%s', '%s', 'r%d-%d', '%s', '%s', '', '[]', '', '', '', '', %d, 0, 0, 0)`,
				oldShop, o.ID, n, m, r.State, r.Reason, m)
		}
		if o.exception != "" {
			add(`INSERT INTO exceptions (id, shop, order_id, code, message, fix, status, opened_at, resolved_at, resolution)
				VALUES ('e%d', '%s', '%s', 'zip_missing', '', '', '%s', 0, 0, '')`, n, oldShop, o.ID, o.exception)
		}
	}
	return list
}

// legsAreFilledIn: each order is listed with the legs of what it has, and found by its name.
func legsAreFilledIn(t *testing.T, s *Store, old []oldOrder) {
	t.Helper()
	seen := 0
	for cursor, first := "", true; first || cursor != ""; first = false {
		list, next, err := s.Orders(t.Context(), oldShop, links.OrderFilter{}, mostListed, cursor)
		if err != nil {
			t.Fatal(err)
		}
		seen, cursor = seen+len(list), next
		for _, got := range list {
			shipments, err1 := s.Shipments(t.Context(), oldShop, got.ID)
			refunds, err2 := s.Refunds(t.Context(), oldShop, got.ID)
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			want := links.List(got.Order, shipments, refunds)
			var n int
			if _, err := fmt.Sscanf(got.ShopifyName, "#Tik%d", &n); err != nil {
				t.Fatal(err)
			}
			want.Excepted = old[n].exception == "open"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("order %s: %s", got.ID, diff)
			}
		}
	}
	if seen != len(old) {
		t.Errorf("%d orders are listed, want %d", seen, len(old))
	}
	last := old[len(old)-1]
	found, _, err := s.Orders(t.Context(), oldShop, links.OrderFilter{Text: strings.ToUpper(last.ShopifyName)}, 2, "")
	if err != nil || len(found) != 1 || found[0].ID != last.ID {
		t.Errorf("%s finds %v, %v", last.ShopifyName, found, err)
	}
}

// slotsAreFilledIn: the quarters of an hour hold what they would have counted.
func slotsAreFilledIn(t *testing.T, s *Store, old []oldOrder) {
	t.Helper()
	want := map[time.Time]links.Slot{}
	for _, o := range old {
		slot := want[links.SlotOf(*o.WrittenAt)]
		slot.At = links.SlotOf(*o.WrittenAt)
		slot.Written++
		if o.heardOf.Sub(o.OrderedAt) <= 24*time.Hour {
			delay := max(o.WrittenAt.Sub(o.OrderedAt), 0).Truncate(time.Millisecond)
			slot.Measured++
			slot.Delay += delay
			slot.LongestDelay = max(slot.LongestDelay, delay)
		}
		want[slot.At] = slot
	}
	list, err := s.Statistics(t.Context(), oldShop, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	got := map[time.Time]links.Slot{}
	for _, slot := range list {
		got[slot.At] = slot
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
