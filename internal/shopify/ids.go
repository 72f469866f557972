package shopify

import (
	"fmt"
	"regexp"
	"strings"
)

// Domain is a shop's permanent address, `name.myshopify.com`, in lower case.
type Domain string

// Both ends are anchored: Shopify's own documentation shows the expression
// without the end anchor, which lets `a.myshopify.com.evil.example` through.
var domainPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,99}\.myshopify\.com$`)

// ParseDomain accepts a shop domain and nothing else.
func ParseDomain(s string) (Domain, error) {
	lower := strings.ToLower(s)
	if !domainPattern.MatchString(lower) {
		return "", fmt.Errorf("%q is no shop domain: want name.myshopify.com", clip(s))
	}
	return Domain(lower), nil
}

// GID is Shopify's global id, `gid://shopify/Order/123`.
type GID string

var gidPattern = regexp.MustCompile(`^gid://shopify/([A-Za-z]+)/([0-9]{1,20})$`)

// ParseGID accepts the GID of one kind ("Order", "ProductVariant" …) and nothing else.
func ParseGID(kind, s string) (GID, error) {
	m := gidPattern.FindStringSubmatch(s)
	if m == nil || m[1] != kind {
		return "", fmt.Errorf("%q is no %s GID: want gid://shopify/%s/digits", clip(s), kind, kind)
	}
	return GID(s), nil
}

// LegacyID is the number at a GID's end, as TikTok's external order reference
// and Shopify's admin addresses use it; empty when g has none.
func (g GID) LegacyID() string {
	if m := gidPattern.FindStringSubmatch(string(g)); m != nil {
		return m[2]
	}
	return ""
}

// clip bounds hostile text before it enters an error.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
