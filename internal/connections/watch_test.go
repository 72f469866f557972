package connections_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

const here = "https://app.example/webhooks/tiktok"

type resumed struct{ Shop shopify.Domain }

func (resumed) Kind() string { return "resumed" }

func (b *board) watcher(log *bytes.Buffer) *connections.Watcher {
	return &connections.Watcher{
		Connections: b, TikTok: b, WebhookURL: here, Log: slog.New(slog.NewTextHandler(log, nil)),
		Renewed: func(shop shopify.Domain) []connections.Job { return []connections.Job{resumed{shop}} },
	}
}

func TestWhichConnectionsAreChecked(t *testing.T) {
	t.Parallel()
	b := &board{}
	if err := b.watcher(&bytes.Buffer{}).Watch(t.Context(), connections.WatchArgs{}); err != nil {
		t.Fatal(err)
	}
	want := []connections.Job{connections.CheckArgs{Shop: demo, TikTokShop: "7"}, connections.CheckArgs{Shop: demo, TikTokShop: "9"}}
	if diff := cmp.Diff(want, b.jobs); diff != "" {
		t.Error(diff)
	}
}

func TestCheckRepairsSubscriptions(t *testing.T) {
	t.Parallel()
	all := func(address string) (list []tiktok.Webhook) {
		for _, event := range tiktok.Subscribed() {
			list = append(list, tiktok.Webhook{EventType: event, Address: address})
		}
		return list
	}
	elsewhere := all(here)
	elsewhere[2].Address = "https://old.example/hook"
	dead := fault.NeedsMerchant(string(exceptions.ConnectionExpired), "", nil)
	review := connections.ReviewArgs{Shop: demo}
	cases := map[string]struct {
		board  board
		set    int
		off    shops.OffReason
		jobs   []connections.Job
		warned bool
	}{
		"all is well":         {board: board{present: all(here)}},
		"all are gone":        {board: board{}, set: len(tiktok.Subscribed())},
		"one leads away":      {board: board{present: elsewhere}, set: 1},
		"they cannot be set":  {board: board{setErr: errors.New("no such endpoint")}, set: len(tiktok.Subscribed()), warned: true},
		"they cannot be read": {board: board{answer: fault.NeedsMerchant("api_rejected", "", nil)}, warned: true},
		"the permission has ended": {
			board: board{answer: dead}, off: shops.OffDeauthorized, jobs: []connections.Job{review},
		},
		"it has ended, as was known": {board: board{answer: dead, off: shops.OffDeauthorized}, off: shops.OffDeauthorized},
		"it is back": {
			board: board{present: all(here), off: shops.OffDeauthorized}, jobs: []connections.Job{review, resumed{demo}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			b := c.board
			err := b.watcher(&log).Check(t.Context(), connections.CheckArgs{Shop: demo, TikTokShop: "7"})
			if err != nil || len(b.set) != c.set || b.off != c.off {
				t.Errorf("set %v, off %q, error %v", b.set, b.off, err)
			}
			if diff := cmp.Diff(c.jobs, b.jobs); diff != "" {
				t.Error(diff)
			}
			if warned := strings.Contains(log.String(), "WARN"); warned != c.warned {
				t.Errorf("log %q", log.String())
			}
			for _, set := range b.set {
				if !strings.HasSuffix(set, " "+here) {
					t.Errorf("set %s", set)
				}
			}
		})
	}
}

// access is what a review reads and where it writes.
type access struct {
	refused     []tokens.Key
	connections []shops.Connection
	open        map[exceptions.Code]string
}

func (a *access) Connections(context.Context, shopify.Domain) ([]shops.Connection, error) {
	return a.connections, nil
}

func (a *access) RefusedTokens(context.Context, shopify.Domain) ([]tokens.Key, error) {
	return a.refused, nil
}

func (a *access) OpenException(_ context.Context, e exceptions.Exception) error {
	if e.Order != "" || e.Shop != demo {
		return errors.New("not of the whole shop")
	}
	a.open[e.Code] = e.Message
	return nil
}

func (a *access) ResolveExceptions(_ context.Context, _ shopify.Domain, order tiktok.OrderID, _ string, codes ...exceptions.Code) error {
	if order != "" || len(codes) == 0 {
		return errors.New("more than was meant")
	}
	for _, code := range codes {
		delete(a.open, code)
	}
	return nil
}

