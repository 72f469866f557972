// Package returns is the return link: the address that a merchant gives to
// TikTok's return proxy app, and that takes a buyer to the return portal with
// an order that is there. The route hands a visit to the Desk and redirects.
//
// What a visit learns never shows: an unknown order, another ZIP and an import
// that takes too long all lead to the same place. It writes no order itself,
// keeps no number, ZIP or address of a visitor, and only counts.
package returns

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// What a visit may say at most, in bytes; more is malformed.
const (
	longestNumber = 100
	longestZIP    = 40
)

// Ask is what a well-formed visit asks for. Order and ZIP are as given, trimmed.
type Ask struct {
	Order, ZIP string
	// Number is the TikTok order number that Order means; empty when it cannot be one.
	Number tiktok.OrderID
}

// Read understands a visit's order and zip; false for what is empty, malformed or a placeholder that TikTok left as it was
// ("[TT_ORDER_NUM]", "[TTS_ZIP_CODE]").
func Read(order, zip string, settings shops.Settings) (Ask, bool) {
	ask := Ask{Order: strings.TrimSpace(order), ZIP: strings.TrimSpace(zip)}
	if !wellFormed(ask.Order, longestNumber) || !wellFormed(ask.ZIP, longestZIP) {
		return Ask{}, false
	}
	number := strings.ToUpper(squeeze(ask.Order))
	if id, err := tiktok.ParseOrderID(number); err == nil {
		ask.Number = id
		return ask, true
	}
	number = strings.TrimPrefix(number, strings.ToUpper(squeeze(settings.OrderNamePrefix)))
	number = strings.TrimSuffix(number, strings.ToUpper(squeeze(settings.OrderNameSuffix)))
	if id, err := tiktok.ParseOrderID(number); err == nil {
		ask.Number = id
	}
	return ask, true
}

func wellFormed(text string, longest int) bool {
	return text != "" && len(text) <= longest && !strings.ContainsAny(text, "[]{}<>") &&
		strings.ToValidUTF8(text, "") == text && !strings.ContainsFunc(text, unicode.IsControl)
}

// squeeze drops what people write around and between the digits of an order number.
func squeeze(number string) string {
	return strings.Map(func(r rune) rune {
		if r == '#' || unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, number)
}

// Address is where the buyer goes: the portal with order and ZIP, or without both when order is empty. Other parameters of
// the portal's own address stay.
func Address(portal, order, zip string) (string, error) {
	u, err := url.Parse(portal)
	if err != nil {
		return "", err
	}
	if !strings.HasSuffix(u.Path, "/") {
		u = u.JoinPath("/")
	}
	query := u.Query()
	query.Del("order")
	query.Del("zip")
	if order != "" {
		query.Set("order", order)
		query.Set("zip", zip)
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}
