package tiktok

import "net/http"

// endpoint is one call of the API. Op names it in errors, logs and limits.
type endpoint struct {
	op, method, path string
	pace             pace
}

// The endpoints in use. A version is a month in the path and is pinned per
// endpoint; a month that does not exist is answered 404 with code 36009009.
// These are the newest in TikTok's own OpenAPI documents (`order.json`,
// `return_refund.json`, `authorization.json`, `event.json`), but for the one
// that they lack. Whoever adds one decides its pace too.
var (
	authorizedShops   = endpoint{"authorization.shops", http.MethodGet, "/authorization/202309/shops", steady}
	orderDetail       = endpoint{"order.detail", http.MethodGet, "/order/202507/orders", brisk}
	orderSearch       = endpoint{"order.search", http.MethodPost, "/order/202309/orders/search", steady}
	externalOrders    = endpoint{"order.external.list", http.MethodGet, "/order/202406/orders/{order_id}/external_orders", brisk}
	addExternalOrders = endpoint{"order.external.add", http.MethodPost, "/order/202406/orders/external_orders", brisk}
	webhookList       = endpoint{"event.webhooks.list", http.MethodGet, "/event/202309/webhooks", steady}
	webhookSet        = endpoint{"event.webhooks.set", http.MethodPut, "/event/202309/webhooks", steady}
	webhookDelete     = endpoint{"event.webhooks.delete", http.MethodDelete, "/event/202309/webhooks", steady}
)

// Returns and cancellations. The documents end before decisionEligibility, of
// which only Partner Center tells; nothing else says what the seller may decide.
var (
	aftersaleEligibility = endpoint{"aftersale.eligibility", http.MethodGet, "/return_refund/202512/orders/{order_id}/aftersale_eligibility", brisk}
	calculateRefund      = endpoint{"refund.calculate", http.MethodPost, "/return_refund/202309/refunds/calculate", brisk}
	createReturn         = endpoint{"return.create", http.MethodPost, "/return_refund/202309/returns", brisk}
	searchReturns        = endpoint{"return.search", http.MethodPost, "/return_refund/202309/returns/search", brisk}
	approveReturn        = endpoint{"return.approve", http.MethodPost, "/return_refund/202309/returns/{return_id}/approve", brisk}
	rejectReturn         = endpoint{"return.reject", http.MethodPost, "/return_refund/202309/returns/{return_id}/reject", brisk}
	returnRecords        = endpoint{"return.records", http.MethodGet, "/return_refund/202309/returns/{return_id}/records", steady}
	createCancellation   = endpoint{"cancellation.create", http.MethodPost, "/return_refund/202309/cancellations", brisk}
	searchCancellations  = endpoint{"cancellation.search", http.MethodPost, "/return_refund/202309/cancellations/search", brisk}
	approveCancellation  = endpoint{"cancellation.approve", http.MethodPost, "/return_refund/202309/cancellations/{cancel_id}/approve", brisk}
	rejectCancellation   = endpoint{"cancellation.reject", http.MethodPost, "/return_refund/202309/cancellations/{cancel_id}/reject", brisk}
	rejectReasons        = endpoint{"aftersale.reject_reasons", http.MethodGet, "/return_refund/202309/reject_reasons", steady}
	decisionEligibility  = endpoint{"aftersale.decisions", http.MethodGet, "/return_refund/202601/decision_eligibility", brisk}
)

// Shipping by the seller (`fulfillment.json`, `logistics.json`).
var (
	shippingProviders     = endpoint{"logistics.providers", http.MethodGet, "/logistics/202309/delivery_options/{delivery_option_id}/shipping_providers", steady}
	markShipped           = endpoint{"fulfillment.mark_shipped", http.MethodPost, "/fulfillment/202309/orders/{order_id}/packages", brisk}
	updateOrderShipping   = endpoint{"fulfillment.update_order", http.MethodPost, "/fulfillment/202309/orders/{order_id}/shipping_info/update", brisk}
	updatePackageShipping = endpoint{"fulfillment.update_package", http.MethodPost, "/fulfillment/202309/packages/{package_id}/shipping_info/update", brisk}
)

// The two calls of the authorization host. They are not signed, the secret
// travels in the query.
var (
	tokenGet     = endpoint{op: "token.get", method: http.MethodGet, path: "/api/v2/token/get"}
	tokenRefresh = endpoint{op: "token.refresh", method: http.MethodGet, path: "/api/v2/token/refresh"}
)
