package shopifysim

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// A maintained library reads what the simulator signs with its own code.
func parseToken(token string, clock *testClock) (jwt.MapClaims, error) {
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithTimeFunc(clock.now), jwt.WithExpirationRequired(),
		jwt.WithAudience(testKey)).ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return []byte(testSecret), nil })
	return claims, err
}

func TestSessionTokenIsAnOrdinaryJWT(t *testing.T) {
	t.Parallel()
	a, clock := testAuthority()
	token := a.SessionToken(testShop, "7")
	claims, err := parseToken(token, clock)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"iss": "https://acme.myshopify.com/admin", "dest": "https://acme.myshopify.com", "aud": testKey, "sub": "7",
		"iat": 1795348800.0, "nbf": 1795348800.0, "exp": 1795348860.0,
	} {
		if claims[name] != want {
			t.Errorf("%s = %v, want %v", name, claims[name], want)
		}
	}
	for _, name := range []string{"jti", "sid", "sig"} {
		if s, _ := claims[name].(string); len(s) < 32 {
			t.Errorf("%s = %q", name, s)
		}
	}
	if other, err := parseToken(a.SessionToken(testShop, "7"), clock); err != nil || other["jti"] == claims["jti"] {
		t.Errorf("a second token repeats the jti (%v)", err)
	}
	clock.pass(time.Minute)
	if _, err := parseToken(token, clock); err == nil {
		t.Error("the token outlives its minute")
	}
}

func TestBentSessionTokens(t *testing.T) {
	t.Parallel()
	a, clock := testAuthority()
	for name, opt := range map[string]TokenOption{
		"other secret": SignedWith("x"),
		"unsigned":     Unsigned(),
		"algorithm":    WithHeader("alg", "HS384"),
		"audience":     WithClaim("aud", "x"),
		"no expiry":    WithClaim("exp", nil),
		"expired":      IssuedAt(clock.now().Add(-time.Hour)),
		"too early":    IssuedAt(clock.now().Add(time.Hour)),
	} {
		if _, err := parseToken(a.SessionToken(testShop, "7", opt), clock); err == nil {
			t.Errorf("%s: a verifying library takes the token", name)
		}
	}
	unsigned := a.SessionToken(testShop, "7", Unsigned())
	if !strings.HasSuffix(unsigned, ".") || strings.Count(unsigned, ".") != 2 {
		t.Errorf("unsigned token = %s", unsigned)
	}
}

func TestEmbeddedURL(t *testing.T) {
	t.Parallel()
	a, clock := testAuthority()
	u, err := url.Parse(a.EmbeddedURL("https://app.test/", testShop, "7"))
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Scheme + "://" + u.Host + u.Path; got != "https://app.test/" {
		t.Errorf("address = %s", got)
	}
	q := u.Query()
	for _, key := range []string{"embedded", "hmac", "host", "id_token", "locale", "session", "shop", "timestamp"} {
		if len(q[key]) != 1 || q.Get(key) == "" {
			t.Errorf("%s = %q", key, q[key])
		}
	}
	if len(q) != 8 || q.Get("embedded") != "1" || strings.ContainsAny(u.RawQuery, "%+") {
		t.Errorf("query = %s", u.RawQuery)
	}
	if q.Get("hmac") != queryHMAC(testSecret, q) {
		t.Error("hmac does not sign the query")
	}
	q.Set("shop", otherShop)
	if q.Get("hmac") == queryHMAC(testSecret, q) {
		t.Error("hmac does not cover the shop")
	}
	if _, err := parseToken(q.Get("id_token"), clock); err != nil {
		t.Errorf("id_token: %v", err)
	}
	host, err := base64.RawStdEncoding.DecodeString(q.Get("host"))
	if err != nil || string(host) != "admin.shopify.com/store/acme" {
		t.Errorf("host = %q, %v", host, err)
	}
	if got := exchange(t, a, testShop, q.Get("id_token")); got.status != 200 {
		t.Errorf("exchange = %+v", got)
	}
}

func TestInstallQuery(t *testing.T) {
	t.Parallel()
	a, _ := testAuthority()
	q := a.InstallQuery(testShop, nil)
	if len(q) != 4 || q.Get("hmac") != queryHMAC(testSecret, q) || q.Get("shop") != testShop {
		t.Errorf("query = %v", q)
	}
	if q := a.InstallQuery(testShop, url.Values{"locale": {"de"}}); q.Get("locale") != "de" || q.Get("hmac") != queryHMAC(testSecret, q) {
		t.Errorf("query = %v", q)
	}
}
