package connections_test

import (
	"context"
	"errors"
	"testing"

	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// board is one connection, and what TikTok says when asked for it.
type board struct {
	answer  error
	present []tiktok.Webhook
	setErr  error
	off     shops.OffReason
	set     []string
	jobs    []connections.Job
}

func (b *board) Connection(_ context.Context, id tiktok.ShopID) (shops.Connection, error) {
	if id != "7" {
		return shops.Connection{}, shops.ErrNotFound
	}
	return shops.Connection{Shop: demo, TikTokShop: "7", Off: b.off}, nil
}

func (b *board) AllConnections(context.Context) ([]shops.Connection, error) {
	return []shops.Connection{
		{Shop: demo, TikTokShop: "7", Off: b.off},
		{Shop: demo, TikTokShop: "8", Off: shops.OffByMerchant},
		{Shop: demo, TikTokShop: "9", Off: shops.OffDeauthorized},
	}, nil
}

func (b *board) SetConnectionOff(_ context.Context, _ shopify.Domain, _ tiktok.ShopID, reason shops.OffReason, jobs ...connections.Job) error {
	b.off, b.jobs = reason, append(b.jobs, jobs...)
	return nil
}

func (b *board) Enqueue(_ context.Context, jobs ...connections.Job) error {
	b.jobs = append(b.jobs, jobs...)
	return nil
}

func (b *board) Webhooks(context.Context, tiktok.Seat) ([]tiktok.Webhook, error) {
	return b.present, b.answer
}

func (b *board) SetWebhook(_ context.Context, _ tiktok.Seat, event tiktok.EventType, address string) error {
	b.set = append(b.set, string(event)+" "+address)
	return b.setErr
}

func TestDeauthorizationIsBelievedOnlyWhenTikTokConfirmsIt(t *testing.T) {
	t.Parallel()
	dead := fault.NeedsMerchant("connection_expired", "", nil)
	away := errors.New("bad gateway")
	cases := map[string]struct {
		args    connections.DeauthorizeArgs
		answer  error
		off     shops.OffReason
		wantErr error
	}{
		"confirmed":            {connections.DeauthorizeArgs{Shop: demo, TikTokShop: "7"}, dead, shops.OffDeauthorized, nil},
		"authorized again":     {connections.DeauthorizeArgs{Shop: demo, TikTokShop: "7"}, nil, shops.On, nil},
		"tiktok cannot tell":   {connections.DeauthorizeArgs{Shop: demo, TikTokShop: "7"}, away, shops.On, away},
		"no longer connected":  {connections.DeauthorizeArgs{Shop: demo, TikTokShop: "8"}, dead, shops.On, nil},
		"connected to another": {connections.DeauthorizeArgs{Shop: "else.myshopify.com", TikTokShop: "7"}, dead, shops.On, nil},
	}
	for name, c := range cases {
		b := &board{answer: c.answer}
		err := (&connections.Watcher{Connections: b, TikTok: b}).Deauthorize(t.Context(), c.args)
		if b.off != c.off || !errors.Is(err, c.wantErr) || c.wantErr == nil && err != nil {
			t.Errorf("%s: off %q, error %v", name, b.off, err)
		}
	}
}

// What was off for another reason stays off: a withdrawn permission is no news to a merchant who does not sync the shop.
func TestAShopThatTheMerchantSwitchedOffIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := &board{answer: fault.NeedsMerchant("connection_expired", "", nil), off: shops.OffByMerchant}
	err := (&connections.Watcher{Connections: b, TikTok: b}).Deauthorize(t.Context(), connections.DeauthorizeArgs{Shop: demo, TikTokShop: "7"})
	if err != nil || b.off != shops.OffByMerchant || len(b.jobs) > 0 {
		t.Errorf("off %q, jobs %v, error %v", b.off, b.jobs, err)
	}
}
