package routes_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/connections"
	"github.com/switchbackhq/switchback/internal/shops"
)

func TestConnectTikTok(t *testing.T) {
	t.Parallel()
	w := newWorld()
	rec := w.authed(t, http.MethodPost, "/api/tiktok/connect", "")
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"authorize_url":"https://tiktok.example/authorize?for=demo.myshopify.com\u0026by=42"`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestTikTokCallback(t *testing.T) {
	t.Parallel()
	taken := []shops.Connection{{Name: "Sunny", Region: "US", Currency: "USD", Off: shops.OffTaken}}
	cases := map[string]struct {
		err    error
		status int
		want   string
	}{
		"connected": {nil, 200, "TikTok Shop is connected"},
		"declined":  {connections.ErrDenied, 200, "auth_denied"},
		"state":     {connections.ErrState, 400, "invalid_state"},
		"taken":     {shops.ErrTaken, 409, "tiktok_shop_taken"},
		"down":      {errors.New("secret detail"), 502, "tiktok_failed"},
	}
	for name, c := range cases {
		w := newWorld()
		var got connections.Answer
		w.finish = func(a connections.Answer) (connections.Outcome, error) {
			got = a
			return connections.Outcome{Shop: demo, Connections: taken}, c.err
		}
		rec := w.call(t, request(t, http.MethodGet, "/tiktok/callback?code=code-1&state=st&app_key=x&locale=en&shop_region=US", ""))
		if want := (connections.Answer{State: "st", Code: "code-1"}); got != want {
			t.Errorf("%s: asked with %+v", name, got)
		}
		body := rec.Body.String()
		if rec.Code != c.status || !strings.Contains(body, c.want) || !strings.Contains(body, "Sunny") || strings.Contains(body, "secret detail") {
			t.Errorf("%s: %d %s", name, rec.Code, body)
		}
		if !strings.Contains(body, "https://admin.shopify.com/store/demo/apps/client-1") {
			t.Errorf("%s: no way back", name)
		}
		if rec.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: no page", name)
		}
	}
}

func TestTikTokCallbackWithRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.finish = func(a connections.Answer) (connections.Outcome, error) {
		if a.Refusal != "auth_denied" {
			t.Errorf("refusal %q", a.Refusal)
		}
		return connections.Outcome{}, connections.ErrDenied
	}
	if rec := w.call(t, request(t, http.MethodGet, "/tiktok/callback?code=null&error=auth_denied&state=st", "")); rec.Code != http.StatusOK {
		t.Errorf("%d", rec.Code)
	}
}
