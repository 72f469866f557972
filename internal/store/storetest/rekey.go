package storetest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// census notes which columns had something to seal anew.
type census struct {
	mu   sync.Mutex
	seen map[string]int
}

// rekey seals all that a case left behind anew, and finds nothing of the old key
// then, in whatever column: what is sealed and unknown to Rekey is found here.
func (c *census) rekey(t *testing.T, b *bench) {
	t.Helper()
	s := b.again(t, 8, 7)
	done, err := s.Rekey(t.Context())
	must(t, err)
	c.mu.Lock()
	for _, one := range done {
		c.seen[one.Column] += one.Rows
		if one.Unreadable > 0 {
			t.Errorf("%s: %d cannot be opened where they are", one.Column, one.Unreadable)
		}
	}
	c.mu.Unlock()
	head := ring(t, 7).Head()
	for _, form := range []string{string(head), hex.EncodeToString(head), base64.StdEncoding.EncodeToString(head)} {
		for _, place := range b.whereIs(t, form) {
			t.Errorf("still sealed with the old key: %s (Rekey knows %+v)", place, done)
		}
	}
	must(t, s.Close())
}

func (c *census) complete(t *testing.T) {
	t.Helper()
	for _, column := range []string{"tokens.access_sealed", "tokens.refresh_sealed", "loop_keys.key_sealed", "hash_keys.key_sealed", "events.body_sealed"} {
		if c.seen[column] == 0 && !t.Failed() {
			t.Errorf("no case has anything in %s", column)
		}
	}
}

