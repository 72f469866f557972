package shopifysim

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
)

// What the token endpoint is told, in the words of Shopify's documents.
const (
	grantTokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	grantRefresh       = "refresh_token"
	typeIDToken        = "urn:ietf:params:oauth:token-type:id_token"
	typeOfflineToken   = "urn:shopify:params:oauth:token-type:offline-access-token"
)

// maxTokenBody bounds what the token endpoint reads, in bytes. A session token is well below 2 KiB.
const maxTokenBody = 64 << 10

// tokenFields are the fields of each grant beside client_id and client_secret; the value says whether it is required.
// The code grant sends no grant_type.
var tokenFields = map[string]map[string]bool{
	"":                 {"code": true, "expiring": false},
	grantRefresh:       {"grant_type": true, "refresh_token": true},
	grantTokenExchange: {"grant_type": true, "subject_token": true, "subject_token_type": true, "requested_token_type": true, "expiring": false},
}

// tokenAnswer is the answer to every grant. The last three are absent from a token that does not expire.
type tokenAnswer struct {
	AccessToken           string `json:"access_token"`
	Scope                 string `json:"scope"`
	ExpiresIn             int    `json:"expires_in,omitempty"`
	RefreshToken          string `json:"refresh_token,omitempty"`
	RefreshTokenExpiresIn int    `json:"refresh_token_expires_in,omitempty"`
}

// oauthError is a refusal. A breach is also a violation: no correct app sends such a request, while an expired token or
// an uninstalled shop can happen to anyone.
type oauthError struct {
	status            int
	code, description string
	breach            bool
}

func (e *oauthError) Error() string { return e.code + ": " + e.description }

func tokenBreach(format string, args ...any) *oauthError {
	return &oauthError{http.StatusBadRequest, "invalid_request", fmt.Sprintf(format, args...), true}
}

func tokenRefusal(code, description string) *oauthError {
	return &oauthError{http.StatusBadRequest, code, description, false}
}

// ServeAccessToken is POST /admin/oauth/access_token: the code grant, token exchange of an ID token, and refresh. The
// body is JSON or a form. Refusals are {"error","error_description"}: invalid_subject_token is documented, the other
// codes follow RFC 6749. Online tokens, client credentials and the migration of tokens that never expire are not
// simulated and refused.
func (a *authority) ServeAccessToken(w http.ResponseWriter, r *http.Request, shop string) {
	answer, err := a.grant(w, r, shop)
	var refused *oauthError
	if errors.As(err, &refused) {
		writeAnswer(w, refused.status, map[string]string{"error": refused.code, "error_description": refused.description})
		return
	}
	writeAnswer(w, http.StatusOK, answer)
}

func (a *authority) grant(w http.ResponseWriter, r *http.Request, shop string) (tokenAnswer, error) {
	fields, err := tokenRequest(w, r)
	a.mu.Lock()
	defer a.mu.Unlock()
	var answer tokenAnswer
	if err == nil {
		answer, err = a.trade(shop, fields)
	}
	var refused *oauthError
	if errors.As(err, &refused) && refused.breach {
		a.violations = append(a.violations, fmt.Sprintf("%s /admin/oauth/access_token: %v", r.Method, err))
	}
	return answer, err
}

// trade needs mu.
func (a *authority) trade(shop string, fields map[string]string) (tokenAnswer, error) {
	if err := checkTokenFields(fields); err != nil {
		return tokenAnswer{}, err
	}
	if fields["client_id"] != a.apiKey || subtle.ConstantTimeCompare([]byte(fields["client_secret"]), []byte(a.apiSecret)) != 1 {
		return tokenAnswer{}, &oauthError{http.StatusUnauthorized, "invalid_client", "client_id or client_secret is wrong", true}
	}
	in := a.installation(shop)
	var err error
	var used *refreshToken
	switch fields["grant_type"] {
	case grantRefresh:
		used, err = a.spendRefreshToken(in, fields["refresh_token"])
	case grantTokenExchange:
		err = a.checkSubject(in, shop, fields)
	default:
		err = a.spendCode(shop, fields["code"])
	}
	if err != nil {
		return tokenAnswer{}, err
	}
	expiring := used != nil || fields["expiring"] == "1"
	if !expiring {
		a.violations = append(a.violations, "POST /admin/oauth/access_token: without expiring=1; a public app may no longer ask for tokens that never expire")
	}
	return a.issue(in, expiring, used), nil
}

