package pages

import "github.com/switchbackhq/switchback/internal/shops"

// offTexts say why a connected shop is not synced.
var offTexts = map[shops.OffReason]string{
	shops.On:                "connected",
	shops.OffByMerchant:     "switched off",
	shops.OffOtherCurrency:  "off: it sells in another currency than your Shopify shop, and amounts are never converted",
	shops.OffNoMarket:       "off: TikTok Shop does not offer what Switchback needs in this market",
	shops.OffTaken:          "off: it is connected to another Shopify shop",
	shops.OffDeauthorized:   "off: the permission was withdrawn at TikTok Shop; connect again",
	shops.OffSellerInactive: "off: the seller is not active at TikTok Shop",
}

// OffText is the state of a connection in words.
func OffText(reason shops.OffReason) string {
	if text, ok := offTexts[reason]; ok {
		return text
	}
	return "off: " + string(reason)
}

// Connected is a connection as a page lists it.
type Connected struct {
	ID, Name, Region, Currency, State string
	// On tells whether the shop is synced.
	On bool
}

// ShopName is what a page calls a TikTok shop.
func ShopName(c shops.Connection) string {
	if c.Name == "" {
		return "TikTok shop " + string(c.TikTokShop)
	}
	return c.Name
}

// Describe puts connections into words.
func Describe(connections []shops.Connection) []Connected {
	list := make([]Connected, 0, len(connections))
	for _, c := range connections {
		list = append(list, Connected{
			ID: string(c.TikTokShop), Name: ShopName(c), Region: c.Region, Currency: c.Currency, State: OffText(c.Off), On: c.Off == shops.On,
		})
	}
	return list
}