// again closes the store and opens its database under another ring.
func (b *bench) again(t *testing.T, numbers ...byte) *store.Store {
	t.Helper()
	var address string
	if db := b.SQLite(); db != nil {
		must(t, db.QueryRowContext(t.Context(), `SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&address))
		address = "sqlite:" + address
	} else {
		address = b.Postgres().Config().ConnString()
	}
	must(t, b.Close())
	s, err := store.Open(t.Context(), address, store.Options{Keyring: ring(t, numbers...), Now: b.Now})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	b.Store = s
	return s
}

// whereIs names the columns of which a value holds the text.
func (b *bench) whereIs(t *testing.T, text string) (places []string) {
	t.Helper()
	for table, columns := range b.texts(t) {
		for _, column := range columns {
			if b.holds(t, table, column, text) {
				places = append(places, table+"."+column)
			}
		}
	}
	return places
}

func (b *bench) holds(t *testing.T, table, column, text string) bool {
	t.Helper()
	rows, err := b.writing().QueryContext(t.Context(), `SELECT `+column+` FROM `+table)
	must(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var value []byte
		must(t, rows.Scan(&value))
		if bytes.Contains(value, []byte(text)) {
			return true
		}
	}
	must(t, rows.Err())
	return false
}

// sealedStory keeps one value of each kind.
func sealedStory(t *testing.T, b *bench) {
	t.Helper()
	b.install(t, demo)
	b.giveLoopKey(t, "loop-key-1")
	e := delivery(1)
	e.Body = []byte("payload")
	_, err := b.ReceiveEvent(t.Context(), e)
	must(t, err)
	for n := range 250 { // more than two pages
		e := delivery(1000 + n)
		_, err := b.ReceiveEvent(t.Context(), e)
		must(t, err)
	}
	lease := b.lease(t, demo, orderID)
	place := links.Place{ZIP: "90210", Seen: "elm 1", Written: "elm one"}
	must(t, b.SaveChange(t.Context(), lease, links.Order{Shop: demo, ID: orderID, TikTokShop: "1", State: links.Written}, links.Change{Place: &place}))
	must(t, b.ReleaseLease(t.Context(), lease))
}

// sealedThere wants what sealedStory kept.
func sealedThere(t *testing.T, when string, b *bench) {
	t.Helper()
	ctx := t.Context()
	pair, err := b.TokenPair(ctx, tokens.Key{Platform: tokens.Shopify, Shop: string(demo)})
	if err != nil || pair.Access.Reveal() != "shopify access" || pair.Refresh.Reveal() != "shopify refresh" {
		t.Errorf("%s: tokens: %v", when, err)
	}
	if key, err := b.LoopKey(ctx, demo); err != nil || key.Reveal() != "loop-key-1" {
		t.Errorf("%s: loop's key: %v", when, err)
	}
	e := delivery(1)
	if e, err = b.Event(ctx, e.Source, e.Account, e.Topic, e.DeliveryID); err != nil || string(e.Body) != "payload" {
		t.Errorf("%s: event: %q, %v", when, e.Body, err)
	}
	if found, err := b.HasZIP(ctx, demo, orderID, "90210"); err != nil || !found {
		t.Errorf("%s: the order is not that ZIP's: %v", when, err)
	}
	if found, err := b.HasZIP(ctx, demo, orderID, "90211"); err != nil || found {
		t.Errorf("%s: the order is another ZIP's: %v", when, err)
	}
	list, _, err := b.Orders(ctx, demo, links.OrderFilter{Text: "90210"}, 10, "")
	if err != nil || len(list) != 1 {
		t.Errorf("%s: %d orders found by ZIP: %v", when, len(list), err)
	}
	same, err := b.ComparePlace(ctx, demo, orderID, links.Place{Seen: "elm 1", Written: "elm one"})
	if err != nil || !same.Seen || !same.Written {
		t.Errorf("%s: the address is %+v, %v", when, same, err)
	}
}

// rekeyed replaces the key twice, and each time the old one leaves the ring.
func rekeyed(t *testing.T, b *bench) {
	ctx := t.Context()
	sealedStory(t, b)
	for n := byte(20); n < 22; n++ {
		before := n - 1
		if n == 20 {
			before = 7
		}
		b.again(t, n, before)
		sealedThere(t, "before", b)
		left, err := b.UnderOlderKeys(ctx)
		if err != nil || len(left) < 4 || left[0].Lost || left[0].Key == "" {
			t.Fatalf("before: %+v, %v", left, err)
		}
		done, err := b.Rekey(ctx)
		must(t, err)
		want := fmt.Sprint([]store.Rekeyed{
			{Column: "tokens.access_sealed", Rows: 1}, {Column: "tokens.refresh_sealed", Rows: 1}, {Column: "loop_keys.key_sealed", Rows: 1},
			{Column: "hash_keys.key_sealed", Rows: int(n - 20)}, {Column: "events.body_sealed", Rows: 251},
		})
		if diff := cmp.Diff(want, fmt.Sprint(done)); diff != "" {
			t.Error(diff)
		}
		sealedThere(t, "beside the old key", b)
		b.again(t, n)
		sealedThere(t, "without the old key", b)
		if left, err := b.UnderOlderKeys(ctx); err != nil || len(left) > 0 {
			t.Errorf("left: %+v, %v", left, err)
		}
		if done, err := b.Rekey(ctx); err != nil || strings.Contains(fmt.Sprintf("%+v", done), "Rows:1") {
			t.Errorf("again: %+v, %v", done, err)
		}
	}
	// Hashes of orders whose buyers were forgotten need no key.
	b.again(t, 7, 21)
	if n, err := b.ForgetOrders(ctx, demo, false, orderID); err != nil || n != 1 {
		t.Fatalf("forgotten: %d, %v", n, err)
	}
	_, err := b.Rekey(ctx)
	must(t, err)
	var kept int
	must(t, b.writing().QueryRowContext(ctx, `SELECT count(*) FROM hash_keys`).Scan(&kept))
	if kept != 0 {
		t.Errorf("%d hash keys are kept for nothing", kept)
	}
}

// rekeyedOddly: a key that is not in the ring is named and its values are left,
// and a key that comes back is no other than it was.
func rekeyedOddly(t *testing.T, b *bench) {
	ctx := t.Context()
	sealedStory(t, b)
	b.again(t, 9)
	done, err := b.Rekey(ctx)
	if err != nil || done[0].Unreadable != 1 || done[0].Rows != 0 || done[len(done)-1].Unreadable != 251 {
		t.Errorf("without the key: %+v, %v", done, err)
	}
	id, _ := secret.SealedWith(ring(t, 7).Head())
	left, err := b.UnderOlderKeys(ctx)
	want := store.Sealed{Column: "tokens.access_sealed", Key: id, Lost: true, Rows: 1}
	if err != nil || len(left) != 4 || left[0] != want {
		t.Errorf("without the key: %+v, %v", left, err)
	}
	b.again(t, 9, 7)
	_, err = b.Rekey(ctx)
	must(t, err)
	sealedThere(t, "with the key again", b)
	b.again(t, 7, 9) // back to the first
	_, err = b.Rekey(ctx)
	must(t, err)
	b.again(t, 7)
	sealedThere(t, "back", b)
}

// sealedElsewhere exchanges sealed values of two shops, and of two fields.
func sealedElsewhere(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.install(t, other)
	b.giveLoopKey(t, "loop-key-1")
	b.run(t, `INSERT INTO loop_keys (shop, key_sealed, updated_at) SELECT '`+string(other)+`', key_sealed, 0 FROM loop_keys`)
	for n := range 2 {
		_, err := b.ReceiveEvent(ctx, delivery(n))
		must(t, err)
	}
	backup := func(table string) { b.run(t, `CREATE TABLE IF NOT EXISTS kept_`+table+` AS SELECT * FROM `+table) }
	broken := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, secret.ErrBroken) {
			t.Errorf("%s: %v, want ErrBroken", what, err)
		}
	}
	pair := func() error {
		_, err := b.TokenPair(ctx, tokens.Key{Platform: tokens.Shopify, Shop: string(demo)})
		return err
	}
	backup("tokens")
	must(t, pair())
	b.run(t, `UPDATE tokens SET access_sealed = (SELECT k.access_sealed FROM kept_tokens k WHERE k.shop <> tokens.shop)`)
	broken("another shop's token", pair())
	b.run(t, `UPDATE tokens SET access_sealed = (SELECT k.refresh_sealed FROM kept_tokens k WHERE k.shop = tokens.shop)`)
	broken("another field's token", pair())
	b.run(t, `UPDATE tokens SET access_sealed = (SELECT k.access_sealed FROM kept_tokens k WHERE k.shop = tokens.shop)`)
	must(t, pair())
	_, err := b.LoopKey(ctx, other)
	broken("another shop's key", err)
	b.run(t, `DELETE FROM loop_keys WHERE shop = '`+string(other)+`'`)
	backup("events")
	b.run(t, `UPDATE events SET body_sealed = (SELECT k.body_sealed FROM kept_events k WHERE k.id <> events.id)`)
	e := delivery(0)
	_, err = b.Event(ctx, e.Source, e.Account, e.Topic, e.DeliveryID)
	broken("another event's payload", err)
	b.run(t, `UPDATE events SET body_sealed = (SELECT k.body_sealed FROM kept_events k WHERE k.id = events.id)`)
	_, err = b.Event(ctx, e.Source, e.Account, e.Topic, e.DeliveryID)
	must(t, err)
	b.run(t, `DROP TABLE kept_tokens`)
	b.run(t, `DROP TABLE kept_events`)
}
