package pages

import (
	"strings"

	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// OrderPath is the page of one order.
func OrderPath(id tiktok.OrderID) string { return "/orders/" + string(id) }

// AdminOrder is an order's page in Shopify's admin, which adminURL is the address of.
func AdminOrder(adminURL string, shop shopify.Domain, order shopify.GID) string {
	name, _, _ := strings.Cut(string(shop), ".")
	return adminURL + "/store/" + name + "/orders/" + order.LegacyID()
}