func TestReview(t *testing.T) {
	t.Parallel()
	shopifyKey := tokens.Key{Platform: tokens.Shopify, Shop: string(demo)}
	sellerKey := tokens.Key{Platform: tokens.TikTok, Shop: string(demo), Seller: "s1"}
	one := func(off shops.OffReason) []shops.Connection {
		return []shops.Connection{{Shop: demo, TikTokShop: "7", OpenID: "s1", Name: "Sunny", Off: off}}
	}
	cases := map[string]struct {
		access  access
		renewed bool
		want    []exceptions.Code
		says    string
	}{
		"all is well":                 {access: access{connections: one(shops.On)}, want: []exceptions.Code{exceptions.ConnectionExpiring}},
		"renewed":                     {access: access{connections: one(shops.On)}, renewed: true},
		"shopify refuses":             {access: access{refused: []tokens.Key{shopifyKey}, connections: one(shops.On)}, renewed: true, want: []exceptions.Code{exceptions.ConnectionExpired}, says: "Shopify."},
		"tiktok refuses":              {access: access{refused: []tokens.Key{sellerKey}, connections: one(shops.On)}, renewed: true, want: []exceptions.Code{exceptions.ConnectionExpired}, says: `TikTok shop "Sunny".`},
		"both":                        {access: access{refused: []tokens.Key{shopifyKey, sellerKey}, connections: one(shops.On)}, renewed: true, want: []exceptions.Code{exceptions.ConnectionExpired}, says: `Shopify, TikTok shop "Sunny".`},
		"of a shop switched off":      {access: access{refused: []tokens.Key{sellerKey}, connections: one(shops.OffByMerchant)}, renewed: true},
		"deauthorized":                {access: access{connections: one(shops.OffDeauthorized)}, renewed: true, want: []exceptions.Code{exceptions.ConnectionExpired}, says: `TikTok shop "Sunny".`},
		"a market without shipments":  {access: access{connections: one(shops.OffNoMarket)}, renewed: true, want: []exceptions.Code{exceptions.MarketUnsupported}},
		"another seller's is refused": {access: access{refused: []tokens.Key{{Platform: tokens.TikTok, Shop: string(demo), Seller: "s2"}}, connections: one(shops.On)}, renewed: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := c.access
			a.open = map[exceptions.Code]string{exceptions.ConnectionExpiring: "old", exceptions.MarketUnsupported: "old"}
			if name != "shopify refuses" {
				a.open[exceptions.ConnectionExpired] = "old"
			}
			reviewer := connections.Reviewer{Accesses: &a, Exceptions: &a, Now: time.Now}
			if err := reviewer.Review(t.Context(), connections.ReviewArgs{Shop: demo, Renewed: c.renewed}); err != nil {
				t.Fatal(err)
			}
			var got []exceptions.Code
			for code := range a.open {
				got = append(got, code)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) || !strings.HasSuffix(a.open[exceptions.ConnectionExpired], c.says) {
				t.Errorf("open %v, want %v saying %q", a.open, c.want, c.says)
			}
		})
	}
}

func TestExpiring(t *testing.T) {
	t.Parallel()
	list := []shops.Connection{{Shop: demo, TikTokShop: "7", Name: "Sunny"}, {Shop: demo, TikTokShop: "8", Off: shops.OffByMerchant}}
	cases := map[string]struct {
		args connections.ExpiringArgs
		says string
	}{
		"with a date":       {connections.ExpiringArgs{Shop: demo, TikTokShop: "7", ExpiresAt: 1803859200}, `TikTok shop "Sunny" and ends on 1 March 2027.`},
		"in milliseconds":   {connections.ExpiringArgs{Shop: demo, TikTokShop: "7", ExpiresAt: 1803859200000}, "ends on 1 March 2027."},
		"without":           {connections.ExpiringArgs{Shop: demo, TikTokShop: "7"}, `It concerns TikTok shop "Sunny".`},
		"switched off":      {connections.ExpiringArgs{Shop: demo, TikTokShop: "8"}, ""},
		"not connected now": {connections.ExpiringArgs{Shop: demo, TikTokShop: "9"}, ""},
	}
	for name, c := range cases {
		a := access{connections: list, open: map[exceptions.Code]string{}}
		reviewer := connections.Reviewer{Accesses: &a, Exceptions: &a, Now: time.Now}
		if err := reviewer.Expiring(t.Context(), c.args); err != nil {
			t.Fatal(err)
		}
		if got := a.open[exceptions.ConnectionExpiring]; !strings.HasSuffix(got, c.says) || (got == "") != (c.says == "") {
			t.Errorf("%s: %q", name, got)
		}
	}
}
