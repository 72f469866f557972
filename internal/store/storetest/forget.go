package storetest

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// staying lists what is left of an order whose buyer was forgotten, by table or
// by column, with why it says nothing of a buyer. What is not listed is filled
// with marks by the test and must be gone afterwards: a column that is added
// later is erased or gets its line here.
var staying = map[string]string{
	"shops": shopWide, "settings": shopWide, "tokens": shopWide, "authorizations": shopWide, "connections": shopWide, "oauth_states": shopWide,
	"cursors": shopWide, "sku_mappings": shopWide, "backfills": shopWide, "loop_keys": shopWide, "carrier_mappings": shopWide,
	"refund_reasons": shopWide, "order_slots": shopWide, "refund_slots": shopWide, "return_visits": shopWide, "guide_marks": shopWide,
	"hash_keys":        "sealed keys, of no order",
	"test_orders":      "an order of the merchant's own, of a made-up buyer",
	"privacy_requests": "Shopify's numbers of a customer and orders: the proof that they were forgotten",

	"shop": number, "order_id": number, "tiktok_shop": number, "id": number, "shopify_order": number, "shopify_name": number, "name_key": number,
	"shopify_line": number, "variant": number, "sku": number, "sku_id": number, "unit_id": number, "package_id": number, "intent_key": number,
	"shipment_key": number, "shopify_fulfillment": number, "tracking_number": number, "provider": number, "shopify_refund": number,
	"tiktok_case": number, "units": number, "account": number, "delivery_id": number, "event_id": number, "gone": number,

	"state": word, "status": word, "reason": word, "kind": word, "direction": word, "code": word, "source": word, "topic": word,
	"duplicate_choice": word, "totals_choice": word, "shipments_leg": word, "shipments_reason": word, "refunds_leg": word, "refunds_reason": word,

	"total": amount, "currency": amount, "unit_price": amount, "unit_tax": amount, "amount": amount, "completed": amount,

	"order_lines.title":  "the product's name",
	"shipments.company":  "the carrier's name",
	"intents.body":       "made by us of ids, amounts and our own words; what repeats a call after a crash",
	"intents.result":     number,
	"shipments.body":     "made by us of ids and tracking numbers; compared to tell what was changed",
	"shipments.handled":  "an exception's code and our own words; compared so that nobody is asked twice",
	"refund_steps.call":  "only which call it was; the test fills the rest of it",
	"events.body_sealed": "sealed, and empty: the test opens it",
}

const (
	shopWide = "of the shop, of no order"
	number   = "an identifier"
	word     = "one of our own or the platforms' fixed words"
	amount   = "an amount"
)

const mark = "Zephyrine-was-here"

// forgetting fills what is kept of three orders with marks, forgets one, and
// finds none of its marks in the whole database.
func forgetting(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	const beside tiktok.OrderID = "576900000000010002"
	b.known(t, demo, orderID)
	b.known(t, demo, beside)
	b.known(t, other, orderID)
	b.fill(t)
	before := b.marks(t)
	for _, table := range []string{"orders", "exceptions", "timeline", "shipments", "refunds", "refund_steps", "loop_checks", "river_job"} {
		if before[table] == 0 {
			t.Errorf("nothing of %s was marked: is the test still right?", table)
		}
	}
	done, err := b.ForgetOrders(ctx, demo, false, orderID, "576900000000019999")
	if err != nil || done != 2 {
		t.Fatalf("forgotten: %d, %v", done, err)
	}
	for table, n := range b.marks(t) {
		if n != before[table]/3*2 {
			t.Errorf("%s holds %d marks of %d: want those of two orders in three", table, n, before[table])
		}
	}
	b.opened(t, demo, orderID, "", "")
	b.opened(t, demo, beside, mark, mark)
	order, err := b.Order(ctx, demo, orderID)
	if err != nil || order.RedactedAt == nil || !order.RedactedAt.Equal(b.Now()) || order.State != links.Written {
		t.Errorf("the order: %+v, %v", order, err)
	}
	if done, err := b.ForgetOrders(ctx, demo, false, orderID); err != nil || done != 1 {
		t.Errorf("again: %d, %v", done, err)
	}
	b.late(t)
	// Nothing of the buyer is taken in again.
	b.written(t, order, "90210")
	place, err := b.ComparePlace(ctx, demo, orderID, links.Place{})
	if found, _ := b.HasZIP(ctx, demo, orderID, "90210"); err != nil || found || place.HasZIP || !place.Forgotten {
		t.Errorf("filled again: %v, %+v, %v", found, place, err)
	}
	if refunds, err := b.Refunds(ctx, demo, orderID); err != nil || refunds[0].Steps[0].Call.Op != "return" {
		t.Errorf("refunds can no longer be read: %v, %v", refunds, err)
	}
}

