package shopifysim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/graphql/schema"
)

// What an uninstalled shop's tokens are worth: nothing, and at once. The app learns of it by 401 or by app/uninstalled,
// whichever comes first.
func TestUninstallEndsEveryToken(t *testing.T) {
	t.Parallel()
	a, _ := testAuthority()
	idToken := a.SessionToken(testShop, "7")
	code := callback(t, a).Get("code")
	tokens := exchange(t, a, testShop, idToken)
	elsewhere := exchange(t, a, otherShop, a.SessionToken(otherShop, "7"))

	a.Revoke(testShop)

	if works(a, testShop, tokens.AccessToken) {
		t.Error("the access token still works")
	}
	if got := refresh(t, a, tokens.RefreshToken); got.status != 400 || got.Error != "invalid_grant" {
		t.Errorf("refresh = %+v", got)
	}
	if got := askToken(t, a, testShop, map[string]any{"code": code, "expiring": "1"}); got.status != 400 {
		t.Errorf("the open authorization = %+v", got)
	}
	if got := exchange(t, a, testShop, idToken); got.status != 400 || got.Error != "invalid_subject_token" {
		t.Errorf("the ID token of a page left open = %+v", got)
	}
	if !works(a, otherShop, elsewhere.AccessToken) {
		t.Error("the other shop's token was revoked")
	}
	wantViolations(t, a, 0)
}

func TestReinstallStartsAnew(t *testing.T) {
	t.Parallel()
	for name, reinstall := range map[string]func(t *testing.T, a *authority) tokenReply{
		"managed by Shopify": func(t *testing.T, a *authority) tokenReply {
			a.Install(testShop)
			return exchange(t, a, testShop, a.SessionToken(testShop, "7"))
		},
		"by the code grant": func(t *testing.T, a *authority) tokenReply {
			return askToken(t, a, testShop, map[string]any{"code": callback(t, a).Get("code"), "expiring": "1"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _ := testAuthority()
			old := exchange(t, a, testShop, a.SessionToken(testShop, "7"))
			a.SetScopes(testShop, "read_orders")
			a.Revoke(testShop)
			fresh := reinstall(t, a)
			if fresh.status != 200 || !works(a, testShop, fresh.AccessToken) {
				t.Fatalf("after reinstalling: %+v", fresh)
			}
			if fresh.Scope != "write_orders,read_products" {
				t.Errorf("scope = %q, want the configured ones again", fresh.Scope)
			}
			if works(a, testShop, old.AccessToken) {
				t.Error("the old access token works again")
			}
			if got := refresh(t, a, old.RefreshToken); got.status != 400 {
				t.Errorf("the old refresh token works again: %+v", got)
			}
			if got := refresh(t, a, fresh.RefreshToken); got.status != 200 {
				t.Errorf("refresh = %+v", got)
			}
		})
	}
}

// The same through the addresses an app uses: 401 from the Admin API, a refused refresh, and the webhook that says why.
func TestUninstallAsTheAppSeesIt(t *testing.T) {
	t.Parallel()
	hooks := newReceiver(t, nil)
	sim := New(Options{APIKey: testKey, APISecret: testSecret, Scopes: []string{"read_orders"},
		WebhookURL: hooks.URL, Client: hooks.Client(), Now: newTestClock().now})
	if err := sim.AddShop(ShopSpec{Domain: testShop}); err != nil {
		t.Fatal(err)
	}
	token := exchange(t, sim.authority, testShop, sim.SessionToken(testShop, "7"))
	if status := askShopName(t, sim, token.AccessToken); status != http.StatusOK {
		t.Fatalf("installed: %d", status)
	}
	sim.ExpireTokens(testShop)
	if status := askShopName(t, sim, token.AccessToken); status != http.StatusUnauthorized {
		t.Errorf("expired: %d", status)
	}
	fresh := refresh(t, sim.authority, token.RefreshToken)
	if status := askShopName(t, sim, fresh.AccessToken); status != http.StatusOK {
		t.Errorf("refreshed: %d", status)
	}

	for range 2 { // uninstalling twice is one uninstall
		if err := sim.Uninstall(testShop); err != nil {
			t.Fatal(err)
		}
	}
	if status := askShopName(t, sim, fresh.AccessToken); status != http.StatusUnauthorized {
		t.Errorf("uninstalled: %d", status)
	}
	if got := refresh(t, sim.authority, fresh.RefreshToken); got.status != http.StatusBadRequest || got.Error != "invalid_grant" {
		t.Errorf("refresh after uninstall: %+v", got)
	}
	wait(t, sim.deliveries)
	all := hooks.all()
	if len(all) != 1 || all[0].header.Get("X-Shopify-Topic") != "app/uninstalled" {
		t.Errorf("webhooks = %v", hooks.bodies())
	}

	if err := sim.Reinstall(testShop); err != nil {
		t.Fatal(err)
	}
	again := exchange(t, sim.authority, testShop, sim.SessionToken(testShop, "7"))
	if status := askShopName(t, sim, again.AccessToken); status != http.StatusOK {
		t.Errorf("reinstalled: %d", status)
	}
	if status := askShopName(t, sim, fresh.AccessToken); status != http.StatusUnauthorized {
		t.Errorf("the old token after reinstalling: %d", status)
	}
	if v := sim.Violations(); len(v) != 0 {
		t.Errorf("violations = %+v", v)
	}
}

func askShopName(t *testing.T, sim *Sim, token string) int {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost,
		"/"+testShop+"/admin/api/"+schema.APIVersion+"/graphql.json", strings.NewReader(`{"query":"{ shop { name } }"}`))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Shopify-Access-Token", token)
	rec := httptest.NewRecorder()
	sim.Handler().ServeHTTP(rec, req)
	return rec.Code
}
