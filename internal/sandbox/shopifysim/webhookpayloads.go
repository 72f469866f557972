package shopifysim

import (
	"fmt"
	"time"
)

// Topics of the app itself and of privacy law. Payloads are shaped as Shopify's webhook reference 2026-07 shows them.
const (
	topicAppUninstalled  = "app/uninstalled"
	topicScopesUpdate    = "app/scopes_update"
	topicDataRequest     = "customers/data_request"
	topicCustomersRedact = "customers/redact"
	topicShopRedact      = "shop/redact"
)

// shopProfile is what payloads tell about a shop.
type shopProfile struct {
	ID                 int64
	Domain, Name       string
	Currency, TimeZone string
	TaxesIncluded      bool
}

// RedactedCustomer is the customer that a compliance webhook names. It may stand for several of the shop's customers
// records or none: the app must cope with a person it never heard of.
type RedactedCustomer struct {
	ID    int64  `json:"id"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

type complianceShop struct {
	ShopID     int64  `json:"shop_id"`
	ShopDomain string `json:"shop_domain"`
}

type dataRequestPayload struct {
	complianceShop
	Customer        RedactedCustomer `json:"customer"`
	OrdersRequested []int64          `json:"orders_requested"`
	DataRequest     dataRequestID    `json:"data_request"`
}

type dataRequestID struct {
	ID int64 `json:"id"`
}

type customersRedactPayload struct {
	complianceShop
	Customer       RedactedCustomer `json:"customer"`
	OrdersToRedact []int64          `json:"orders_to_redact"`
}

type scopesUpdatePayload struct {
	ID        int64     `json:"id"`
	ShopID    string    `json:"shop_id"`
	Previous  []string  `json:"previous"`
	Current   []string  `json:"current"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (p shopProfile) compliance() complianceShop { return complianceShop{p.ID, p.Domain} }

// shopRedact is sent 48 hours after an uninstall.
func (p shopProfile) shopRedact() any { return p.compliance() }

// customersRedact asks to erase a customer; orders are numbers of orders.
func (p shopProfile) customersRedact(c RedactedCustomer, orders ...int64) any {
	return customersRedactPayload{p.compliance(), c, orEmpty(orders)}
}

// dataRequest asks for a customer's data, for the merchant to pass on.
func (p shopProfile) dataRequest(request int64, c RedactedCustomer, orders ...int64) any {
	return dataRequestPayload{p.compliance(), c, orEmpty(orders), dataRequestID{request}}
}

// scopesUpdate names the shop by GID where the other topics have its number.
func (p shopProfile) scopesUpdate(id int64, previous, current []string, at time.Time) any {
	return scopesUpdatePayload{
		ID: id, ShopID: fmt.Sprintf("gid://shopify/Shop/%d", p.ID),
		Previous: orEmpty(previous), Current: orEmpty(current), UpdatedAt: at.UTC(),
	}
}

// appUninstalled carries the whole shop resource.
func (p shopProfile) appUninstalled(at time.Time) any {
	return map[string]any{
		"id": p.ID, "name": p.Name, "domain": p.Domain, "myshopify_domain": p.Domain, "source": nil,
		"email": "owner@" + p.Domain, "customer_email": "owner@" + p.Domain, "phone": "", "shop_owner": "Shop Owner",
		"address1": "1 Main Street", "address2": nil, "city": "Springfield", "zip": "62701",
		"province": "Illinois", "province_code": "IL", "country": "US", "country_code": "US", "country_name": "United States",
		"latitude": nil, "longitude": nil, "primary_locale": "en", "primary_location_id": p.ID + 1,
		"created_at": at.UTC().Format(time.RFC3339), "updated_at": at.UTC().Format(time.RFC3339),
		"currency": p.Currency, "enabled_presentment_currencies": []string{p.Currency},
		"timezone": p.TimeZone, "iana_timezone": p.TimeZone, "weight_unit": "kg",
		"money_format": "{{amount}}", "money_in_emails_format": "{{amount}}",
		"money_with_currency_format":           "{{amount}} " + p.Currency,
		"money_with_currency_in_emails_format": "{{amount}} " + p.Currency,
		"taxes_included":                       p.TaxesIncluded, "auto_configure_tax_inclusivity": nil, "tax_shipping": nil, "county_taxes": nil,
		"plan_display_name": "Basic", "plan_name": "basic", "has_discounts": false, "has_gift_cards": false,
		"google_apps_domain": nil, "google_apps_login_enabled": nil, "password_enabled": false, "has_storefront": true,
		"eligible_for_payments": true, "requires_extra_payments_agreement": false, "finances": true,
		"checkout_api_supported": true, "multi_location_enabled": false, "setup_required": false, "pre_launch_enabled": false,
		"marketing_sms_consent_enabled_at_checkout": false, "transactional_sms_disabled": false,
	}
}

// orEmpty makes a missing list an empty one: the schemas allow no null there.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