// known keeps an order of which every table has something, all of it over.
func (b *bench) known(t *testing.T, shop shopify.Domain, id tiktok.OrderID) {
	t.Helper()
	ctx := t.Context()
	lease := b.lease(t, shop, id)
	gid := shopify.GID("gid://shopify/Order/" + string(id[len(id)-3:]))
	order := links.Order{Shop: shop, ID: id, TikTokShop: "1", State: links.Written, Status: tiktok.Delivered, ShopifyOrder: gid}
	must(t, b.SaveChange(ctx, lease, order, links.Change{
		Lines:   []links.Line{{SKU: "a", Quantity: 1, Units: []links.Unit{{ID: "1"}}}},
		Intents: []links.Intent{{Key: "i", Kind: links.RefundIntent, State: links.IntentDone, Body: "{}"}},
		Place:   &links.Place{ZIP: "90210", Seen: "elm 1", Written: "elm 1"},
	}))
	must(t, b.SaveShipments(ctx, lease, []links.Shipment{{Key: "s", State: links.ShipmentDone, Units: []tiktok.LineItemID{"1"}}}))
	must(t, b.SaveRefunds(ctx, lease, []links.Refund{{
		Shop: shop, Order: id, ID: shopify.GID("gid://shopify/Refund/" + string(id)), State: links.RefundSatisfied,
		Steps: []links.RefundStep{{Number: 1, Kind: links.OpenReturn, State: links.StepCompleted, Call: tiktok.Write{Op: "return"}}},
	}}, links.Change{}))
	must(t, b.ReleaseLease(ctx, lease))
	must(t, b.AppendTimeline(ctx, timeline.Entry{Shop: shop, Order: id, At: b.Now(), Kind: timeline.Change, Text: "x"}))
	must(t, b.OpenException(ctx, exceptions.New(shop, id, exceptions.ZIPMissing, "", b.Now())))
	must(t, b.ResolveExceptions(ctx, shop, id, "handled"))
	must(t, b.SaveLoopCheck(ctx, links.LoopCheck{Shop: shop, Order: id, CheckedAt: b.Now(), Code: "x", Message: "x"}))
	for n, e := range []inbox.Event{
		{Source: inbox.FromTikTok, Account: "1", Topic: "1", Order: id}, {Source: inbox.FromShopify, Account: string(shop), Topic: "refunds/create", ShopifyOrder: gid},
	} {
		e.Shop, e.DeliveryID, e.Body = shop, fmt.Sprintf("%s-%s-%d", shop, id, n), []byte(mark)
		_, err := b.ReceiveEvent(ctx, e, about{shop, string(id), ""}, about{shop, "", string(gid)})
		must(t, err)
	}
}

