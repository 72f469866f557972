package shopify

import (
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// ErrBadHost is returned for a `host` parameter that does not lead to the shop's own admin.
var ErrBadHost = errors.New("the host parameter is not this shop's admin")

// defaultAdmin is Shopify's admin, whatever SHOPIFY_ADMIN_URL says.
const defaultAdmin = "admin.shopify.com"

// maxHost bounds the parameter, in bytes.
const maxHost = 512

// ParseHost decodes the `host` parameter (base64 without padding) and returns
// the admin's address without a scheme, such as
// `admin.shopify.com/store/name`: where the app is embedded, `https://` before
// and `/apps/{client id}` after it. Only the shop's own admin is accepted, in
// either of its forms, so that the result may be redirected to. AdminURL is
// SHOPIFY_ADMIN_URL.
func ParseHost(host, adminURL string, shop Domain) (string, error) {
	if host == "" || len(host) > maxHost {
		return "", ErrBadHost
	}
	raw, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(host, "="))
	if err != nil {
		return "", ErrBadHost
	}
	admins := []string{defaultAdmin}
	if u, err := url.Parse(adminURL); err == nil && u.Host != "" {
		admins = append(admins, u.Host)
	}
	name, _, _ := strings.Cut(string(shop), ".")
	allowed := []string{string(shop) + "/admin"}
	for _, admin := range admins {
		allowed = append(allowed, admin+"/store/"+name)
	}
	if decoded := string(raw); slices.Contains(allowed, decoded) {
		return decoded, nil
	}
	return "", ErrBadHost
}
