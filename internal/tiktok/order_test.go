package tiktok

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// unread are fields of the samples that nothing here has a use for.
var unread = []string{"cancel_order_sla_time", "collection_due_time", "delivery_sla_time"}

// Every field of every sample comes out with the value it went in with, so a
// misspelled tag or a field that is decoded into the wrong place shows.
func TestOrdersDecodeWhole(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/orders/*.json")
	if err != nil || len(files) < 12 {
		t.Fatalf("samples are missing: %v %v", files, err)
	}
	for _, file := range files {
		var answer struct {
			Data struct {
				Orders []json.RawMessage `json:"orders"`
			} `json:"data"`
		}
		readJSON(t, file, &answer)
		for _, raw := range answer.Data.Orders {
			var order Order
			if err := json.Unmarshal(raw, &order); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			compareWithSource(t, file+" "+string(order.ID), raw, order)
		}
	}
}

func compareWithSource(t *testing.T, name string, raw []byte, order Order) {
	t.Helper()
	again, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &got); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(want, func(k string, _ any) bool { return slices.Contains(unread, k) })
	if diff := cmp.Diff(want, intersect(got, want)); diff != "" {
		t.Errorf("%s (-sent +decoded):\n%s", name, diff)
	}
}

// intersect keeps of got what want has, at every depth.
func intersect(got, want any) any {
	switch w := want.(type) {
	case map[string]any:
		kept := map[string]any{}
		g, _ := got.(map[string]any)
		for name := range w {
			if value, ok := g[name]; ok {
				kept[name] = intersect(value, w[name])
			}
		}
		return kept
	case []any:
		g, _ := got.([]any)
		kept := make([]any, len(g))
		for i := range g {
			kept[i] = g[i]
			if i < len(w) {
				kept[i] = intersect(g[i], w[i])
			}
		}
		return kept
	default:
		return got
	}
}

// newer are fields that TikTok announced after the document was published.
var newer = []string{"order.is_subscription_order"}

// The names that are decoded are those of TikTok's own document.
func TestOrderFieldsAreDocumented(t *testing.T) {
	t.Parallel()
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	readJSON(t, "../sandbox/tiktoksim/contract/order.json", &document)
	schema := dig(t, document.Paths[orderDetail.path]["get"], "responses", "200", "content", "application/json", "schema",
		"properties", "data", "properties", "orders", "items")
	checkFields(t, "order", reflect.TypeFor[Order](), schema)
}

func checkFields(t *testing.T, path string, typ reflect.Type, schema any) {
	t.Helper()
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		if typ.Kind() == reflect.Slice {
			schema = dig(t, schema, "items")
		}
		typ = typ.Elem()
	}
	want := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Int64: "integer", reflect.Int: "integer"}
	if typ.Kind() != reflect.Struct {
		if got := dig(t, schema, "type"); got != want[typ.Kind()] {
			t.Errorf("%s is a %v here and a %v at TikTok", path, typ.Kind(), got)
		}
		return
	}
	properties := dig(t, schema, "properties").(map[string]any)
	for i := range typ.NumField() {
		name := typ.Field(i).Tag.Get("json")
		field := path + "." + name
		if slices.Contains(newer, field) {
			continue
		}
		if properties[name] == nil {
			t.Errorf("%s is not documented", field)
			continue
		}
		checkFields(t, field, typ.Field(i).Type, properties[name])
	}
}

func dig(t *testing.T, from any, names ...string) any {
	t.Helper()
	for _, name := range names {
		object, ok := from.(map[string]any)
		if !ok || object[name] == nil {
			t.Fatalf("the document has no %s", name)
		}
		from = object[name]
	}
	return from
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func TestOrderDecodesLeniently(t *testing.T) {
	t.Parallel()
	raw := `{"id": 576900000000010001, "status":"SOMETHING_NEW", "is_sample_order":"true", "is_cod":0, "is_gift_wrap":{"new":[1]},
		"create_time":"1795100000", "update_time":null, "paid_time":"", "packages":null, "recipient_address":null,
		"payment":{"total_amount": 12.50, "currency":"USD"}, "line_items":[{"id":"1","is_gift":"false","combined_listing_skus":[{"sku_count":"2"}]}]}`
	var order Order
	if err := json.Unmarshal([]byte(raw), &order); err != nil {
		t.Fatal(err)
	}
	want := Order{
		ID: "576900000000010001", Status: "SOMETHING_NEW", IsSampleOrder: true, CreateTime: 1795100000,
		Payment:   Payment{TotalAmount: "12.50", Currency: "USD"},
		LineItems: []LineItem{{ID: "1", CombinedListingSKUs: []BundleComponent{{SKUCount: 2}}}},
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOrderRefusesWhatDoesNotFitWithoutQuotingIt(t *testing.T) {
	t.Parallel()
	for raw, field := range map[string]string{
		`{"line_items":{"0":"Jane Doe"}}`:                                  "line_items",
		`{"payment":"Jane Doe"}`:                                           "payment",
		`{"create_time":"Jane Doe"}`:                                       "create_time",
		`{"is_cod":"Jane Doe"}`:                                            "is_cod",
		`{"recipient_address":{"name":["Jane Doe"]}}`:                      "recipient_address.name",
		`{"line_items":[{},{"item_tax":[{"tax_rate":{"a":"Jane Doe"}}]}]}`: "line_items[1].item_tax[0].tax_rate",
	} {
		var order Order
		err := json.Unmarshal([]byte(raw), &order)
		if err == nil || !strings.Contains(err.Error(), "field "+field+" ") || strings.Contains(err.Error(), "Jane") {
			t.Errorf("%s: error %v, want one that names %s and quotes nothing", raw, err, field)
		}
	}
}

func TestShippedByTikTok(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fulfillment FulfillmentType
		shipping    ShippingType
		want        bool
	}{
		{FulfillmentBySeller, ShippingBySeller, false},
		{FulfillmentBySeller, ShippingByTikTok, true},
		{FulfillmentByTikTok, ShippingBySeller, true},
		{FulfillmentByTikTok, ShippingByTikTok, true},
	} {
		if got := (Order{FulfillmentType: c.fulfillment, ShippingType: c.shipping}).ShippedByTikTok(); got != c.want {
			t.Errorf("%s, %s: %t", c.fulfillment, c.shipping, got)
		}
	}
}
