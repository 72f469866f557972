package shopifysim

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"
)

// sessionTokenLife is how long an ID token of App Bridge is good.
const sessionTokenLife = time.Minute

// TokenOption bends a session token away from what App Bridge would mint.
type TokenOption func(*tokenDraft)

type tokenDraft struct {
	header, claims map[string]any
	secret         string
	unsigned       bool
}

// SignedWith signs with another secret.
func SignedWith(secret string) TokenOption {
	return func(d *tokenDraft) { d.secret = secret }
}

// Unsigned makes a token with "alg": "none" and an empty signature.
func Unsigned() TokenOption {
	return func(d *tokenDraft) { d.header["alg"], d.unsigned = "none", true }
}

// WithHeader sets a field of the token's header, such as "alg", without changing how it is signed.
func WithHeader(name string, value any) TokenOption {
	return func(d *tokenDraft) { d.header[name] = value }
}

// WithClaim sets a claim, such as "aud" or "dest". A nil value removes it.
func WithClaim(name string, value any) TokenOption {
	return func(d *tokenDraft) {
		d.claims[name] = value
		if value == nil {
			delete(d.claims, name)
		}
	}
}

// IssuedAt makes the token valid from t for the usual minute.
func IssuedAt(t time.Time) TokenOption {
	return func(d *tokenDraft) {
		d.claims["iat"], d.claims["nbf"], d.claims["exp"] = t.Unix(), t.Unix(), t.Add(sessionTokenLife).Unix()
	}
}

// SessionToken mints the ID token that App Bridge would give the app's page for one user of the shop: a JWT, HS256 with
// the app's secret, good for a minute, with the claims of Shopify's session token page. userID is the user's number.
func (a *authority) SessionToken(shop, userID string, opts ...TokenOption) string {
	d := tokenDraft{
		header: map[string]any{"alg": "HS256", "typ": "JWT"},
		claims: map[string]any{
			"iss": "https://" + shop + "/admin", "dest": "https://" + shop, "aud": a.apiKey, "sub": userID,
			"jti": newUUID(), "sid": randomHex(32), "sig": randomHex(32),
		},
		secret: a.apiSecret,
	}
	IssuedAt(a.now())(&d)
	for _, opt := range opts {
		opt(&d)
	}
	message := segment(d.header) + "." + segment(d.claims)
	if d.unsigned {
		return message + "."
	}
	return message + "." + base64.RawURLEncoding.EncodeToString(hmacSHA256(d.secret, []byte(message)))
}

// EmbeddedQuery is the query of the first document request that the admin makes inside its frame: embedded, hmac, host,
// id_token, locale, session, shop and timestamp, signed as a whole. opts bend the ID token, not the hmac.
func (a *authority) EmbeddedQuery(shop, userID string, opts ...TokenOption) url.Values {
	return a.signedQuery(shop, a.embedded(shop, userID, opts...))
}

// EmbeddedURL is the address the admin loads when the merchant opens the app.
func (a *authority) EmbeddedURL(appURL, shop, userID string, opts ...TokenOption) string {
	return a.EmbeddedURLAt(appURL, shop, userID, "/", nil, opts...)
}

// EmbeddedURLAt is EmbeddedURL for one of the app's pages; what query holds is signed along.
func (a *authority) EmbeddedURLAt(appURL, shop, userID, path string, query url.Values, opts ...TokenOption) string {
	signed := url.Values{}
	for name, values := range query {
		signed.Set(name, values[0])
	}
	maps.Copy(signed, a.embedded(shop, userID, opts...))
	return strings.TrimRight(appURL, "/") + path + "?" + a.signedQuery(shop, signed).Encode()
}

func (a *authority) embedded(shop, userID string, opts ...TokenOption) url.Values {
	return url.Values{"embedded": {"1"}, "id_token": {a.SessionToken(shop, userID, opts...)}, "locale": {"en"}, "session": {randomHex(32)}}
}

// InstallQuery is the signed query with which Shopify opens an app outside the admin's frame: hmac, host, shop and
// timestamp. extra parameters are signed along.
func (a *authority) InstallQuery(shop string, extra url.Values) url.Values {
	return a.signedQuery(shop, extra)
}

// checkSessionToken is Shopify's own check of the subject of a token exchange.
func (a *authority) checkSessionToken(shop, token string) error {
	message, signature, ok := cutLast(token, ".")
	if !ok {
		return errors.New("the subject token is no JWT")
	}
	sig, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || !hmac.Equal(sig, hmacSHA256(a.apiSecret, []byte(message))) {
		return errors.New("the subject token's signature is wrong")
	}
	var header struct{ Alg string }
	var claims struct {
		Iss, Dest, Aud, Sub string
		Exp, Nbf            int64
	}
	head, body, _ := strings.Cut(message, ".")
	if errors.Join(decodeSegment(head, &header), decodeSegment(body, &claims)) != nil || header.Alg != "HS256" {
		return errors.New("the subject token cannot be read")
	}
	now := a.now().Unix()
	switch {
	case now >= claims.Exp || now < claims.Nbf:
		return errors.New("the subject token has expired or is not valid yet")
	case claims.Aud != a.apiKey:
		return errors.New("the subject token is for another app")
	case claims.Dest != "https://"+shop || claims.Iss != "https://"+shop+"/admin":
		return errors.New("the subject token is for another shop")
	default:
		return nil
	}
}

func segment(fields map[string]any) string {
	b, err := json.Marshal(fields)
	if err != nil {
		panic(fmt.Errorf("encode session token: %w", err)) // only a test's own claim can bring this about
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func decodeSegment(s string, into any) error {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return fmt.Errorf("decode session token: %w", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("decode session token: %w", err)
	}
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// newUUID makes a random UUID of version 4.
func newUUID() string {
	b, _ := hex.DecodeString(randomHex(16)) // 32 hex digits always decode
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
