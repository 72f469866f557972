package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// What the platforms sign, and what a forger would. Written anew here: a test
// that signs with the program's own code shares its mistakes.

func mac(secret, text string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// tiktokHook is a TikTok notification with the signature of secret.
func (s *stage) tiktokHook(t testing.TB, body, secret string) *http.Request {
	t.Helper()
	r := s.post(t, "/webhooks/tiktok", body)
	r.Header.Set("Authorization", hex.EncodeToString(mac(secret, s.variable("TIKTOK_APP_KEY")+body)))
	return r
}

// shopifyHook is a Shopify delivery with the signature of secret.
func (s *stage) shopifyHook(t testing.TB, shop, topic, body, secret string, triggered time.Time) *http.Request {
	t.Helper()
	r := s.post(t, "/webhooks/shopify", body)
	for name, value := range map[string]string{
		"Topic": topic, "Shop-Domain": shop, "Api-Version": "2026-10", "Webhook-Id": rand.Text(), "Event-Id": rand.Text(),
		"Triggered-At": triggered.UTC().Format(time.RFC3339Nano), "Hmac-Sha256": base64.StdEncoding.EncodeToString(mac(secret, body)),
	} {
		r.Header.Set("X-Shopify-"+name, value)
	}
	return r
}

func (s *stage) post(t testing.TB, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.app+path, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return r
}

// status sends a request and returns what it was answered with.
func status(t testing.TB, r *http.Request) (int, string) {
	t.Helper()
	code, _, body, err := send(still, r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	return code, body
}

// taken posts a webhook until it is answered with 200, as the platforms do: a
// busy program may say that it could not keep it. Any other answer is an error.
func (*stage) taken(t testing.TB, r *http.Request) {
	t.Helper()
	err := within(t.Context(), patience, func() error {
		again := r.Clone(t.Context())
		again.Body, _ = r.GetBody() // of a buffer: it does not fail
		code, _, answer, err := send(still, again)
		switch {
		case err == nil && code == http.StatusServiceUnavailable:
			return errors.New(answer)
		case err != nil || code != http.StatusOK:
			t.Errorf("%s: %d %s %v", r.URL.Path, code, answer, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// signQuery signs a query as Shopify does; values must need no escaping.
func signQuery(secret string, q url.Values) url.Values {
	q = maps.Clone(q)
	q.Del("hmac")
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(q)) {
		parts = append(parts, key+"="+q.Get(key))
	}
	q.Set("hmac", hex.EncodeToString(mac(secret, strings.Join(parts, "&"))))
	return q
}

// statusChange is the body of TikTok's webhook of type 1.
func statusChange(tiktokShop, order, notification, orderStatus string) string {
	return fmt.Sprintf(`{"type":1,"tts_notification_id":%q,"shop_id":%q,"timestamp":%d,"data":{"order_id":%q,"order_status":%q,"is_on_hold_order":false,"update_time":%d}}`,
		notification, tiktokShop, time.Now().Unix(), order, orderStatus, time.Now().Unix())
}
