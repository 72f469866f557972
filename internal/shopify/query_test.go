package shopify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
)

func hexHMAC(key, message string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(message))
	return hex.EncodeToString(mac.Sum(nil))
}

// The example of Shopify's page on the authorization code grant, with its secret.
func TestVerifyQueryVector(t *testing.T) {
	t.Parallel()
	q := url.Values{
		"code": {"0907a61c0c8d55e99db179b68161bc00"}, "shop": {"some-shop.myshopify.com"}, "state": {"0.6784241404160823"},
		"timestamp": {"1337178173"}, "hmac": {"700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf"},
	}
	if err := VerifyQuery(q, time.Unix(1337178173, 0), secret.New("hush")); err != nil {
		t.Error(err)
	}
}

func TestVerifyQuery(t *testing.T) {
	t.Parallel()
	const now = 1800000000
	stamp := "timestamp=1800000000"
	type values = url.Values
	signedAs := func(message string, q url.Values) url.Values {
		q.Set("hmac", hexHMAC(testSecret, message))
		return q
	}
	for name, tc := range map[string]struct {
		q    url.Values
		want string // in the error; empty: accepted
	}{
		"escaped":               {signedAs("host=YW%2BI%2F&locale=de%20DE%21(x)*"+"&"+stamp, values{"host": {"YW+I/"}, "locale": {"de DE!(x)*"}, "timestamp": {"1800000000"}}), "hmac is wrong"},
		"as JavaScript":         {signedAs("host=YW%2BI%2F&locale=de%20DE!(x)*"+"&"+stamp, values{"host": {"YW+I/"}, "locale": {"de DE!(x)*"}, "timestamp": {"1800000000"}}), ""},
		"as it is":              {signedAs("host=YW+I/&locale=de DE"+"&"+stamp, values{"host": {"YW+I/"}, "locale": {"de DE"}, "timestamp": {"1800000000"}}), ""},
		"signature is left out": {signedAs("shop=a"+"&"+stamp, values{"shop": {"a"}, "signature": {"x"}, "timestamp": {"1800000000"}}), ""},
		"joined":                {signedAs("shop=a&state=b"+"&"+stamp, values{"shop": {"a&state=b"}, "timestamp": {"1800000000"}}), "hmac is wrong"},
		"percent":               {signedAs("shop=%61"+"&"+stamp, values{"shop": {"%61"}, "timestamp": {"1800000000"}}), "hmac is wrong"},
		"added":                 {signedAs("shop=a"+"&"+stamp, values{"shop": {"a"}, "x": {"y"}, "timestamp": {"1800000000"}}), "hmac is wrong"},
		"twice":                 {signedAs("shop=a"+"&"+stamp, values{"shop": {"a", "b"}, "timestamp": {"1800000000"}}), "2 times"},
		"two hmacs":             {values{"hmac": {"a", "b"}}, "2 times"},
		"no hmac":               {values{"shop": {"a"}, "timestamp": {"1800000000"}}, "missing"},
		"short hmac":            {values{"shop": {"a"}, "timestamp": {"1800000000"}, "hmac": {"00"}}, "malformed"},
		"no timestamp":          {signedAs("shop=a", values{"shop": {"a"}}), "timestamp is missing"},
		"old":                   {signedAs("timestamp=1799999909", values{"timestamp": {"1799999909"}}), "off"},
		"just in time":          {signedAs("timestamp=1799999910", values{"timestamp": {"1799999910"}}), ""},
		"early":                 {signedAs("timestamp=1800000091", values{"timestamp": {"1800000091"}}), "off"},
		"far":                   {signedAs("timestamp=9223372036854775807", values{"timestamp": {"9223372036854775807"}}), "off"},
		"no number":             {signedAs("timestamp=x", values{"timestamp": {"x"}}), "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := VerifyQuery(tc.q, time.Unix(now, 0), secret.New(testSecret), secret.String{})
			if tc.want == "" && err != nil || tc.want != "" && (!errors.Is(err, ErrBadQuery) || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("error = %v, want %q", err, tc.want)
			}
		})
	}
	q := values{"shop": {"a"}, "timestamp": {"1800000000"}}
	q.Set("hmac", hexHMAC("older", "shop=a&"+stamp))
	if err := VerifyQuery(q, time.Unix(now, 0), secret.New(testSecret), secret.New("older")); err != nil {
		t.Errorf("the secret before: %v", err)
	}
	q.Set("hmac", hexHMAC("", "shop=a&"+stamp))
	if err := VerifyQuery(q, time.Unix(now, 0), secret.New(testSecret), secret.New("")); err == nil {
		t.Error("an unset secret verified a query")
	}
}

func TestParseHost(t *testing.T) {
	t.Parallel()
	const sandbox = "http://127.0.0.1:9999"
	for decoded, ok := range map[string]bool{
		"admin.shopify.com/store/acme":              true,
		"acme.myshopify.com/admin":                  true,
		"127.0.0.1:9999/store/acme":                 true,
		"admin.shopify.com/store/other":             false,
		"admin.shopify.com/store/acme/../other":     false,
		"other.myshopify.com/admin":                 false,
		"evil.example/store/acme":                   false,
		"admin.shopify.com@evil.example/store/acme": false,
		"admin.shopify.com.evil.example/store/acme": false,
		"https://admin.shopify.com/store/acme":      false,
		"":                                          false,
	} {
		got, err := ParseHost(base64.RawStdEncoding.EncodeToString([]byte(decoded)), sandbox, testShop)
		if ok && (err != nil || got != decoded) || !ok && !errors.Is(err, ErrBadHost) {
			t.Errorf("%s: %q, %v", decoded, got, err)
		}
	}
	for _, raw := range []string{"%%%", "YW Jj", strings.Repeat("YWFh", 1000)} {
		if _, err := ParseHost(raw, sandbox, testShop); !errors.Is(err, ErrBadHost) {
			t.Errorf("%.20q: %v", raw, err)
		}
	}
	if _, err := ParseHost(base64.StdEncoding.EncodeToString([]byte("acme.myshopify.com/admin")), "", testShop); err != nil {
		t.Errorf("padded: %v", err)
	}
}
