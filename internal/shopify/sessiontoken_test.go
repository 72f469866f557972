package shopify

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/secret"
)

func accepting(secrets ...string) SessionTokens {
	accept := SessionTokens{APIKey: testKey, Now: func() time.Time { return noon }}
	for _, s := range secrets {
		accept.Secrets = append(accept.Secrets, secret.New(s))
	}
	return accept
}

// sessionTokens mints tokens at noon.
func sessionTokens() *shopifysim.Sim {
	return shopifysim.New(shopifysim.Options{APIKey: testKey, APISecret: testSecret, Now: func() time.Time { return noon }})
}

func TestVerifySessionToken(t *testing.T) {
	t.Parallel()
	mint := func(opts ...shopifysim.TokenOption) string {
		return sessionTokens().SessionToken(string(testShop), "7", opts...)
	}
	claim := shopifysim.WithClaim
	good := mint()
	dot := strings.LastIndexByte(good, '.')
	for name, tc := range map[string]struct {
		raw string
		ok  bool
	}{
		"good":                {good, true},
		"old secret":          {mint(shopifysim.SignedWith("older")), true},
		"other secret":        {mint(shopifysim.SignedWith("nobody's")), false},
		"empty secret":        {mint(shopifysim.SignedWith("")), false},
		"unsigned":            {mint(shopifysim.Unsigned()), false},
		"alg none, signed":    {mint(shopifysim.WithHeader("alg", "none")), false},
		"alg RS256":           {mint(shopifysim.WithHeader("alg", "RS256")), false},
		"alg HS512":           {mint(shopifysim.WithHeader("alg", "HS512")), false},
		"other app":           {mint(claim("aud", "other")), false},
		"several apps":        {mint(claim("aud", []string{testKey, "other"})), false},
		"no app":              {mint(claim("aud", nil)), false},
		"expired":             {mint(shopifysim.IssuedAt(noon.Add(-71 * time.Second))), false},
		"within the leeway":   {mint(shopifysim.IssuedAt(noon.Add(-69 * time.Second))), true},
		"from the future":     {mint(shopifysim.IssuedAt(noon.Add(11 * time.Second))), false},
		"a little early":      {mint(shopifysim.IssuedAt(noon.Add(9 * time.Second))), true},
		"no exp":              {mint(claim("exp", nil)), false},
		"no nbf":              {mint(claim("nbf", nil)), false},
		"no iat":              {mint(claim("iat", nil)), false},
		"exp as text":         {mint(claim("exp", "tomorrow")), false},
		"no sub":              {mint(claim("sub", nil)), false},
		"no dest":             {mint(claim("dest", nil)), false},
		"no iss":              {mint(claim("iss", nil)), false},
		"iss of another shop": {mint(claim("iss", "https://other.myshopify.com/admin")), false},
		"iss without path":    {mint(claim("iss", "https://acme.myshopify.com")), false},
		"dest without https":  {mint(claim("dest", "http://acme.myshopify.com"), claim("iss", "http://acme.myshopify.com/admin")), false},
		"dest elsewhere":      {mint(claim("dest", "https://evil.example"), claim("iss", "https://evil.example/admin")), false},
		"dest with a tail":    {mint(claim("dest", "https://acme.myshopify.com/x"), claim("iss", "https://acme.myshopify.com/x/admin")), false},
		"dest with a user":    {mint(claim("dest", "https://u@acme.myshopify.com"), claim("iss", "https://u@acme.myshopify.com/admin")), false},
		"dest is no address":  {mint(claim("dest", "https://%zz"), claim("iss", "https://%zz/admin")), false},
		"cut":                 {good[:dot], false},
		"tampered":            {good[:dot-2] + "A" + good[dot-1:], false},
		"signature of none":   {good[:dot+1], false},
		"empty":               {"", false},
		"huge":                {strings.Repeat("a", 1<<20), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claims, err := VerifySessionToken(tc.raw, accepting(testSecret, "older", ""))
			if !tc.ok {
				if !errors.Is(err, ErrBadSessionToken) || claims != (Claims{}) {
					t.Errorf("%+v, %v", claims, err)
				}
				return
			}
			if err != nil || claims.Shop != testShop || claims.UserID != "7" || claims.SessionID == "" {
				t.Errorf("%+v, %v", claims, err)
			}
		})
	}
}

func TestVerifySessionTokenNeedsASecret(t *testing.T) {
	t.Parallel()
	good := sessionTokens().SessionToken(string(testShop), "7")
	if _, err := VerifySessionToken(good, SessionTokens{APIKey: testKey}); err == nil || errors.Is(err, ErrBadSessionToken) {
		t.Errorf("without a secret: %v", err)
	}
}

// A token made by hand, so that not only the simulator says what one looks like.
func TestSessionTokenClaims(t *testing.T) {
	t.Parallel()
	raw, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": "https://acme.myshopify.com/admin", "dest": "https://acme.myshopify.com", "aud": testKey, "sub": "42",
		"exp": noon.Unix() + 60, "nbf": noon.Unix(), "iat": noon.Unix(), "jti": "f8912129", "sid": "aaea182f",
	}).SignedString([]byte(testSecret))
	if err != nil {
		t.Fatal(err)
	}
	got, err := VerifySessionToken(raw, accepting(testSecret))
	if err != nil {
		t.Fatal(err)
	}
	got.ExpiresAt = got.ExpiresAt.UTC()
	if diff := cmp.Diff(Claims{Shop: testShop, UserID: "42", SessionID: "aaea182f", ExpiresAt: noon.Add(time.Minute)}, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

// Whatever comes, a token is accepted only if its signature is right; nothing panics.
func FuzzVerifySessionToken(f *testing.F) {
	sim := shopifysim.New(shopifysim.Options{APIKey: testKey, APISecret: testSecret, Now: func() time.Time { return noon }})
	f.Add(sim.SessionToken(string(testShop), "7"))
	f.Add(sim.SessionToken(string(testShop), "7", shopifysim.Unsigned()))
	f.Add(sim.SessionToken(string(testShop), "7", shopifysim.WithClaim("exp", 1e300)))
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := VerifySessionToken(raw, accepting("a secret that signed nothing")); err == nil {
			t.Errorf("accepted %q", raw)
		}
		claims, err := VerifySessionToken(raw, accepting(testSecret))
		if err == nil && claims.Shop != testShop {
			t.Errorf("accepted %q for %q", raw, claims.Shop)
		}
	})
}
