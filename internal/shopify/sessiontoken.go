package shopify

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/switchbackhq/switchback/internal/secret"
)

const (
	// tokenLeeway is the clock difference that Shopify's own libraries allow.
	tokenLeeway = 10 * time.Second
	// maxSessionToken bounds a token, in bytes; real ones have about 700.
	maxSessionToken = 8 << 10
)

// ErrBadSessionToken is wrapped by every refusal of VerifySessionToken.
var ErrBadSessionToken = errors.New("the session token is not valid")

// SessionTokens says whose session tokens are accepted.
type SessionTokens struct {
	APIKey string
	// Secrets are the app's secret and, while it is being rotated, the one before.
	Secrets []secret.String
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Claims are what a session token says.
type Claims struct {
	// Shop is the only shop that the bearer may see.
	Shop Domain
	// UserID is the number of the staff member, SessionID the browser session's.
	UserID, SessionID string
	ExpiresAt         time.Time
}

// wireClaims are the claims as Shopify's page on session tokens lists them.
type wireClaims struct {
	jwt.RegisteredClaims
	Dest      string `json:"dest"`
	SessionID string `json:"sid"`
}

// VerifySessionToken checks the token that App Bridge gives the app's pages
// (also called ID token): HS256 and nothing else, by one of the app's secrets,
// for this app, valid now, from one shop throughout.
func VerifySessionToken(raw string, accept SessionTokens) (Claims, error) {
	if len(raw) > maxSessionToken {
		return Claims{}, fmt.Errorf("%w: it is too long", ErrBadSessionToken)
	}
	var keys jwt.VerificationKeySet
	for _, s := range accept.Secrets {
		if !s.Empty() {
			keys.Keys = append(keys.Keys, []byte(s.Reveal()))
		}
	}
	if len(keys.Keys) == 0 || accept.APIKey == "" {
		return Claims{}, errors.New("verify session token: the app's key or secret is not set")
	}
	now := accept.Now
	if now == nil {
		now = time.Now
	}
	var wire wireClaims
	_, err := jwt.ParseWithClaims(raw, &wire, func(*jwt.Token) (any, error) { return keys, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithStrictDecoding(), jwt.WithLeeway(tokenLeeway),
		jwt.WithTimeFunc(now), jwt.WithAudience(accept.APIKey), jwt.WithExpirationRequired(), jwt.WithNotBeforeRequired(), jwt.WithIssuedAt())
	if err != nil {
		return Claims{}, fmt.Errorf("%w: %s", ErrBadSessionToken, reason(err))
	}
	return wire.claims()
}

// reason names the failed check and nothing of the token.
func reason(err error) string {
	for _, known := range []error{
		jwt.ErrTokenMalformed, jwt.ErrTokenSignatureInvalid, jwt.ErrTokenUnverifiable, jwt.ErrTokenInvalidAudience,
		jwt.ErrTokenExpired, jwt.ErrTokenNotValidYet, jwt.ErrTokenUsedBeforeIssued, jwt.ErrTokenRequiredClaimMissing,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "its claims are not as they should be"
}

// claims holds what the library does not know of against Shopify's rules.
func (w wireClaims) claims() (Claims, error) {
	dest, err := url.Parse(w.Dest)
	if err != nil {
		return Claims{}, fmt.Errorf("%w: dest is no address", ErrBadSessionToken)
	}
	shop, err := ParseDomain(dest.Host)
	switch {
	case err != nil, w.Dest != "https://"+string(shop):
		return Claims{}, fmt.Errorf("%w: dest is no shop", ErrBadSessionToken)
	case w.Issuer != w.Dest+"/admin":
		return Claims{}, fmt.Errorf("%w: iss is not the shop of dest", ErrBadSessionToken)
	case len(w.Audience) != 1:
		return Claims{}, fmt.Errorf("%w: it is for several apps", ErrBadSessionToken)
	case w.IssuedAt == nil:
		return Claims{}, fmt.Errorf("%w: iat is missing", ErrBadSessionToken)
	case w.Subject == "":
		return Claims{}, fmt.Errorf("%w: sub is missing", ErrBadSessionToken)
	}
	return Claims{Shop: shop, UserID: w.Subject, SessionID: w.SessionID, ExpiresAt: w.ExpiresAt.Time}, nil
}