// late has both platforms tell once more of all three orders: of the forgotten
// one nothing is kept.
func (b *bench) late(t *testing.T) {
	t.Helper()
	for _, shop := range []shopify.Domain{demo, other} {
		for n, e := range []inbox.Event{
			{Source: inbox.FromTikTok, Account: "1", Topic: "1", Order: orderID},
			{Source: inbox.FromShopify, Account: string(shop), Topic: "refunds/create", ShopifyOrder: shopify.GID("gid://shopify/Order/" + string(orderID[len(orderID)-3:]))},
		} {
			e.Shop, e.DeliveryID, e.Body, e.ReceivedAt = shop, fmt.Sprintf("late-%s-%d", shop, n), []byte(mark), b.Now()
			fresh, err := b.ReceiveEvent(t.Context(), e)
			if must(t, err); !fresh {
				t.Fatalf("the late %s event was known", e.Source)
			}
		}
	}
	must(t, b.EmptyLatePayloads(t.Context(), b.Now().Add(time.Second))) // none came since
	b.opened(t, demo, orderID, "", "", mark, mark)
	must(t, b.EmptyLatePayloads(t.Context(), b.Now()))
	b.opened(t, demo, orderID, "", "", "", "")
	b.opened(t, other, orderID, mark, mark, mark, mark)
}

// about is a job about an order.
type about struct {
	Shop    shopify.Domain `json:"shop"`
	Order   string         `json:"order_id"`
	Shopify string         `json:"shopify_order"`
}

// Kind is the job's name in the queue.
func (about) Kind() string { return "storetest_about" }

// opened wants the payloads of the order's events, in the order of their arrival, to be these.
func (b *bench) opened(t *testing.T, shop shopify.Domain, id tiktok.OrderID, want ...string) {
	t.Helper()
	order, err := b.Order(t.Context(), shop, id)
	must(t, err)
	payloads, err := b.OrderEvents(t.Context(), order)
	if err != nil || len(payloads) != len(want) {
		t.Fatalf("payloads: %v, %v", payloads, err)
	}
	for n, p := range payloads {
		if string(p.Body) != want[n] {
			t.Errorf("%s event %s of order %s: %q, want %q", p.Platform, p.Topic, id, p.Body, want[n])
		}
	}
}

// writing is a connection that may write.
func (b *bench) writing() *sql.DB {
	if db := b.SQLite(); db != nil {
		return db
	}
	return b.Reader()
}

// texts lists the tables with their columns that hold texts or bytes.
func (b *bench) texts(t *testing.T) map[string][]string {
	t.Helper()
	query := `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND c.type IN ('TEXT', 'BLOB')`
	if b.SQLite() == nil {
		query = `SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
			WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND data_type IN ('text', 'bytea')`
	}
	rows, err := b.writing().QueryContext(t.Context(), query)
	must(t, err)
	defer func() { _ = rows.Close() }()
	found := map[string][]string{}
	for rows.Next() {
		var table, name string
		must(t, rows.Scan(&table, &name))
		if !strings.HasPrefix(table, "river_") && !strings.HasPrefix(table, "goose_") {
			found[table] = append(found[table], name)
		}
	}
	must(t, rows.Err())
	if len(found) < 20 {
		t.Fatalf("only %d tables: %v", len(found), found)
	}
	return found
}

// fill puts a mark into every column that may say something of a buyer.
func (b *bench) fill(t *testing.T) {
	t.Helper()
	for table, columns := range b.texts(t) {
		for _, column := range columns {
			if staying[table] == "" && staying[column] == "" && staying[table+"."+column] == "" {
				b.run(t, `UPDATE `+table+` SET `+column+` = '`+mark+` in `+column+`'`)
			}
		}
	}
	call, err := json.Marshal(tiktok.Write{Op: "return", Path: mark, Key: mark, Body: json.RawMessage(`"` + mark + `"`)})
	must(t, err)
	b.run(t, `UPDATE refund_steps SET call = '`+string(call)+`'`)
	// Half of the jobs are over, and all have failed.
	failed, now := `jsonb('["`+mark+`"]')`, `'2026-11-22 10:00:00'`
	if b.SQLite() == nil {
		failed = `ARRAY['"` + mark + `"'::jsonb]`
	}
	b.run(t, `UPDATE river_job SET errors = `+failed)
	b.run(t, `UPDATE river_job SET state = 'completed', finalized_at = `+now+` WHERE id % 2 = 0`)
}

