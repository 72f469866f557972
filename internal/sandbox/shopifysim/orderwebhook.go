package shopifysim

import (
	"strings"
	"time"
)

// orderWebhook is the payload of orders/create and orders/updated, the order resource of Shopify's webhook reference
// 2026-07 less what the simulator knows nothing about. Amounts are strings, ids are numbers.
func orderWebhook(r *orderRecord) map[string]any {
	c := r.Currency
	return map[string]any{
		"id": numericID(r.GID), "admin_graphql_api_id": r.GID, "name": r.Name, "number": r.Number - firstOrderNumber + 1,
		"order_number": r.Number, "source_name": r.SourceName, "source_identifier": orNull(r.SourceIdentifier),
		"source_url": orNull(r.SourceURL), "tags": strings.Join(r.Tags, ", "), "test": r.Test, "confirmed": true,
		"note": orNull(r.Note), "note_attributes": noteAttributes(r.CustomAttributes), "po_number": orNull(r.PONumber),
		"email": r.Email, "contact_email": orNull(r.Email), "phone": orNull(r.Phone),
		"buyer_accepts_marketing": r.BuyerAcceptsMarketing,
		"currency":                c, "presentment_currency": c, "taxes_included": r.TaxesIncluded,
		"financial_status": strings.ToLower(r.FinancialStatus), "fulfillment_status": restFulfillment(r.FulfillmentStatus),
		"created_at": stamp(r.CreatedAt), "processed_at": stamp(r.ProcessedAt), "updated_at": restTime(r.UpdatedAt),
		"closed_at": stampOrNull(r.ClosedAt), "cancelled_at": stampOrNull(r.Canceled), "cancel_reason": orNull(strings.ToLower(r.CancelReason)),
		"payment_gateway_names": orEmpty(gateways(r.Order)),
		"subtotal_price":        fixed(r.Subtotal, c), "current_subtotal_price": fixed(r.Subtotal, c),
		"total_price": fixed(r.Total, c), "total_price_set": restBag(r.Total, c),
		"current_total_price": fixed(r.current(), c), "current_total_price_set": restBag(r.current(), c),
		"total_tax": fixed(r.Tax, c), "current_total_tax": fixed(r.Tax, c), "total_discounts": fixed(0, c),
		"total_shipping_price_set": restBag(r.Shipping, c), "total_outstanding": fixed(max(0, r.Total-r.Received), c),
		"line_items": restLines(r), "shipping_lines": restShipping(r), "tax_lines": restTaxes(allTaxes(r.Order), c),
		"shipping_address": restAddress(r.ShippingAddress), "billing_address": restAddress(r.BillingTo),
		"customer": restCustomer(r.Customer), "discount_codes": []any{}, "discount_applications": []any{},
		"fulfillments": restFulfillments(r), "refunds": restRefunds(r), "returns": []any{},
	}
}

// restTime has the shop's offset in real payloads; a reader must take any.
func restTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05-07:00") }

func restFulfillment(status string) any {
	switch status {
	case "FULFILLED":
		return "fulfilled"
	case "PARTIALLY_FULFILLED":
		return "partial"
	case "RESTOCKED":
		return "restocked"
	}
	return nil
}

func restBag(n int64, currency string) map[string]any {
	m := map[string]any{"amount": fixed(n, currency), "currency_code": currency}
	return map[string]any{"shop_money": m, "presentment_money": m}
}

func noteAttributes(list []Attribute) []any {
	out := make([]any, len(list))
	for i, a := range list {
		out[i] = map[string]any{"name": a.Key, "value": a.Value}
	}
	return out
}

func restLines(r *orderRecord) []any {
	out := make([]any, len(r.Lines))
	for i, l := range r.Lines {
		out[i] = map[string]any{
			"id": numericID(l.GID), "admin_graphql_api_id": l.GID, "title": l.Title, "name": l.Title,
			"variant_title": orNull(l.VariantTitle), "sku": orNull(l.SKU), "vendor": orNull(l.Vendor),
			"quantity": l.Quantity, "current_quantity": l.Quantity - l.Removed, "fulfillable_quantity": r.unfulfilled(l),
			"price": fixed(l.Price, r.Currency), "price_set": restBag(l.Price, r.Currency),
			"total_discount": fixed(0, r.Currency), "taxable": l.Taxable, "requires_shipping": l.RequiresShipping,
			"gift_card": false, "variant_id": idOrNull(l.VariantGID), "product_id": idOrNull(l.ProductGID),
			"properties": noteAttributes(l.Properties), "tax_lines": restTaxes(l.Taxes, r.Currency),
			"fulfillment_service": "manual", "fulfillment_status": restLineStatus(r, l), "product_exists": l.ProductGID != "",
			"variant_inventory_management": nil, "grams": 0, "total_discount_set": restBag(0, r.Currency),
			"discount_allocations": []any{}, "duties": []any{},
		}
	}
	return out
}

func restLineStatus(r *orderRecord, l Line) any {
	switch shipped := r.shipped(l); {
	case shipped == 0:
		return nil
	case r.unfulfilled(l) > 0:
		return "partial"
	}
	return "fulfilled"
}

func restRefunds(r *orderRecord) []any {
	out := make([]any, len(r.Refunds))
	for i, f := range r.Refunds {
		out[i] = refundWebhook(r, f)
	}
	return out
}

func restShipping(r *orderRecord) []any {
	out := make([]any, len(r.ShippingLines))
	for i, l := range r.ShippingLines {
		out[i] = map[string]any{
			"id": numericID(l.GID), "title": l.Title, "code": orNull(l.Code), "source": orNull(l.Source),
			"price": fixed(l.Price, r.Currency), "price_set": restBag(l.Price, r.Currency),
			"tax_lines": restTaxes(l.Taxes, r.Currency),
		}
	}
	return out
}

func restTaxes(taxes []Tax, currency string) []any {
	out := make([]any, len(taxes))
	for i, o := range taxObjects(taxes, currency) {
		out[i] = map[string]any{
			"title": taxes[i].Title, "rate": o.fields["rate"], "price": fixed(taxes[i].Amount, currency),
			"price_set": restBag(taxes[i].Amount, currency), "channel_liable": taxes[i].ChannelLiable,
		}
	}
	return out
}

func restAddress(a *Address) any {
	if a == nil {
		return nil
	}
	return map[string]any{
		"first_name": orNull(a.FirstName), "last_name": orNull(a.LastName), "name": fullName(a),
		"company": orNull(a.Company), "address1": orNull(a.Address1), "address2": orNull(a.Address2),
		"city": orNull(a.City), "province": orNull(a.Province), "province_code": orNull(a.ProvinceCode),
		"country_code": orNull(a.CountryCode), "zip": orNull(a.Zip), "phone": orNull(a.Phone),
	}
}

func restCustomer(c *Customer) any {
	if c == nil {
		return nil
	}
	return map[string]any{
		"id": numericID(c.GID), "admin_graphql_api_id": c.GID, "email": orNull(c.Email), "phone": orNull(c.Phone),
		"first_name": orNull(c.FirstName), "last_name": orNull(c.LastName), "note": orNull(c.Note),
	}
}

func idOrNull(gid string) any {
	if gid == "" {
		return nil
	}
	return numericID(gid)
}
