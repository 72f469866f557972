package tiktok

import (
	"net/url"
	"strings"
)

// Market is one of TikTok Shop's countries.
type Market struct {
	// Region is the code that TikTok gives its shops, ISO 3166-1 alpha-2.
	Region string
	// Currency is what buyers pay in, ISO 4217.
	Currency string
	// TaxIncluded tells whether prices contain the tax; in the US they do not.
	TaxIncluded bool
	// PushesShipments tells whether a seller's own shipment can be reported: the
	// fulfillment API's "Mark package as shipped" names the markets it serves.
	PushesShipments bool
	// PushesRefunds tells whether a seller can start a refund through the API:
	// TikTok's lists of seller's reasons are complete for these markets only.
	PushesRefunds bool
}

// Supported tells whether orders can go round in this market: in, and shipped.
func (m Market) Supported() bool { return m.PushesShipments }

// MarketOf finds a shop's market; false for one that is not known here.
func MarketOf(region string) (Market, bool) {
	m := Market{Region: region, TaxIncluded: true}
	switch region {
	case "US":
		m.Currency, m.TaxIncluded, m.PushesShipments, m.PushesRefunds = "USD", false, true, true
	case "GB", "UK":
		m.Region, m.Currency, m.PushesShipments, m.PushesRefunds = "GB", "GBP", true, true
	case "DE", "ES", "FR", "IE", "IT":
		m.Currency, m.PushesShipments = "EUR", true
	case "JP":
		m.Currency, m.PushesShipments = "JPY", true
	case "AT", "BE", "NL":
		m.Currency = "EUR"
	case "PL":
		m.Currency = "PLN"
	case "BR":
		m.Currency = "BRL"
	case "ID":
		m.Currency = "IDR"
	case "MX":
		m.Currency = "MXN"
	case "MY":
		m.Currency = "MYR"
	case "PH":
		m.Currency = "PHP"
	case "SG":
		m.Currency = "SGD"
	case "TH":
		m.Currency = "THB"
	case "VN":
		m.Currency = "VND"
	default:
		return Market{Region: region}, false
	}
	return m, true
}

// MarketCurrency is what buyers of a region pay in; false for an unknown region.
func MarketCurrency(region string) (currency string, known bool) {
	m, known := MarketOf(region)
	return m.Currency, known
}

// SellerCenterURL is the order's page in the seller's own back office. Each
// market has its host, which spells the United Kingdom UK.
func SellerCenterURL(region string, id OrderID) string {
	host := strings.ToLower(region)
	if region == "GB" {
		host = "uk"
	}
	if _, known := MarketOf(region); !known {
		// Never let a code from outside choose the host.
		return "https://seller.tiktok.com/order/detail?order_no=" + url.QueryEscape(string(id))
	}
	return "https://seller-" + host + ".tiktok.com/order/detail?order_no=" + url.QueryEscape(string(id)) + "&shop_region=" + url.QueryEscape(region)
}
