package shopifysim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestCodeGrant(t *testing.T) {
	t.Parallel()
	a, clock := testAuthority()
	code := callback(t, a).Get("code")
	if got := askToken(t, a, otherShop, map[string]any{"code": code, "expiring": "1"}); got.status != 400 {
		t.Errorf("another shop's code: %+v", got)
	}
	got := askToken(t, a, testShop, map[string]any{"code": code, "expiring": 1})
	if got.status != 200 || got.ExpiresIn == nil || *got.ExpiresIn != 3600 || got.RefreshExpiresIn == nil || *got.RefreshExpiresIn != 7776000 {
		t.Fatalf("answer = %+v", got)
	}
	if !strings.HasPrefix(got.AccessToken, "shpat_") || !strings.HasPrefix(got.RefreshToken, "shprt_") {
		t.Errorf("tokens = %s %s", got.AccessToken, got.RefreshToken)
	}
	again := askToken(t, a, testShop, map[string]any{"code": code, "expiring": "1"})
	if again.status != 400 || again.Error != "invalid_request" {
		t.Errorf("used code: %+v", again)
	}
	late := callback(t, a).Get("code")
	clock.pass(codeLife)
	if got := askToken(t, a, testShop, map[string]any{"code": late, "expiring": "1"}); got.status != 400 {
		t.Errorf("old code: %+v", got)
	}
	wantViolations(t, a, 0)
}

func TestTokenThatNeverExpiresIsAViolation(t *testing.T) {
	t.Parallel()
	a, clock := testAuthority()
	got := askToken(t, a, testShop, map[string]any{"code": callback(t, a).Get("code")})
	if got.status != 200 || got.RefreshToken != "" || got.ExpiresIn != nil {
		t.Errorf("answer = %+v", got)
	}
	clock.pass(365 * 24 * time.Hour)
	if !works(a, testShop, got.AccessToken) {
		t.Error("the token expired")
	}
	wantViolations(t, a, 1)
}

func TestTokenExchangeChecksTheSubject(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		opts []TokenOption
		want int
	}{
		"as minted":        {nil, 200},
		"other secret":     {[]TokenOption{SignedWith("x")}, 400},
		"unsigned":         {[]TokenOption{Unsigned()}, 400},
		"other algorithm":  {[]TokenOption{WithHeader("alg", "HS512")}, 400},
		"expired":          {[]TokenOption{IssuedAt(newTestClock().now().Add(-sessionTokenLife))}, 400},
		"not valid yet":    {[]TokenOption{IssuedAt(newTestClock().now().Add(time.Second))}, 400},
		"another app":      {[]TokenOption{WithClaim("aud", "x")}, 400},
		"another shop":     {[]TokenOption{WithClaim("dest", "https://"+otherShop)}, 400},
		"another issuer":   {[]TokenOption{WithClaim("iss", "https://"+otherShop+"/admin")}, 400},
		"without expiry":   {[]TokenOption{WithClaim("exp", nil)}, 400},
		"claim of no type": {[]TokenOption{WithClaim("exp", "soon")}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _ := testAuthority()
			got := exchange(t, a, testShop, a.SessionToken(testShop, "7", tc.opts...))
			if got.status != tc.want {
				t.Errorf("answer = %+v", got)
			}
			if tc.want == 400 && got.Error != "invalid_subject_token" {
				t.Errorf("error = %q", got.Error)
			}
			wantViolations(t, a, 0) // an expired ID token is everyday life
		})
	}
}

func TestTokenRequestsTheDocumentsDoNotAllow(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fields map[string]any
		status int
		code   string
	}{
		"wrong secret":       {map[string]any{"client_secret": "x", "code": "c", "expiring": "1"}, 401, "invalid_client"},
		"wrong app":          {map[string]any{"client_id": "x", "code": "c", "expiring": "1"}, 401, "invalid_client"},
		"no code":            {map[string]any{"expiring": "1"}, 400, "invalid_request"},
		"unknown field":      {map[string]any{"code": "c", "redirect_uri": "https://app.test"}, 400, "invalid_request"},
		"expiring in words":  {map[string]any{"code": "c", "expiring": "true"}, 400, "invalid_request"},
		"a list":             {map[string]any{"code": []string{"c"}}, 400, "invalid_request"},
		"unknown grant":      {map[string]any{"grant_type": "password"}, 400, "unsupported_grant_type"},
		"client credentials": {map[string]any{"grant_type": "client_credentials"}, 400, "unsupported_grant_type"},
		"refresh, nothing":   {map[string]any{"grant_type": grantRefresh}, 400, "invalid_request"},
		"refresh, expiring":  {map[string]any{"grant_type": grantRefresh, "refresh_token": "r", "expiring": "1"}, 400, "invalid_request"},
		"online token": {map[string]any{"grant_type": grantTokenExchange, "subject_token": "x", "subject_token_type": typeIDToken,
			"requested_token_type": "urn:shopify:params:oauth:token-type:online-access-token"}, 400, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _ := testAuthority()
			got := askToken(t, a, testShop, tc.fields)
			if got.status != tc.status || got.Error != tc.code || got.AccessToken != "" {
				t.Errorf("answer = %+v", got)
			}
			wantViolations(t, a, 1)
			if all := fmt.Sprint(a.Violations()); strings.Contains(all, testSecret) {
				t.Errorf("the secret is in %s", all)
			}
		})
	}
}

