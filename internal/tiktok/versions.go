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
// `authorization.json`, `event.json`). Whoever adds one decides its pace too.
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

// The two calls of the authorization host. They are not signed, the secret
// travels in the query.
var (
	tokenGet     = endpoint{op: "token.get", method: http.MethodGet, path: "/api/v2/token/get"}
	tokenRefresh = endpoint{op: "token.refresh", method: http.MethodGet, path: "/api/v2/token/refresh"}
)
