package shopifysim

import (
	"testing"
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