func (b *bench) run(t *testing.T, text string) {
	t.Helper()
	if _, err := b.writing().ExecContext(t.Context(), text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// marks counts the marked values of each table.
func (b *bench) marks(t *testing.T) map[string]int {
	t.Helper()
	found := map[string]int{}
	count := func(table, column string) {
		var n int
		err := b.writing().QueryRowContext(t.Context(), `SELECT count(*) FROM `+table+` WHERE CAST(`+column+` AS TEXT) LIKE '%`+mark+`%'`).Scan(&n)
		must(t, err)
		found[table] += n
	}
	for table, columns := range b.texts(t) {
		for _, column := range columns {
			count(table, column)
		}
	}
	if b.SQLite() == nil {
		count("river_job", "errors")
	} else {
		count("river_job", "json(errors)")
	}
	return found
}

// Nothing is forgotten while it is needed.
func forgettingWaits(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.known(t, demo, orderID)
	order, err := b.Order(ctx, demo, orderID)
	must(t, err)
	waits := func(why string) {
		t.Helper()
		timeIsUp := why != "an open exception"
		if done, err := b.ForgetOrders(ctx, demo, timeIsUp, orderID); err != nil || done != 0 {
			t.Errorf("%s: %d, %v", why, done, err)
		}
		if kept, err := b.Order(ctx, demo, orderID); err != nil || kept.RedactedAt != nil {
			t.Errorf("%s: %+v, %v", why, kept, err)
		}
		b.opened(t, demo, orderID, mark, mark)
	}
	must(t, b.OpenException(ctx, exceptions.New(demo, orderID, exceptions.ZIPMissing, "", b.Now())))
	waits("an open exception")
	must(t, b.ResolveExceptions(ctx, demo, orderID, "handled"))
	lease := b.lease(t, demo, orderID)
	waits("a job at work")
	refund := links.Refund{Shop: demo, Order: orderID, ID: "gid://shopify/Refund/9", State: links.RefundWaiting}
	must(t, b.SaveRefunds(ctx, lease, []links.Refund{refund}, links.Change{}))
	must(t, b.ReleaseLease(ctx, lease))
	waits("a refund under way")
	lease = b.lease(t, demo, orderID)
	refund.State = links.RefundHandled
	must(t, b.SaveRefunds(ctx, lease, []links.Refund{refund}, links.Change{}))
	must(t, b.SaveShipments(ctx, lease, []links.Shipment{{Key: "p", State: links.ShipmentPlanned}}))
	must(t, b.ReleaseLease(ctx, lease))
	waits("a parcel under way")
	lease = b.lease(t, demo, orderID)
	must(t, b.SaveShipments(ctx, lease, []links.Shipment{{Key: "p", State: links.ShipmentDropped}}))
	intent := links.Intent{Key: "o", Kind: links.CancelIntent, State: links.IntentOpen}
	must(t, b.SaveChange(ctx, lease, order, links.Change{Intents: []links.Intent{intent}}))
	must(t, b.ReleaseLease(ctx, lease))
	waits("a change under way")
	lease = b.lease(t, demo, orderID)
	intent.State = links.IntentDone
	must(t, b.SaveChange(ctx, lease, order, links.Change{Intents: []links.Intent{intent}}))
	b.pass(2 * time.Minute) // whoever had the order has died, or is very slow
	must(t, b.OpenException(ctx, exceptions.New(demo, orderID, exceptions.ZIPMasked, "", b.Now())))
	if done, err := b.ForgetOrders(ctx, demo, true, orderID); err != nil || done != 1 {
		t.Errorf("once all but an exception is over and the time is up: %d, %v", done, err)
	}
	if open, err := b.OrderExceptions(ctx, demo, orderID); err != nil || len(open) != 0 {
		t.Errorf("open: %v, %v", open, err)
	}
	if err := b.SaveOrder(ctx, lease, order); !errors.Is(err, links.ErrFenced) {
		t.Errorf("who read the order before may still write it: %v", err)
	}
}
