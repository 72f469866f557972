package shopifysim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// plainValue is what a query value may look like so that signing it needs no escaping: Shopify's libraries differ in how
// they escape inside the HMAC's message, and its documents do not settle it.
var plainValue = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)

// authorizeParams are the parameters that the authorization code grant's page documents.
var authorizeParams = []string{"client_id", "scope", "redirect_uri", "state", "grant_options[]"}

// ServeAuthorize is GET /admin/oauth/authorize: the merchant approves at once, the app counts as installed, and the
// answer is a 302 to redirect_uri with code, hmac, host, shop, state and timestamp. A request that the documents do not
// allow gets 400 and is a violation.
func (a *authority) ServeAuthorize(w http.ResponseWriter, r *http.Request, shop string) {
	a.mu.Lock()
	back, err := a.authorize(r, shop)
	if err != nil {
		a.violations = append(a.violations, fmt.Sprintf("%s /admin/oauth/authorize: %v", r.Method, err))
	}
	a.mu.Unlock()
	if err != nil {
		http.Error(w, "Oauth error invalid_request: "+err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Location", back)
	w.WriteHeader(http.StatusFound)
}

// authorize needs mu.
func (a *authority) authorize(r *http.Request, shop string) (string, error) {
	if r.Method != http.MethodGet {
		return "", errors.New("the method must be GET")
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "", errors.New("the query cannot be read")
	}
	for key, values := range q {
		if !slices.Contains(authorizeParams, key) || len(values) != 1 {
			return "", fmt.Errorf("parameter %q is unknown or repeated", key)
		}
	}
	if q.Get("client_id") != a.apiKey {
		return "", errors.New("client_id is no app's")
	}
	if q.Has("grant_options[]") {
		return "", errors.New("this simulator grants no online access")
	}
	if err := a.checkScope(q); err != nil {
		return "", err
	}
	if err := a.checkRedirect(q.Get("redirect_uri")); err != nil {
		return "", err
	}
	if !plainValue.MatchString(q.Get("state")) {
		return "", errors.New("state is missing, or has characters this simulator cannot sign (want A-Z a-z 0-9 . _ ~ -)")
	}
	a.install(shop, nil)
	return q.Get("redirect_uri") + "?" + a.signedQuery(shop, url.Values{
		"code":  {a.newCode(shop)},
		"state": {q.Get("state")},
	}).Encode(), nil
}

// checkScope accepts an absent scope, or the configured ones in any order: with Shopify-managed installation the app's
// configuration decides, so that another list would not be granted.
func (a *authority) checkScope(q url.Values) error {
	if !q.Has("scope") {
		return nil
	}
	asked := strings.FieldsFunc(q.Get("scope"), func(r rune) bool { return r == ',' || r == ' ' })
	want := slices.Sorted(slices.Values(withoutImplied(a.scopes)))
	if got := slices.Sorted(slices.Values(withoutImplied(asked))); !slices.Equal(got, want) {
		return fmt.Errorf("scope is %q, the app's configuration says %q", got, want)
	}
	return nil
}

// checkRedirect needs mu.
func (a *authority) checkRedirect(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("redirect_uri must be an absolute address without query and fragment")
	}
	if len(a.redirects) > 0 && !slices.Contains(a.redirects, raw) {
		return errors.New("redirect_uri is not whitelisted")
	}
	return nil
}

// newCode needs mu.
func (a *authority) newCode(shop string) string {
	code := randomHex(16)
	a.codes[code] = authorizationCode{shop: shop, expires: a.now().Add(codeLife)}
	return code
}

// signedQuery adds to extra what every request from the admin carries (host, shop, timestamp) and signs the whole.
func (a *authority) signedQuery(shop string, extra url.Values) url.Values {
	q := maps.Clone(extra)
	if q == nil {
		q = url.Values{}
	}
	q.Set("host", hostParam(shop))
	q.Set("shop", shop)
	q.Set("timestamp", strconv.FormatInt(a.now().Unix(), 10))
	q.Set("hmac", queryHMAC(a.apiSecret, q))
	return q
}

// hostParam is where the app is embedded, base64 without padding.
func hostParam(shop string) string {
	name, _, _ := strings.Cut(shop, ".")
	return base64.RawStdEncoding.EncodeToString([]byte("admin.shopify.com/store/" + name))
}

// queryHMAC signs a query as Shopify does: all parameters but hmac and signature, sorted by name, as k=v joined by "&",
// hex of HMAC-SHA256. The values must be plain.
func queryHMAC(secret string, q url.Values) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(q)) {
		if key != "hmac" && key != "signature" {
			parts = append(parts, key+"="+q.Get(key))
		}
	}
	return hex.EncodeToString(hmacSHA256(secret, []byte(strings.Join(parts, "&"))))
}

func hmacSHA256(secret string, message []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(message)
	return mac.Sum(nil)
}
