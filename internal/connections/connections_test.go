package connections_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/tokens"
)

const demo shopify.Domain = "demo.myshopify.com"

// world is everything the connector asks, in memory.
type world struct {
	now         time.Time
	shop        shops.Shop
	connections map[tiktok.ShopID]shops.Connection
	states      map[string]shops.State
	kept        tokens.Pair
	grant       tiktok.Grant
	covered     []tiktok.AuthorizedShop
	exchangeErr error
	webhookErr  error
	calls       []string
}

func newWorld() *world {
	return &world{
		now:         time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC),
		shop:        shops.Shop{Domain: demo, Currency: "USD"},
		connections: map[tiktok.ShopID]shops.Connection{}, states: map[string]shops.State{},
		grant:   tiktok.Grant{Access: secret.New("access"), Refresh: secret.New("refresh"), OpenID: "seller", SellerName: "Sunny Ltd", Region: "US"},
		covered: []tiktok.AuthorizedShop{{ID: "7", Name: "Sunny", Region: "US", Cipher: "cipher-7"}},
	}
}

func (w *world) connector() *connections.Connector {
	return &connections.Connector{
		Book: w, States: w, Seller: w, Subscriptions: w, WebhookURL: "https://app.example/webhooks/tiktok",
		Now: func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

func (w *world) Shop(_ context.Context, domain shopify.Domain) (shops.Shop, error) {
	if domain != w.shop.Domain {
		return shops.Shop{}, shops.ErrNotFound
	}
	return w.shop, nil
}

func (w *world) Connections(_ context.Context, domain shopify.Domain) ([]shops.Connection, error) {
	var list []shops.Connection
	for _, id := range []tiktok.ShopID{"7", "8", "9"} {
		if c, ok := w.connections[id]; ok && c.Shop == domain {
			list = append(list, c)
		}
	}
	return list, nil
}

func (w *world) Connection(_ context.Context, id tiktok.ShopID) (shops.Connection, error) {
	c, ok := w.connections[id]
	if !ok {
		return shops.Connection{}, shops.ErrNotFound
	}
	return c, nil
}

func (w *world) Connect(_ context.Context, _ shops.Authorization, pair tokens.Pair, list []shops.Connection, _ ...connections.Job) error {
	for _, c := range list {
		if before, ok := w.connections[c.TikTokShop]; ok && before.Shop != c.Shop {
			return shops.ErrTaken
		}
	}
	for _, c := range list {
		w.connections[c.TikTokShop] = c
	}
	w.kept = pair
	return nil
}

func (w *world) Disconnect(_ context.Context, _ shopify.Domain, id tiktok.ShopID, _ ...connections.Job) error {
	w.calls = append(w.calls, "disconnect "+string(id))
	delete(w.connections, id)
	return nil
}

func (w *world) SaveState(_ context.Context, s shops.State) error {
	w.states[s.Purpose+s.Hash] = s
	return nil
}

func (w *world) TakeState(_ context.Context, purpose, hash string) (shops.State, error) {
	s, ok := w.states[purpose+hash]
	if !ok {
		return shops.State{}, shops.ErrNotFound
	}
	delete(w.states, purpose+hash)
	return s, nil
}

func (w *world) AuthorizeLink(state string) (string, error) {
	return "https://tiktok.example/authorize?service_id=1&state=" + url.QueryEscape(state), nil
}

func (w *world) ExchangeCode(_ context.Context, code string) (tiktok.Grant, error) {
	w.calls = append(w.calls, "exchange "+code)
	return w.grant, w.exchangeErr
}

func (w *world) AuthorizedShops(_ context.Context, token secret.String) ([]tiktok.AuthorizedShop, error) {
	if token != w.grant.Access {
		return nil, errors.New("another token")
	}
	return w.covered, nil
}

func (w *world) SetWebhook(_ context.Context, seat tiktok.Seat, event tiktok.EventType, address string) error {
	w.calls = append(w.calls, "set "+string(seat.Shop)+" "+seat.Cipher+" "+string(event)+" "+address)
	return w.webhookErr
}

func (w *world) DeleteWebhook(_ context.Context, seat tiktok.Seat, event tiktok.EventType) error {
	w.calls = append(w.calls, "delete "+string(seat.Shop)+" "+string(event))
	return w.webhookErr
}

// begin starts a connection and returns the state in its address.
func begin(t *testing.T, c *connections.Connector) string {
	t.Helper()
	link, err := c.Begin(t.Context(), demo, "42")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("state")
}

func TestFinishConnects(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.webhookErr = errors.New("no such endpoint") // optional: nothing hangs on it
	c := w.connector()
	state := begin(t, c)
	for key, kept := range w.states {
		if strings.Contains(key, state) || kept.User != "42" || !kept.ExpiresAt.Equal(w.now.Add(15*time.Minute)) {
			t.Errorf("state kept as %q %+v", key, kept)
		}
	}
	outcome, err := c.Finish(t.Context(), connections.Answer{State: state, Code: "code-1"})
	if err != nil {
		t.Fatal(err)
	}
	want := shops.Connection{
		Shop: demo, TikTokShop: "7", OpenID: "seller", Name: "Sunny", Region: "US", Cipher: "cipher-7", Currency: "USD", ConnectedAt: w.now,
	}
	if diff := cmp.Diff(connections.Outcome{Shop: demo, SellerName: "Sunny Ltd", Connections: []shops.Connection{want}}, outcome); diff != "" {
		t.Error(diff)
	}
	if w.kept.Access != secret.New("access") || w.kept.Refresh != secret.New("refresh") || w.connections["7"] != want {
		t.Errorf("kept %+v", w.connections)
	}
	if got := len(w.calls); got != 1+len(tiktok.Subscribed()) {
		t.Errorf("%d calls: %v", got, w.calls)
	}
	if w.calls[1] != "set 7 cipher-7 ORDER_STATUS_CHANGE https://app.example/webhooks/tiktok" {
		t.Errorf("subscribed by %q", w.calls[1])
	}
	if _, err := c.Finish(t.Context(), connections.Answer{State: state, Code: "code-1"}); !errors.Is(err, connections.ErrState) {
		t.Errorf("the same state again: %v", err)
	}
}

func TestFinishRefuses(t *testing.T) {
	t.Parallel()
	uninstalled := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		change func(*world)
		answer connections.Answer
		want   error
		called bool
	}{
		"old state":       {change: func(w *world) { w.now = w.now.Add(15 * time.Minute) }, want: connections.ErrState},
		"declined":        {answer: connections.Answer{Refusal: "auth_denied", Code: "null"}, want: connections.ErrDenied},
		"uninstalled":     {change: func(w *world) { w.shop.UninstalledAt = &uninstalled }, want: connections.ErrNotInstalled},
		"currency unread": {change: func(w *world) { w.shop.Currency = "" }, want: connections.ErrShopUnread},
		"code refused":    {change: func(w *world) { w.exchangeErr = tiktok.ErrGrantRefused }, want: tiktok.ErrGrantRefused, called: true},
		"a creator":       {change: func(w *world) { w.grant.UserType = 1 }, want: connections.ErrNotSeller, called: true},
		"no shop":         {change: func(w *world) { w.covered = nil }, want: connections.ErrNoShops, called: true},
		"another shop has it": {change: func(w *world) {
			w.connections["7"] = shops.Connection{Shop: "other.myshopify.com", TikTokShop: "7"}
		}, want: shops.ErrTaken, called: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			connector := w.connector()
			c.answer.State = begin(t, connector)
			if c.change != nil {
				c.change(w)
			}
			_, err := connector.Finish(t.Context(), c.answer)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if !w.kept.Access.Empty() || w.connections["7"].Shop == demo {
				t.Error("something was kept")
			}
			if (len(w.calls) > 0) != c.called {
				t.Errorf("calls %v", w.calls)
			}
			if _, err := connector.Finish(t.Context(), c.answer); !errors.Is(err, connections.ErrState) {
				t.Errorf("the state can be spent again: %v", err)
			}
		})
	}
}

