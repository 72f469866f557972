package tiktok_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// keeper is the least that hands out tokens: one grant, renewed on demand.
type keeper struct {
	client *tiktok.Client

	mu      sync.Mutex
	grant   tiktok.Grant
	renewed int
}

func (k *keeper) Token(context.Context, string, tiktok.OpenID) (secret.String, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.grant.Access, nil
}

func (k *keeper) Renew(ctx context.Context, holder string, id tiktok.OpenID, stale secret.String) (secret.String, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if holder != "holder" || id != openID || stale != k.grant.Access {
		return secret.String{}, fmt.Errorf("renewal for %s, %s, of another token", holder, id)
	}
	k.renewed++
	grant, err := k.client.RefreshGrant(ctx, k.grant.Refresh)
	if err != nil {
		return secret.String{}, err
	}
	k.grant = grant
	return grant.Access, nil
}

// rig is a client connected to a simulated seller with a US and a GB shop.
type rig struct {
	*tiktok.Client
	sim    *tiktoksim.Sim
	script *chaos.Script
	keeper *keeper
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{script: &chaos.Script{}}
	var err error
	r.sim, err = tiktoksim.New(tiktoksim.Options{
		AppKey: "key1", AppSecret: appSecret, ServiceID: "svc1", RedirectURL: "http://app.test/tiktok/callback", Script: r.script,
	})
	check(t, err)
	t.Cleanup(r.sim.Close)
	check(t, r.sim.AddSeller(tiktoksim.SellerSpec{OpenID: openID, Name: "Goods", Shops: []tiktoksim.ShopSpec{
		{ID: usShop, Name: "Goods US", Cipher: usSeat.Cipher},
		{ID: gbShop, Name: "Goods UK", Region: "GB", Cipher: gbSeat.Cipher},
	}}))
	server := httptest.NewServer(r.sim.Handler())
	t.Cleanup(server.Close)
	r.keeper = &keeper{}
	r.Client = &tiktok.Client{
		BaseURL: server.URL, AuthURL: server.URL, AuthorizeURL: server.URL + "/open/authorize",
		AppKey: "key1", ServiceID: "svc1", AppSecret: secret.New(appSecret),
		HTTP: server.Client(), Tokens: r.keeper, Limits: &tiktok.Limits{},
	}
	r.keeper.client = r.Client
	code, err := r.sim.Authorize(openID)
	check(t, err)
	r.keeper.grant, err = r.ExchangeCode(t.Context(), code)
	check(t, err)
	t.Cleanup(func() {
		for _, v := range r.sim.Violations() {
			t.Errorf("TikTok's contract is violated: %v", v)
		}
	})
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) place(t *testing.T, shop string) tiktok.OrderID {
	t.Helper()
	id, err := r.sim.PlaceOrder(shop, tiktoksim.OrderSpec{Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}, Status: "AWAITING_SHIPMENT"})
	check(t, err)
	return tiktok.OrderID(id)
}
