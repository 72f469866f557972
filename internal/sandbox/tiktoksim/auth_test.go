package tiktoksim

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

func TestTokenGet(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	code, err := r.Authorize(openID)
	r.must(err)
	tok := into[tokens](t, r.tokenCall("get", "auth_code", code, "authorized_code"))
	now := r.clock.now().Unix()
	if tok.AccessExpires != now+7*86400 || tok.RefreshExpires != now+358*86400 {
		t.Errorf("expiry = %d, %d: not absolute seconds of 7 and 358 days", tok.AccessExpires-now, tok.RefreshExpires-now)
	}
	if tok.OpenID != openID || !slices.Equal(tok.Scopes, AllScopes()) {
		t.Errorf("token = %+v", tok)
	}
	if rep := r.tokenCall("get", "auth_code", code, "authorized_code"); rep.Code != 36004004 {
		t.Errorf("second use: code = %d, want 36004004", rep.Code)
	}
	r.clean()
}

func TestAuthCodeLivesHalfAnHour(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	code, err := r.Authorize(openID)
	r.must(err)
	r.clock.add(30 * time.Minute)
	if rep := r.tokenCall("get", "auth_code", code, "authorized_code"); rep.Code != 36004004 {
		t.Errorf("code = %d, want 36004004", rep.Code)
	}
}

func TestRefreshRotatesBothTokens(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		opts               func(*Options)
		oldRefresh, oldUse int
	}{
		"default":                {func(*Options) {}, 36004001, 0},
		"old refresh token kept": {func(o *Options) { o.KeepOldRefreshToken = true }, 0, 0},
		"old access revoked":     {func(o *Options) { o.RevokeOldAccess = true }, 36004001, 36009004},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, tc.opts)
			old := r.connect()
			fresh := into[tokens](t, r.tokenCall("refresh", "refresh_token", old.RefreshToken, "refresh_token"))
			if fresh.AccessToken == old.AccessToken || fresh.RefreshToken == old.RefreshToken {
				t.Error("a token was not rotated")
			}
			if rep := r.tokenCall("refresh", "refresh_token", old.RefreshToken, "refresh_token"); rep.Code != tc.oldRefresh {
				t.Errorf("old refresh token: code = %d, want %d", rep.Code, tc.oldRefresh)
			}
			shops := func(token string) int {
				r.token = token
				return r.send(r.api(http.MethodGet, "/authorization/202309/shops", nil, "")).Code
			}
			if got := shops(old.AccessToken); got != tc.oldUse {
				t.Errorf("old access token: code = %d, want %d", got, tc.oldUse)
			}
			if got := shops(fresh.AccessToken); got != 0 {
				t.Errorf("new access token: code = %d", got)
			}
		})
	}
}

func TestTokensExpireByTheClock(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	tok := r.connect()
	r.token = tok.AccessToken
	r.clock.add(7*24*time.Hour - time.Second)
	if rep := r.do(http.MethodGet, detailPath, url.Values{"ids": {"1"}}, ""); rep.Code != 0 {
		t.Errorf("one second before: code = %d", rep.Code)
	}
	r.clock.add(time.Second)
	if rep := r.do(http.MethodGet, detailPath, url.Values{"ids": {"1"}}, ""); rep.Code != 105002 {
		t.Errorf("at expiry: code = %d, want 105002", rep.Code)
	}
	r.must(r.ExpireRefreshTokens(openID))
	if rep := r.tokenCall("refresh", "refresh_token", tok.RefreshToken, "refresh_token"); rep.Code != 36004001 {
		t.Errorf("expired refresh token: code = %d", rep.Code)
	}
}

func TestDeauthorizeEndsOldTokensForGood(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := r.connect()
	r.must(r.Deauthorize(openID))
	if rep := r.tokenCall("refresh", "refresh_token", old.RefreshToken, "refresh_token"); rep.Code != 36004001 {
		t.Errorf("refresh after removal: code = %d", rep.Code)
	}
	again := r.connect()
	r.token = old.AccessToken
	if rep := r.do(http.MethodGet, detailPath, url.Values{"ids": {"1"}}, ""); rep.Code != 105001 {
		t.Errorf("token from before: code = %d, want 105001", rep.Code)
	}
	r.token = again.AccessToken
	if rep := r.do(http.MethodGet, detailPath, url.Values{"ids": {"1"}}, ""); rep.Code != 0 {
		t.Errorf("token from after: code = %d", rep.Code)
	}
}

