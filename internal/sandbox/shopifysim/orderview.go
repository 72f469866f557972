package shopifysim

import (
	"slices"
	"strconv"
	"time"
)

// stamp writes a time as Shopify's GraphQL does: UTC, whole seconds.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// orNull is for fields that are null rather than empty.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func stampOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

// orderObject is the GraphQL type Order. Connections and lists that take arguments are in resolvers.go.
func (x *execution) orderObject(r *orderRecord) object {
	c := r.Currency
	amount := func(n int64) object { return bag(n, c) }
	return object{typ: "Order", of: r, fields: map[string]any{
		"id": r.GID, "legacyResourceId": legacyID(r.GID), "name": r.Name, "number": r.Number,
		"app": orderApp(x, r), "sourceName": orNull(r.SourceName),
		"sourceIdentifier": orNull(r.SourceIdentifier), "registeredSourceUrl": orNull(r.SourceURL),
		"tags": r.Tags, "customAttributes": attributeObjects(r.CustomAttributes), "note": orNull(r.Note),
		"poNumber": orNull(r.PONumber), "email": orNull(r.Email), "phone": orNull(r.Phone),
		"customer": customerObject(r.Customer), "customerAcceptsMarketing": r.BuyerAcceptsMarketing,
		"shippingAddress": addressObject(r.ShippingAddress, r.GID), "billingAddress": addressObject(r.BillingTo, r.GID),
		"currencyCode": c, "presentmentCurrencyCode": c, "taxesIncluded": r.TaxesIncluded, "test": r.Test,
		"createdAt": stamp(r.CreatedAt), "processedAt": stamp(r.ProcessedAt), "updatedAt": stamp(r.UpdatedAt),
		"closedAt": stampOrNull(r.ClosedAt), "closed": !r.ClosedAt.IsZero(),
		"cancelledAt": stampOrNull(r.Canceled), "cancelReason": orNull(r.CancelReason), "confirmed": true,
		"displayFinancialStatus": r.FinancialStatus, "displayFulfillmentStatus": r.FulfillmentStatus,
		"returnStatus": "NO_RETURN", "fullyPaid": r.Received >= r.Total, "unpaid": r.Received < r.Total,
		"subtotalPriceSet": amount(r.Subtotal), "currentSubtotalPriceSet": amount(r.Subtotal),
		"totalPriceSet": amount(r.Total), "currentTotalPriceSet": amount(r.current()),
		"originalTotalPriceSet": amount(r.Total),
		"totalTaxSet":           amount(r.Tax), "currentTotalTaxSet": amount(r.Tax),
		"totalShippingPriceSet": amount(r.Shipping), "currentShippingPriceSet": amount(r.Shipping),
		"totalReceivedSet": amount(r.Received), "totalRefundedSet": amount(r.Refunded), "netPaymentSet": amount(r.Received - r.Refunded),
		"totalOutstandingSet": amount(max(0, r.Total-r.Received)), "totalDiscountsSet": amount(0),
		"taxLines": taxObjects(allTaxes(r.Order), c), "paymentGatewayNames": gateways(r.Order),
		"shippingLine": firstOrNull(shippingObjects(x, r)), "subtotalLineItemsQuantity": units(r.Order),
		"currentSubtotalLineItemsQuantity": standing(r.Order), "requiresShipping": requiresShipping(r.Order),
		"canNotifyCustomer": r.Email != "" || r.Phone != "",
	}}
}

func orderApp(x *execution, r *orderRecord) object {
	name := "Another app"
	if r.App == x.sim.opts.APIKey {
		name = "The app"
	}
	return object{typ: "OrderApp", fields: map[string]any{"id": "gid://shopify/App/" + digest(r.App), "name": name}}
}

func firstOrNull(list []object) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func attributeObjects(list []Attribute) []object {
	out := make([]object, len(list))
	for i, a := range list {
		out[i] = object{typ: "Attribute", fields: map[string]any{"key": a.Key, "value": orNull(a.Value)}}
	}
	return out
}

func customerObject(c *Customer) any {
	if c == nil {
		return nil
	}
	return object{typ: "Customer", of: c, fields: map[string]any{
		"id": c.GID, "legacyResourceId": legacyID(c.GID), "email": orNull(c.Email), "phone": orNull(c.Phone),
		"firstName": orNull(c.FirstName), "lastName": orNull(c.LastName), "note": orNull(c.Note),
		"displayName": c.FirstName + " " + c.LastName,
	}}
}

func addressObject(a *Address, owner string) any {
	if a == nil {
		return nil
	}
	return object{typ: "MailingAddress", fields: map[string]any{
		"id":        "gid://shopify/MailingAddress/" + legacyID(owner) + "?model_name=Address",
		"firstName": orNull(a.FirstName), "lastName": orNull(a.LastName), "company": orNull(a.Company),
		"name":     orNull(fullName(a)),
		"address1": orNull(a.Address1), "address2": orNull(a.Address2), "city": orNull(a.City),
		"province": orNull(a.Province), "provinceCode": orNull(a.ProvinceCode),
		"countryCode": orNull(a.CountryCode), "countryCodeV2": orNull(a.CountryCode),
		"zip": orNull(a.Zip), "phone": orNull(a.Phone),
	}}
}