func TestForeignStates(t *testing.T) {
	t.Parallel()
	c := newWorld().connector()
	for _, state := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 1<<20)} {
		if _, err := c.Finish(t.Context(), connections.Answer{State: state, Code: "c"}); !errors.Is(err, connections.ErrState) {
			t.Errorf("state of %d bytes: %v", len(state), err)
		}
	}
}

// One authorization, several shops: each gets what is right for it.
func TestSeveralShops(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.covered = []tiktok.AuthorizedShop{
		{ID: "7", Region: "US", Cipher: "c7"}, {ID: "8", Region: "GB", Cipher: "c8"}, {ID: "9", Region: "US", Cipher: "c9"},
		{ID: "10", Region: "VN", Cipher: "c10"}, {ID: "11", Region: "US", Cipher: "c11"}, {ID: "12", Region: "XX", Cipher: "c12"},
	}
	w.connections["9"] = shops.Connection{Shop: "other.myshopify.com", TikTokShop: "9"}
	w.connections["11"] = shops.Connection{Shop: demo, TikTokShop: "11", Off: shops.OffByMerchant}
	c := w.connector()
	outcome, err := c.Finish(t.Context(), connections.Answer{State: begin(t, c), Code: "code"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[tiktok.ShopID]shops.OffReason{}
	for _, connection := range outcome.Connections {
		got[connection.TikTokShop] = connection.Off
	}
	want := map[tiktok.ShopID]shops.OffReason{
		"7": shops.On, "8": shops.OffOtherCurrency, "9": shops.OffTaken, "10": shops.OffNoMarket, "11": shops.OffByMerchant, "12": shops.OffNoMarket,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if w.connections["9"].Shop != "other.myshopify.com" {
		t.Error("a shop was taken from another")
	}
	for _, call := range w.calls {
		if strings.HasPrefix(call, "set 9 ") {
			t.Errorf("subscribed for another's shop: %s", call)
		}
	}
}

func TestDisconnect(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.connections["7"] = shops.Connection{Shop: demo, TikTokShop: "7"}
	w.connections["8"] = shops.Connection{Shop: demo, TikTokShop: "8"}
	w.connections["9"] = shops.Connection{Shop: "other.myshopify.com", TikTokShop: "9"}
	w.webhookErr = errors.New("no such endpoint")
	c := w.connector()
	if _, err := c.Disconnect(t.Context(), demo, "9"); !errors.Is(err, shops.ErrNotFound) {
		t.Errorf("another shop's: %v", err)
	}
	if len(w.calls) > 0 {
		t.Errorf("called all the same: %v", w.calls)
	}
	parted, err := c.Disconnect(t.Context(), demo, "7")
	if err != nil || !cmp.Equal(parted, []tiktok.ShopID{"7"}) {
		t.Errorf("parted %v, %v", parted, err)
	}
	if w.calls[0] != "delete 7 ORDER_STATUS_CHANGE" || w.calls[len(w.calls)-1] != "disconnect 7" {
		t.Errorf("subscriptions go first: %v", w.calls)
	}
	parted, err = c.Disconnect(t.Context(), demo, "")
	if err != nil || !cmp.Equal(parted, []tiktok.ShopID{"8"}) || len(w.connections) != 1 {
		t.Errorf("parted %v, %v, left %v", parted, err, w.connections)
	}
}

func TestBeginNeedsAnInstalledShop(t *testing.T) {
	t.Parallel()
	w := newWorld()
	if _, err := w.connector().Begin(t.Context(), "other.myshopify.com", "1"); !errors.Is(err, connections.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
	if len(w.states) > 0 {
		t.Error("a state was kept")
	}
}
