package routes_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/switchbackhq/switchback/internal/shopify"
)

// claims are a good session token's, for the world's clock.
func claims(w *world, shop shopify.Domain) map[string]any {
	now := w.now.Unix()
	return map[string]any{
		"iss": "https://" + string(shop) + "/admin", "dest": "https://" + string(shop), "aud": apiKey, "sub": "42",
		"exp": now + 60, "nbf": now - 1, "iat": now - 1, "jti": "j", "sid": "s",
	}
}

// token signs claims as Shopify does; alg "none" gives none.
func token(t *testing.T, alg, key string, claims map[string]any) string {
	t.Helper()
	part := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	text := part(map[string]string{"alg": alg, "typ": "JWT"}) + "." + part(claims)
	if alg == "none" {
		return text + "."
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sign(key, text))
}

func sign(key, text string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// signQuery adds timestamp and hmac as Shopify does.
func signQuery(w *world, q url.Values) url.Values {
	q.Set("timestamp", strconv.FormatInt(w.now.Unix(), 10))
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(q)) {
		parts = append(parts, name+"="+q.Get(name))
	}
	q.Set("hmac", hex.EncodeToString(sign(newHush, strings.Join(parts, "&"))))
	return q
}

func (w *world) authed(t *testing.T, method, target, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := request(t, method, target, body)
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
	return w.call(t, r)
}