func TestTokenBodies(t *testing.T) {
	t.Parallel()
	form := func(extra string) string {
		return url.Values{"client_id": {testKey}, "client_secret": {testSecret}}.Encode() + extra
	}
	for name, tc := range map[string]struct {
		kind, body string
		status     int
	}{
		"form":            {"application/x-www-form-urlencoded; charset=utf-8", form("&expiring=1&code="), 200},
		"repeated field":  {"application/x-www-form-urlencoded", form("&expiring=1&expiring=1&code="), 400},
		"form cut short":  {"application/x-www-form-urlencoded", form("&x=%2&code="), 400},
		"no type":         {"", form("&code="), 400},
		"JSON cut short":  {"application/json", `{"client_id":"`, 400},
		"JSON, no object": {"application/json", `["`, 400},
		"too long":        {"application/x-www-form-urlencoded", form("&x=" + strings.Repeat("x", maxTokenBody) + "&code="), 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _ := testAuthority()
			got := postToken(t, a, testShop, tc.kind, tc.body+callback(t, a).Get("code"))
			if got.status != tc.status {
				t.Errorf("answer = %+v", got)
			}
		})
	}
}

func TestTokenEndpointTakesOnlyAPostWithoutQuery(t *testing.T) {
	t.Parallel()
	a, _ := testAuthority()
	for target, want := range map[string]int{"GET /": 405, "POST /?client_secret=hush": 400} {
		method, path, _ := strings.Cut(target, " ")
		rec := httptest.NewRecorder()
		a.ServeAccessToken(rec, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody), testShop)
		if rec.Code != want {
			t.Errorf("%s: %d, want %d", target, rec.Code, want)
		}
	}
	wantViolations(t, a, 2)
}

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	a, clock := testAuthority()
	first := exchange(t, a, testShop, a.SessionToken(testShop, "7"))
	clock.pass(accessTokenLife)
	if works(a, testShop, first.AccessToken) {
		t.Error("the access token outlives its hour")
	}
	second := refresh(t, a, first.RefreshToken)
	if second.status != 200 || second.RefreshToken == first.RefreshToken || !works(a, testShop, second.AccessToken) {
		t.Fatalf("answer = %+v", second)
	}
	clock.pass(refreshTokenLife - time.Second)
	third := refresh(t, a, second.RefreshToken)
	if third.status != 200 {
		t.Errorf("in the last second: %+v", third)
	}
	clock.pass(refreshTokenLife)
	if got := refresh(t, a, third.RefreshToken); got.status != 400 || got.Error != "invalid_grant" {
		t.Errorf("after 90 days: %+v", got)
	}
	if got := refresh(t, a, "shprt_unknown"); got.status != 400 || got.Error != "invalid_grant" {
		t.Errorf("unknown: %+v", got)
	}
	wantViolations(t, a, 0)
}

func TestRefreshRetryUntilTheReplacementIsUsed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		between func(t *testing.T, a *authority, clock *testClock, replacement tokenReply)
		want    int
	}{
		"nothing happened":          {func(*testing.T, *authority, *testClock, tokenReply) {}, 200},
		"29 days later":             {func(_ *testing.T, _ *authority, c *testClock, _ tokenReply) { c.pass(29 * 24 * time.Hour) }, 200},
		"30 days later":             {func(_ *testing.T, _ *authority, c *testClock, _ tokenReply) { c.pass(30 * 24 * time.Hour) }, 400},
		"the replacement refreshed": {func(t *testing.T, a *authority, _ *testClock, r tokenReply) { refresh(t, a, r.RefreshToken) }, 400},
		"the access token was used": {func(_ *testing.T, a *authority, _ *testClock, r tokenReply) { works(a, testShop, r.AccessToken) }, 400},
		"a new token was acquired": {func(t *testing.T, a *authority, _ *testClock, _ tokenReply) {
			exchange(t, a, testShop, a.SessionToken(testShop, "7"))
		}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, clock := testAuthority()
			first := exchange(t, a, testShop, a.SessionToken(testShop, "7"))
			replacement := refresh(t, a, first.RefreshToken)
			tc.between(t, a, clock, replacement)
			if got := refresh(t, a, first.RefreshToken); got.status != tc.want {
				t.Errorf("retry = %+v, want %d", got, tc.want)
			}
		})
	}
}

func TestOneRefreshableTokenPerShop(t *testing.T) {
	t.Parallel()
	a, _ := testAuthority()
	first := exchange(t, a, testShop, a.SessionToken(testShop, "7"))
	lost := refresh(t, a, first.RefreshToken)
	kept := refresh(t, a, first.RefreshToken) // the answer before never arrived
	if got := refresh(t, a, lost.RefreshToken); got.status != 400 {
		t.Errorf("the lost replacement still works: %+v", got)
	}
	elsewhere := exchange(t, a, otherShop, a.SessionToken(otherShop, "7"))
	if got := refresh(t, a, kept.RefreshToken); got.status != 200 {
		t.Errorf("the kept replacement: %+v", got)
	}
	if got := askToken(t, a, otherShop, map[string]any{"grant_type": grantRefresh, "refresh_token": elsewhere.RefreshToken}); got.status != 200 {
		t.Errorf("the other shop's: %+v", got)
	}
	if !works(a, testShop, first.AccessToken) {
		t.Error("an old access token must live to its end")
	}
}

func TestExpireTokens(t *testing.T) {
	t.Parallel()
	a, _ := testAuthority()
	mine := exchange(t, a, testShop, a.SessionToken(testShop, "7"))
	theirs := exchange(t, a, otherShop, a.SessionToken(otherShop, "7"))
	a.ExpireTokens(testShop)
	if works(a, testShop, mine.AccessToken) || !works(a, otherShop, theirs.AccessToken) {
		t.Error("the wrong tokens expired")
	}
	if got := refresh(t, a, mine.RefreshToken); got.status != 200 || !works(a, testShop, got.AccessToken) {
		t.Errorf("refresh = %+v", got)
	}
}
