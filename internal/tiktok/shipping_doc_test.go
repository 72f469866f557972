package tiktok

import (
	"reflect"
	"testing"
)

func TestShippingFieldsAreDocumented(t *testing.T) {
	t.Parallel()
	content := func(file string, ep endpoint, method string, below ...string) any {
		var document struct {
			Paths map[string]map[string]any `json:"paths"`
		}
		readJSON(t, "../sandbox/tiktoksim/contract/"+file, &document)
		return dig(t, dig(t, document.Paths[ep.path][method], below...), "content", "application/json", "schema")
	}
	providers := content("logistics.json", shippingProviders, "get", "responses", "200")
	checkFields(t, "provider", reflect.TypeFor[ShippingProvider](), dig(t, providers, "properties", "data", "properties", "shipping_providers", "items"))
	marked := dig(t, content("fulfillment.json", markShipped, "post", "responses", "200"), "properties", "data", "properties")
	for _, name := range []string{"package_id", "order_line_item_ids", "warning"} {
		dig(t, marked, name)
	}
	for _, ep := range []endpoint{markShipped, updateOrderShipping, updatePackageShipping} {
		body := dig(t, content("fulfillment.json", ep, "post", "requestBody"), "properties")
		dig(t, body, "tracking_number")
		dig(t, body, "shipping_provider_id")
	}
}
