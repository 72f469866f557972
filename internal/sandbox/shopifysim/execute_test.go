package shopifysim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSelections(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	gid := b.mustCreate(b.simple(map[string]any{"name": "577", "tags": []any{"a"}}))
	r := b.query(`query Q($id: ID!, $yes: Boolean!, $no: Boolean = false) {
		__typename
		one: order(id: $id) { ...Parts name @include(if: $no) tags @skip(if: $no) note @skip(if: $yes) }
		two: order(id: "gid://shopify/Order/1") { id }
		shop { ... on Shop { kind: __typename } ... @include(if: $no) { name } }
	}
	fragment Parts on Order { id ... on Node { __typename } app { ... { name } } totalPriceSet { shopMoney { amount } } totalPriceSet { shopMoney { currencyCode } } }`,
		map[string]any{"id": gid, "yes": true})
	want := map[string]any{
		"__typename": "QueryRoot",
		"one": map[string]any{
			"id": gid, "__typename": "Order", "tags": []any{"a"}, "app": map[string]any{"name": "The app"},
			"totalPriceSet": map[string]any{"shopMoney": map[string]any{"amount": "12.99", "currencyCode": "USD"}},
		},
		"two":  nil,
		"shop": map[string]any{"kind": "Shop"},
	}
	if diff := cmp.Diff(want, r.Data); diff != "" {
		t.Errorf("data (-want +got):\n%s\n%s", diff, r.text())
	}
	b.wantNoViolations()
}

// A field that must not be null and cannot be answered takes its parents with it, up to one that may be null.
func TestNullsTravelUp(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Scopes: []string{"write_orders"}})
	b.mustCreate(b.simple(nil))
	r := b.query(`{ shop { id } orders(first: 1) { nodes { lineItems(first: 1) { nodes { id variant { id } } } } } }`, nil)
	if r.at("orders", "nodes", 0, "lineItems", "nodes", 0, "variant") != nil || r.code() != "ACCESS_DENIED" {
		t.Errorf("data = %v %s", r.Data, r.text())
	}
	if r.at("orders", "nodes", 0, "lineItems", "nodes", 0, "id") == nil {
		t.Error("the line went with its variant")
	}
	if r = b.query(`{ shop { id } productVariants(first: 1) { nodes { id } } }`, nil); r.Data != nil || r.code() != "ACCESS_DENIED" {
		t.Errorf("data = %v %s", r.Data, r.text())
	}
}

// Everything the simulator can answer is asked for and must fit the schema.
func TestEveryAnswerFitsTheSchema(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	gid := b.mustCreate(b.simple(map[string]any{
		"email": "jo@example.com", "note": "n", "tags": []any{"t"}, "customer": map[string]any{"toUpsert": map[string]any{"email": "jo@example.com"}},
		"shippingAddress": map[string]any{"zip": "1", "countryCode": "US"}, "billingAddress": map[string]any{"zip": "2"},
		"customAttributes": []any{map[string]any{"key": "k", "value": "v"}}, "taxLines": []any{map[string]any{"title": "T", "rate": "0.1"}},
		"shippingLines": []any{map[string]any{"title": "S", "priceSet": cash("1")}}, "transactions": []any{map[string]any{"amountSet": cash("1")}},
		"metafields":  []any{map[string]any{"key": "tiktok_order_id", "value": "5777"}},
		"fulfillment": map[string]any{"locationId": b.sim.LocationGID(testShop), "trackingNumber": "1"},
	}))
	x := &execution{sim: b.sim, shop: b.sim.shops[0], scopes: allScopes, now: b.clock.now()}
	record := x.shop.orders[0]
	fields := map[string]string{}
	describe(x.orderObject(record), fields)
	for _, o := range slices.Concat(lineObjects(x, record), shippingObjects(x, record), transactionObjects(x, record), fulfillmentObjects(x, record)) {
		describe(o, fields)
	}
	describe(x.metafieldObject(record.Metafields[0], record), fields)
	describe(customerObject(record.Customer).(object), fields)
	for _, root := range []struct {
		resolve resolver
		name    string
	}{{queryShop, "shop"}, {queryInstallation, "currentAppInstallation"}, {queryVariants, "productVariants"}} {
		v, err := root.resolve(x, nil, input{})
		if err != nil {
			t.Fatal(err)
		}
		describe(v.(object), fields)
	}
	for query, vars := range map[string]map[string]any{
		fmt.Sprintf(`query($id: ID!) { order(id: $id) { %s lineItems(first: 5) { nodes { %s } }
			shippingLines(first: 5) { nodes { %s } } transactions(first: 5) { %s } fulfillments(first: 5) { %s }
			refunds(first: 5) { id } metafield(key: "tiktok_order_id") { %s } metafields(first: 5, namespace: "$app") { nodes { id } } } }`,
			fields["Order"], fields["LineItem"], fields["ShippingLine"], fields["OrderTransaction"], fields["Fulfillment"], fields["Metafield"]): {"id": gid},
		fmt.Sprintf(`{ shop { %s } }`, fields["Shop"]):                                                 nil,
		fmt.Sprintf(`{ currentAppInstallation { %s } }`, fields["AppInstallation"]):                    nil,
		fmt.Sprintf(`{ productVariants(first: 1) { %s } }`, fields["ProductVariantConnection"]):        nil,
		fmt.Sprintf(`{ location { %s } locations(first: 1) { nodes { id } } }`, fields["Location"]):    nil,
		fmt.Sprintf(`{ productVariant(id: %q) { %s } }`, b.variant.GID, fields["ProductVariant"]):      nil,
		`query($id: ID!) { orderByIdentifier(identifier: {id: $id}) { id refunds(first: 1) { id } } }`: {"id": gid},
	} {
		if r := b.query(query, vars); r.Errors != nil {
			t.Errorf("%s\n%s", query, r.text())
		}
	}
	b.wantNoViolations()
}

