package shopifysim

import (
	"strings"

	"github.com/switchbackhq/switchback/graphql/schema"
)

// newResolvers is everything the simulator does, by "Type.field". A field that is not here is read from its object;
// what is in neither place is not simulated, and asking for it is a violation.
func newResolvers() map[string]resolver {
	return map[string]resolver{
		"QueryRoot.shop":                   queryShop,
		"QueryRoot.currentAppInstallation": queryInstallation,
		"QueryRoot.order":                  queryOrder,
		"QueryRoot.orderByIdentifier":      queryOrderByIdentifier,
		"QueryRoot.orders":                 queryOrders,
		"QueryRoot.refund":                 queryRefund,
		"QueryRoot.fulfillment":            queryFulfillment,
		"QueryRoot.fulfillmentOrder":       queryFulfillmentOrder,
		"QueryRoot.productVariant":         queryVariant,
		"QueryRoot.productVariants":        queryVariants,
		"QueryRoot.location":               queryLocation,
		"QueryRoot.locations":              queryLocations,
		"QueryRoot.job":                    queryJob,

		"Mutation.orderCreate":                   orderCreate,
		"Mutation.orderUpdate":                   orderUpdate,
		"Mutation.orderCancel":                   orderCancel,
		"Mutation.orderDelete":                   orderDelete,
		"Mutation.refundCreate":                  refundCreate,
		"Mutation.fulfillmentCreate":             fulfillmentCreate,
		"Mutation.fulfillmentCancel":             fulfillmentCancel,
		"Mutation.fulfillmentTrackingInfoUpdate": fulfillmentTrackingInfoUpdate,
		"Mutation.fulfillmentEventCreate":        fulfillmentEventCreate,
		"Mutation.tagsAdd":                       tagsAdd,
		"Mutation.tagsRemove":                    tagsRemove,
		"Mutation.metafieldsSet":                 metafieldsSet,

		"Order.lineItems":         connected("LineItem", lineObjects),
		"Order.shippingLines":     connected("ShippingLine", shippingObjects),
		"Order.transactions":      listed(transactionObjects),
		"Order.fulfillments":      listed(fulfillmentObjects),
		"Order.refunds":           listed(refundObjects),
		"Order.fulfillmentOrders": connected("FulfillmentOrder", fulfillmentOrderObjects),
		"Order.metafield":         orderMetafield,
		"Order.metafields":        orderMetafields,

		"FulfillmentOrder.lineItems":       connected("FulfillmentOrderLineItem", fulfillmentOrderLineObjects),
		"Fulfillment.order":                fulfillmentOrderOf,
		"Fulfillment.trackingInfo":         listed(trackingObjects),
		"Fulfillment.fulfillmentLineItems": connected("FulfillmentLineItem", fulfillmentLineObjects),
		"Fulfillment.events":               connected("FulfillmentEvent", eventObjects),

		"Refund.order":               refundOrder,
		"Refund.refundLineItems":     connected("RefundLineItem", refundLineObjects),
		"Refund.refundShippingLines": connected("RefundShippingLine", refundShippingObjects),
		"Refund.orderAdjustments":    connected("OrderAdjustment", adjustmentObjects),
		"Refund.transactions":        connected("OrderTransaction", refundTransactionObjects),
		"Return.returnLineItems":     connected("ReturnLineItemType", returnLineObjects),
	}
}

func queryShop(x *execution, _ any, _ input) (any, error) {
	spec := x.shop.spec
	return object{typ: "Shop", fields: map[string]any{
		"id": x.shop.gid, "name": spec.Name, "myshopifyDomain": spec.Domain,
		"currencyCode": spec.Currency, "ianaTimezone": spec.TimeZone, "taxesIncluded": spec.TaxesIncluded,
		"orderNumberFormatPrefix": spec.OrderNumberPrefix, "orderNumberFormatSuffix": spec.OrderNumberSuffix,
		"enabledPresentmentCurrencies": []string{spec.Currency}, "email": "owner@example.com",
		"contactEmail": "support@example.com", "url": "https://" + spec.Domain,
		"plan": object{typ: "ShopPlan", fields: map[string]any{
			"publicDisplayName": "Basic", "displayName": "Basic", "partnerDevelopment": spec.DevelopmentShop,
			"shopifyPlus": false,
		}},
	}}, nil
}

func queryInstallation(x *execution, _ any, _ input) (any, error) {
	scopes := make([]object, len(x.scopes))
	for i, s := range x.scopes {
		scopes[i] = object{typ: "AccessScope", fields: map[string]any{"handle": s, "description": s}}
	}
	id := strings.TrimPrefix(x.sim.appNamespace(), "app--")
	return object{typ: "AppInstallation", fields: map[string]any{
		"id": "gid://shopify/AppInstallation/" + id, "accessScopes": scopes,
		"launchUrl": "https://" + x.shop.spec.Domain + "/admin/apps/" + x.sim.opts.APIKey, "uninstallUrl": nil,
		"app": object{typ: "App", fields: map[string]any{
			"id": "gid://shopify/App/" + id, "apiKey": x.sim.opts.APIKey, "title": "The app", "handle": "the-app",
			"embedded": true, "webhookApiVersion": schema.APIVersion,
		}},
	}}, nil
}

func queryOrder(x *execution, _ any, args input) (any, error) {
	return x.orderOrNull(x.shop.orderByID(args.text("id"))), nil
}

func (x *execution) orderOrNull(r *orderRecord) any {
	if r == nil {
		return nil
	}
	return x.orderObject(r)
}

// queryOrderByIdentifier reads the order itself, never the index.
func queryOrderByIdentifier(x *execution, _ any, args input) (any, error) {
	identifier := args.object("identifier")
	if gid := identifier.text("id"); gid != "" {
		return x.orderOrNull(x.shop.orderByID(gid)), nil
	}
	custom := identifier.object("customId")
	namespace, key := x.sim.namespace(custom.text("namespace")), custom.text("key")
	if !x.sim.isID(namespace, key) {
		return nil, &apiError{code: "NOT_FOUND",
			message: "Metafield definition of type 'id' is required when using custom ids."}
	}
	return x.orderOrNull(x.shop.orderByMetafield(namespace, key, custom.text("value"))), nil
}

func orderMetafield(x *execution, of any, args input) (any, error) {
	r := of.(*orderRecord)
	m, ok := findMetafield(r.Metafields, x.sim.namespace(args.text("namespace")), args.text("key"))
	if !ok {
		return nil, nil
	}
	return x.metafieldObject(m, r), nil
}

func orderMetafields(x *execution, of any, args input) (any, error) {
	r := of.(*orderRecord)
	var nodes []object
	for _, m := range r.Metafields {
		if !args.has("namespace") || m.Namespace == x.sim.namespace(args.text("namespace")) {
			nodes = append(nodes, x.metafieldObject(m, r))
		}
	}
	return connection("Metafield", nodes, args)
}
