package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// giveLoopKey changes the key with the settings, as the merchant does.
func (b *bench) giveLoopKey(t *testing.T, key string) shops.Settings {
	t.Helper()
	given := secret.New(key)
	settings, err := b.ChangeSettings(t.Context(), demo, func(s *shops.Settings) ([]store.Job, error) {
		s.LoopKey = &given
		return nil, nil
	})
	must(t, err)
	return settings
}

func loopKeys(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	b.install(t, other)
	want := func(shop shopify.Domain, key string) {
		t.Helper()
		got, err := b.LoopKey(ctx, shop)
		must(t, err)
		settings, err := b.Settings(ctx, shop)
		must(t, err)
		if got.Reveal() != key || settings.LoopKeySet != (key != "") || settings.LoopKey != nil {
			t.Errorf("%s has key of %d characters, set: %v, read with the settings: %v", shop, len(got.Reveal()), settings.LoopKeySet, settings.LoopKey != nil)
		}
	}
	want(demo, "")
	if s := b.giveLoopKey(t, "first key"); !s.LoopKeySet || s.LoopKey != nil {
		t.Errorf("after giving a key: %v", s.LoopKeySet)
	}
	b.giveLoopKey(t, "second key")
	want(demo, "second key")
	want(other, "")

	_, err := b.ChangeSettings(ctx, demo, func(s *shops.Settings) ([]store.Job, error) { // says nothing of the key
		if !s.LoopKeySet {
			t.Error("a change does not see that there is a key")
		}
		s.PullOrders = true
		return nil, nil
	})
	must(t, err)
	want(demo, "second key")

	refused, lost := errors.New("refused"), secret.New("")
	_, err = b.ChangeSettings(ctx, demo, func(s *shops.Settings) ([]store.Job, error) {
		s.LoopKey = &lost
		return nil, refused
	})
	if !errors.Is(err, refused) {
		t.Fatal(err)
	}
	want(demo, "second key")
	if s := b.giveLoopKey(t, ""); s.LoopKeySet {
		t.Error("a removed key is still set")
	}
	want(demo, "")

	b.giveLoopKey(t, "third key")
	b.pass(time.Hour)
	_, err = b.UninstallShop(ctx, demo, b.Now())
	must(t, err)
	want(demo, "") // as every right to act for the shop
}

func loopChecks(t *testing.T, b *bench) {
	ctx := t.Context()
	b.install(t, demo)
	none, err := b.LoopCheck(ctx, demo, orderID)
	must(t, err)
	if !none.CheckedAt.IsZero() {
		t.Errorf("never asked, and yet %+v", none)
	}
	for _, check := range []links.LoopCheck{
		{Shop: demo, Order: orderID, CheckedAt: b.Now(), Code: "order-not-found", Message: "Loop does not know it.", Tries: 1},
		{Shop: demo, Order: orderID, CheckedAt: b.Now().Add(time.Minute), Found: true, Code: "found", Message: "Loop finds it."},
	} {
		must(t, b.SaveLoopCheck(ctx, check))
		got, err := b.LoopCheck(ctx, demo, orderID)
		must(t, err)
		if diff := cmp.Diff(check, got); diff != "" {
			t.Error(diff)
		}
	}
	if elsewhere, _ := b.LoopCheck(ctx, other, orderID); elsewhere.Found {
		t.Error("another shop sees the answer")
	}
	must(t, b.SaveLoopCheck(ctx, links.LoopCheck{Shop: demo, Order: orderID + "1", CheckedAt: b.Now(), Code: "found"}))
	must(t, b.SaveLoopCheck(ctx, links.LoopCheck{Shop: other, Order: orderID + "2", CheckedAt: b.Now(), Code: "found"}))
	for after, want := range map[tiktok.OrderID][]tiktok.OrderID{"": {orderID, orderID + "1"}, orderID: {orderID + "1"}, orderID + "1": nil} {
		found, err := b.LoopChecksWith(ctx, demo, "found", after, 10)
		must(t, err)
		if !slices.Equal(found, want) {
			t.Errorf("after %q: %v, want %v", after, found, want)
		}
	}
	if refused, _ := b.LoopChecksWith(ctx, demo, "key-refused", "", 10); len(refused) != 0 {
		t.Errorf("with another code: %v", refused)
	}
	b.pass(time.Hour)
	_, err = b.UninstallShop(ctx, demo, b.Now())
	must(t, err)
	must(t, b.EraseShop(ctx, demo))
	if left, err := b.LoopCheck(ctx, demo, orderID); err != nil || !left.CheckedAt.IsZero() {
		t.Errorf("left after erasing: %+v, %v", left, err)
	}
}

// loopKeySealed: neither the row nor the settings show the key.
func loopKeySealed(t *testing.T, b *bench) {
	b.install(t, demo)
	const key = "visible-nowhere"
	b.giveLoopKey(t, key)
	var body, sealed string
	const text = `SELECT s.body, k.key_sealed FROM settings s JOIN loop_keys k ON k.shop = s.shop`
	if writer := b.SQLite(); writer != nil {
		must(t, writer.QueryRowContext(t.Context(), text).Scan(&body, &sealed))
	} else {
		var bytes []byte
		must(t, b.Postgres().QueryRow(t.Context(), text).Scan(&body, &bytes))
		sealed = string(bytes)
	}
	if sealed == "" || strings.Contains(sealed, key) || strings.Contains(body, key) || strings.Contains(body, "loop") {
		t.Errorf("the key can be read: settings %s, sealed %q", body, sealed)
	}
}