// describe collects, by type, a selection of every field that objects of that type have.
func describe(o object, into map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(o.fields)) {
		switch v := o.fields[name].(type) {
		case object:
			name += " { " + describe(v, into) + " }"
		case []object:
			if len(v) == 0 {
				continue
			}
			name += " { " + describe(v[0], into) + " }"
		case nil:
			typ := adminSchema().Types[o.typ].Fields.ForName(name).Type.Name()
			if adminSchema().Types[typ].IsCompositeType() {
				continue
			}
		}
		out = append(out, name)
	}
	into[o.typ] = strings.Join(out, " ")
	return into[o.typ]
}

func TestResolversAreOfTheSchema(t *testing.T) {
	t.Parallel()
	for key := range newResolvers() {
		typ, field, _ := strings.Cut(key, ".")
		if def := adminSchema().Types[typ]; def == nil || def.Fields.ForName(field) == nil {
			t.Errorf("%s is not in the schema", key)
		}
	}
}

// An answer that the schema does not allow must not pass.
func TestBrokenAnswersAreViolations(t *testing.T) {
	t.Parallel()
	for name, shop := range map[string]map[string]any{
		"null":     {"name": nil},
		"enum":     {"currencyCode": "XXX_"},
		"scalar":   {"name": 1},
		"bool":     {"taxesIncluded": "false"},
		"no field": {},
		"object":   {"plan": object{typ: "Order"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, Options{})
			b.sim.resolvers["QueryRoot.shop"] = func(*execution, any, input) (any, error) {
				return object{typ: "Shop", fields: shop}, nil
			}
			field := "name"
			for f := range shop {
				field = f
			}
			if field == "plan" {
				field = "plan { shopifyPlus }"
			}
			b.query(`{ shop { `+field+` } }`, nil)
			if len(b.sim.Violations()) == 0 {
				t.Error("a broken answer passed")
			}
		})
	}
}

func TestMinorUnits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"USD", "JPY", "KWD"}).Draw(t, "currency")
		n := rapid.Int64Range(-1e12, 1e12).Draw(t, "n")
		for _, s := range []string{fixed(n, currency), decimal(n, currency)} {
			if got, err := minor(s, currency); err != nil || got != n {
				t.Fatalf("%d → %s → %d, %v", n, s, got, err)
			}
			if err := checkText("Decimal", s); err != nil {
				t.Fatal(err)
			}
		}
	})
	for n, want := range map[int64]string{0: "0.0", 5: "0.05", 1230: "12.3", 1000: "10.0", -5: "-0.05"} {
		if got := decimal(n, "USD"); got != want {
			t.Errorf("decimal(%d) = %s, want %s", n, got, want)
		}
	}
}
