package shopify

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/secret"
)

const (
	// refreshLife is the documented life of a refresh token, for an answer that leaves it out.
	refreshLife = 90 * 24 * time.Hour
	// longestLife refuses nonsense: no token of Shopify's lives nearly as long.
	longestLife = 366 * 24 * time.Hour
	// maxToken bounds a token's length, in bytes.
	maxToken = 4096
)

// errNeverExpires is the answer that must not be stored: a token without an end
// and without a refresh token cannot be renewed once Shopify ends it anyway.
var errNeverExpires = errors.New("shopify's answer has no expires_in or no refresh_token; a token that never expires is not accepted")

// readGrant reads a token answer; lives are counted from the moment before it was asked for.
func readGrant(body []byte, asked time.Time) (Grant, error) {
	var wire struct {
		Access           string `json:"access_token"`
		Scope            string `json:"scope"`
		ExpiresIn        int64  `json:"expires_in"`
		Refresh          string `json:"refresh_token"`
		RefreshExpiresIn int64  `json:"refresh_token_expires_in"`
	}
	// The decoder's own error may quote the body, which holds tokens.
	if json.Unmarshal(body, &wire) != nil {
		return Grant{}, errors.New("shopify's token answer cannot be read")
	}
	if wire.Access == "" || len(wire.Access) > maxToken || len(wire.Refresh) > maxToken {
		return Grant{}, errors.New("shopify's token answer has no usable access_token")
	}
	if wire.ExpiresIn == 0 || wire.Refresh == "" {
		return Grant{}, errNeverExpires
	}
	access, err := life("expires_in", wire.ExpiresIn)
	if err != nil {
		return Grant{}, err
	}
	refresh := refreshLife
	if wire.RefreshExpiresIn != 0 {
		if refresh, err = life("refresh_token_expires_in", wire.RefreshExpiresIn); err != nil {
			return Grant{}, err
		}
	}
	return Grant{
		Access: secret.New(wire.Access), Refresh: secret.New(wire.Refresh),
		AccessExpiresAt: asked.Add(access), RefreshExpiresAt: asked.Add(refresh),
		Scopes: splitScopes(wire.Scope),
	}, nil
}

func life(field string, seconds int64) (time.Duration, error) {
	if seconds <= 0 || seconds > int64(longestLife/time.Second) {
		return 0, fmt.Errorf("shopify's %s is %d, which is no life of a token", field, seconds)
	}
	return time.Duration(seconds) * time.Second, nil
}

func splitScopes(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
