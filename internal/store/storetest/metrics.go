package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// figures are what a scrape reads: counts over all shops, by words alone.
func figures(t *testing.T, b *bench) {
	ctx := t.Context()
	must(t, b.Migrated(ctx))
	must(t, b.OpenException(ctx, exceptions.New(demo, orderID, exceptions.SKUUnmatched, "", b.Now())))
	must(t, b.OpenException(ctx, exceptions.New(other, orderID, exceptions.SKUUnmatched, "", b.Now())))
	must(t, b.OpenException(ctx, exceptions.New(demo, orderID, exceptions.ZIPMissing, "", b.Now())))
	must(t, b.ResolveExceptions(ctx, demo, orderID, exceptions.CauseGone, exceptions.ZIPMissing))
	open, err := b.OpenByCode(ctx)
	must(t, err)
	if n, known := open[exceptions.ZIPMissing]; open[exceptions.SKUUnmatched] != 2 || n != 0 || !known || len(open) != len(exceptions.All()) {
		t.Errorf("open by code: %v", open)
	}
	for seller, ends := range map[string]time.Duration{"good": 30 * 24 * time.Hour, "ending": 24 * time.Hour, "refused": time.Hour} {
		pair, key := b.pair(seller), tokens.Key{Platform: tokens.TikTok, Shop: string(demo), Seller: seller}
		pair.RefreshExpiresAt = b.Now().Add(ends)
		must(t, b.SaveTokenPair(ctx, key, pair))
		if seller == "refused" {
			must(t, b.RefuseTokenPair(ctx, key, 1, b.Now()))
		}
	}
	counts, err := b.TokenStates(ctx)
	must(t, err)
	for _, state := range []string{"good", "ending", "refused"} {
		if !slices.Contains(counts, tokens.Count{Platform: tokens.TikTok, State: state, N: 1}) || !slices.Contains(counts, tokens.Count{Platform: tokens.Shopify, State: state}) {
			t.Errorf("%s tokens: %v", state, counts)
		}
	}
}