func fullName(a *Address) string {
	switch {
	case a.FirstName == "":
		return a.LastName
	case a.LastName == "":
		return a.FirstName
	}
	return a.FirstName + " " + a.LastName
}

func lineObjects(x *execution, r *orderRecord) []object {
	out := make([]object, len(r.Lines))
	for i, l := range r.Lines {
		unit, total := bag(l.Price, r.Currency), bag(l.Price*int64(l.Quantity), r.Currency)
		standing := l.Quantity - l.Removed
		unfulfilled := r.unfulfilled(l)
		name := l.Title
		if l.VariantTitle != "" {
			name += " - " + l.VariantTitle
		}
		out[i] = object{typ: "LineItem", of: r.Lines[i], fields: map[string]any{
			"id": l.GID, "title": l.Title, "name": name, "variantTitle": orNull(l.VariantTitle), "sku": orNull(l.SKU),
			"vendor": orNull(l.Vendor), "quantity": l.Quantity, "currentQuantity": standing,
			"refundableQuantity": standing, "unfulfilledQuantity": unfulfilled, "fulfillableQuantity": unfulfilled,
			"requiresShipping": l.RequiresShipping, "taxable": l.Taxable, "isGiftCard": false,
			"customAttributes":     attributeObjects(l.Properties),
			"originalUnitPriceSet": unit, "discountedUnitPriceSet": unit, "originalTotalSet": total,
			"discountedUnitPriceAfterAllDiscountsSet": unit, "discountedTotalSet": total,
			"variant":  x.variantOrNull(l.VariantGID),
			"taxLines": taxObjects(l.Taxes, r.Currency),
		}}
	}
	return out
}

func shippingObjects(_ *execution, r *orderRecord) []object {
	out := make([]object, len(r.ShippingLines))
	for i, l := range r.ShippingLines {
		price := bag(l.Price, r.Currency)
		out[i] = object{typ: "ShippingLine", fields: map[string]any{
			"id": l.GID, "title": l.Title, "code": orNull(l.Code), "source": orNull(l.Source), "custom": true,
			"originalPriceSet": price, "discountedPriceSet": price, "currentDiscountedPriceSet": price,
			"isRemoved": false, "taxLines": taxObjects(l.Taxes, r.Currency),
		}}
	}
	return out
}

func taxObjects(taxes []Tax, currency string) []object {
	out := make([]object, len(taxes))
	for i, t := range taxes {
		rate, _ := strconv.ParseFloat(t.Rate, 64) // read as a number when the order was written
		out[i] = object{typ: "TaxLine", fields: map[string]any{
			"title": t.Title, "rate": rate, "ratePercentage": rate * 100, "channelLiable": t.ChannelLiable,
			"priceSet": bag(t.Amount, currency), "source": nil,
		}}
	}
	return out
}

func transactionObjects(_ *execution, r *orderRecord) []object {
	out := make([]object, len(r.Transactions))
	for i, t := range r.Transactions {
		out[i] = object{typ: "OrderTransaction", of: t, fields: map[string]any{
			"id": t.GID, "kind": t.Kind, "status": t.Status, "gateway": t.Gateway, "formattedGateway": t.Gateway,
			"amountSet": bag(t.Amount, r.Currency), "test": t.Test, "createdAt": stamp(r.CreatedAt),
			"processedAt": stamp(t.ProcessedAt), "authorizationCode": orNull(t.AuthorizationCode),
			"parentTransaction": parentOrNull(t), "manualPaymentGateway": true, "manuallyCapturable": false,
		}}
	}
	return out
}

func parentOrNull(t Transaction) any {
	if t.Parent == "" {
		return nil
	}
	return object{typ: "OrderTransaction", fields: map[string]any{"id": t.Parent}}
}

func allTaxes(o Order) []Tax {
	out := append([]Tax{}, o.Taxes...)
	for _, l := range o.Lines {
		out = append(out, l.Taxes...)
	}
	for _, l := range o.ShippingLines {
		out = append(out, l.Taxes...)
	}
	return out
}

func gateways(o Order) []string {
	var out []string
	for _, t := range o.Transactions {
		if !slices.Contains(out, t.Gateway) {
			out = append(out, t.Gateway)
		}
	}
	return out
}

func units(o Order) int {
	n := 0
	for _, l := range o.Lines {
		n += l.Quantity
	}
	return n
}

// standing counts the units that were neither refunded nor cancelled.
func standing(o Order) int {
	n := 0
	for _, l := range o.Lines {
		n += l.Quantity - l.Removed
	}
	return n
}

func requiresShipping(o Order) bool {
	for _, l := range o.Lines {
		if l.RequiresShipping {
			return true
		}
	}
	return false
}