func TestTokenCallsAreStrict(t *testing.T) {
	t.Parallel()
	good := url.Values{"app_key": {"key1"}, "app_secret": {"secret1"}, "auth_code": {"x"}, "grant_type": {"authorized_code"}}
	for name, tc := range map[string]struct {
		key, value string
		code       int
		violation  bool
	}{
		"right but unknown code": {"auth_code", "x", 36004004, false},
		"wrong secret":           {"app_secret", "nope", 36004002, false},
		"wrong grant type":       {"grant_type", "authorization_code", 36009004, true},
		"unknown parameter":      {"redirect_uri", "x", 36009004, true},
		"empty code":             {"auth_code", "", 36009004, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			q := url.Values{}
			for k, v := range good {
				q[k] = v
			}
			q.Set(tc.key, tc.value)
			rep := r.send(r.request(http.MethodGet, "/api/v2/token/get?"+q.Encode(), ""))
			if rep.Code != tc.code || (len(r.Violations()) > 0) != tc.violation {
				t.Errorf("code = %d, violations %v", rep.Code, r.Violations())
			}
		})
	}
}

func TestAuthorizePage(t *testing.T) {
	t.Parallel()
	visit := func(r *rig, query string) (int, url.Values) {
		rep := r.send(r.request(http.MethodGet, "/open/authorize?"+query, ""))
		loc, err := url.Parse(rep.Header.Get("Location"))
		r.must(err)
		return rep.Status, loc.Query()
	}
	t.Run("agrees", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		status, q := visit(r, "service_id=svc1&state=s%2B1")
		if status != http.StatusFound || q.Get("state") != "s+1" || q.Get("keep") != "1" {
			t.Fatalf("status = %d, query = %v", status, q)
		}
		rep := r.tokenCall("get", "auth_code", q.Get("code"), "authorized_code")
		if tok := into[tokens](t, rep); tok.OpenID != openID {
			t.Errorf("authorized %q, want the first seller", tok.OpenID)
		}
	})
	t.Run("chosen seller", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		r.must(r.ChooseSeller("SELLER2"))
		_, q := visit(r, "service_id=svc1&state=s")
		rep := r.tokenCall("get", "auth_code", q.Get("code"), "authorized_code")
		if tok := into[tokens](t, rep); tok.OpenID != "SELLER2" {
			t.Errorf("authorized %q", tok.OpenID)
		}
	})
	t.Run("refuses", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		r.DenyAuthorization(true)
		if _, q := visit(r, "service_id=svc1&state=s"); q.Get("code") != "null" || q.Get("error") != "auth_denied" || q.Get("state") != "s" {
			t.Errorf("query = %v", q)
		}
	})
	t.Run("unknown service", func(t *testing.T) {
		t.Parallel()
		if status, _ := visit(newRig(t), "service_id=other&state=s"); status != http.StatusBadRequest {
			t.Errorf("status = %d", status)
		}
	})
}

func TestShopsOfOneAuthorization(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	rep := r.send(r.api(http.MethodGet, "/authorization/202309/shops", nil, ""))
	got := into[struct {
		Shops []struct{ ID, Region, Cipher string }
	}](t, rep).Shops
	if len(got) != 2 || got[0].ID != usShop || got[0].Cipher != usCipher || got[1].Region != "GB" {
		t.Errorf("shops = %+v", got)
	}
}

func TestAddSellerRefusesWhatIsTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, spec := range map[string]SellerSpec{
		"open id": {OpenID: openID},
		"no id":   {},
		"shop":    {OpenID: "n", Shops: []ShopSpec{{ID: usShop, Cipher: "c"}}},
		"cipher":  {OpenID: "n", Shops: []ShopSpec{{ID: "1", Cipher: usCipher}}},
	} {
		if err := r.AddSeller(spec); err == nil {
			t.Errorf("%s: taken, but added", name)
		}
	}
	if _, err := r.Authorize("nobody"); err == nil {
		t.Error("an unknown seller authorized")
	}
}

func TestNewNamesEveryMissingOption(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{AppKey: "k"}); err == nil {
		t.Error("New took options without a secret")
	}
}