// spendCode needs mu.
func (a *authority) spendCode(shop, code string) error {
	c, ok := a.codes[code]
	if !ok || c.shop != shop || !a.now().Before(c.expires) {
		return tokenRefusal("invalid_request", "The authorization code was not found or was already used")
	}
	delete(a.codes, code)
	return nil
}

// spendRefreshToken needs mu.
func (a *authority) spendRefreshToken(in *installation, token string) (*refreshToken, error) {
	t := in.refresh[token]
	if in.removed || !t.usable(a.now()) {
		return nil, tokenRefusal("invalid_grant", "The refresh token is unknown, expired, replaced or revoked")
	}
	t.settle()
	if t.firstUsed.IsZero() {
		t.firstUsed = a.now()
	}
	return t, nil
}

// checkSubject needs mu.
func (a *authority) checkSubject(in *installation, shop string, fields map[string]string) error {
	if fields["subject_token_type"] != typeIDToken || fields["requested_token_type"] != typeOfflineToken {
		return tokenBreach("only an id_token can be exchanged, and only for an offline access token")
	}
	if in.removed {
		return tokenRefusal("invalid_subject_token", "The app is not installed on this shop")
	}
	if err := a.checkSessionToken(shop, fields["subject_token"]); err != nil {
		return tokenRefusal("invalid_subject_token", err.Error())
	}
	return nil
}

func checkTokenFields(fields map[string]string) error {
	known, ok := tokenFields[fields["grant_type"]]
	if !ok {
		return &oauthError{http.StatusBadRequest, "unsupported_grant_type", "grant_type is none that this simulator knows", true}
	}
	for key := range fields {
		if _, ok := known[key]; !ok && key != "client_id" && key != "client_secret" {
			return tokenBreach("field %q does not belong to this grant", key)
		}
	}
	required := []string{"client_id", "client_secret"}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if known[key] {
			required = append(required, key)
		}
	}
	for _, key := range required {
		if fields[key] == "" {
			return tokenBreach("field %q is missing", key)
		}
	}
	if v, sent := fields["expiring"]; sent && v != "1" && v != "0" {
		return tokenBreach("expiring must be 1 or 0")
	}
	return nil
}

// tokenRequest reads a token request's fields. Values in the address are refused: secrets would end in access logs.
func tokenRequest(w http.ResponseWriter, r *http.Request) (map[string]string, error) {
	if r.Method != http.MethodPost {
		return nil, &oauthError{http.StatusMethodNotAllowed, "invalid_request", "the method must be POST", true}
	}
	if r.URL.RawQuery != "" {
		return nil, tokenBreach("the fields belong into the body, not into the address")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxTokenBody))
	if err != nil {
		return nil, tokenBreach("the body cannot be read or is too long")
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // a kind that cannot be read matches no case
	switch kind {
	case "application/json":
		return jsonFields(body)
	case "application/x-www-form-urlencoded":
		return formFields(body)
	default:
		return nil, tokenBreach("the body must be JSON or a form, and Content-Type must say which")
	}
}

func jsonFields(body []byte) (map[string]string, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, tokenBreach("the body is no JSON object")
	}
	fields := map[string]string{}
	for key, value := range raw {
		var s string
		if err := json.Unmarshal(value, &s); err != nil {
			var n json.Number
			if err := json.Unmarshal(value, &n); err != nil {
				return nil, tokenBreach("field %q is neither text nor a number", key)
			}
			s = n.String()
		}
		fields[key] = s
	}
	return fields, nil
}

func formFields(body []byte) (map[string]string, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, tokenBreach("the form cannot be read")
	}
	fields := map[string]string{}
	for key, values := range form {
		if len(values) != 1 {
			return nil, tokenBreach("field %q is repeated", key)
		}
		fields[key] = values[0]
	}
	return fields, nil
}

func writeAnswer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller has gone; there is nobody to tell
}
