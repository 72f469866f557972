package shopifysim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOrderSearch(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for i, o := range []Order{
		{Name: "#1001", Tags: []string{"tiktok-shop"}, SourceIdentifier: "57-7"},
		{Name: "577", Tags: []string{"it's", "two words"}, SourceName: "tiktok-shop"},
		{Name: "5770", Email: "jo@example.com", Lines: []Line{{SKU: "MUG-1", Quantity: 1}}},
	} {
		o.CreatedAt = b.clock.now().Add(time.Duration(i) * time.Hour)
		if _, err := b.sim.InjectOrder(testShop, o); err != nil {
			t.Fatal(err)
		}
		b.clock.pass(time.Hour)
	}
	b.authenticate(testShop) // the hours ended the token
	for query, want := range map[string]string{
		"":                                    "#1001 577 5770",
		"name:577":                            "577",
		"name:'577'":                          "577",
		`name:"577"`:                          "577",
		"name:577*":                           "577 5770",
		"name:#1001":                          "#1001",
		"name:1001":                           "#1001",
		"577":                                 "577",
		"tag:TikTok-Shop":                     "#1001",
		`tag:'it\'s'`:                         "577",
		`tag:"two words"`:                     "577",
		"tag_not:tiktok-shop":                 "577 5770",
		"source_identifier:57-7":              "#1001",
		"source_identifier:57":                "",
		"sku:MUG-1":                           "5770",
		"sku:mug-1":                           "",
		"name:577 OR name:5770":               "577 5770",
		"name:577 AND tag:nothing":            "",
		"name:577* email:jo@example.com":      "5770",
		"NOT name:577":                        "#1001 5770",
		"-name:577":                           "#1001 5770",
		"(name:577 OR name:5770) AND sku:*":   "5770",
		"updated_at:>='2026-11-22T13:00:00Z'": "577 5770",
		"updated_at:>2026-11-22T13:00:00Z":    "5770",
		"updated_at:<2026-11-22T13:00:00Z":    "#1001",
		"created_at:>=2026-11-23":             "",
		"updated_at:>='2026-11-22T13:00:00Z' AND tag:'two words'": "577",
		"status:any":       "#1001 577 5770",
		"status:cancelled": "",
	} {
		r := b.query(`query($q: String) { orders(first: 10, sortKey: ID, query: $q) { nodes { name } } }`, map[string]any{"q": query})
		var names []string
		list, _ := r.at("orders", "nodes").([]any)
		for _, n := range list {
			names = append(names, n.(map[string]any)["name"].(string))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q finds %q, want %q (%s)", query, got, want, r.text())
		}
	}
	b.wantNoViolations()
}

// Shopify answers a query it cannot use with too much, never with an error; the simulator also complains.
func TestSearchQueriesThatMeanNothing(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"title:1", "name:'1", "(name:1", "name:1 OR", "name:1)", "name:1 AND", "OR name:1", "metafields.custom.x:1"} {
		_, warnings := parseSearch(query, orderFilters())
		if len(warnings) == 0 {
			t.Errorf("%q: no warning", query)
		}
	}
}

func TestVariantSearch(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for _, spec := range []VariantSpec{{SKU: "MUG-10"}, {SKU: "mug-1"}, {SKU: "two words"}, {SKU: "MUG-1", Barcode: "42"}} {
		if _, err := b.sim.AddVariant(testShop, spec); err != nil {
			t.Fatal(err)
		}
	}
	count := func(query string) int {
		r := b.query(`query($q: String!) { productVariants(first: 10, query: $q) { nodes { sku title product { id title } } } }`,
			map[string]any{"q": query})
		list, _ := r.at("productVariants", "nodes").([]any)
		return len(list)
	}
	for query, want := range map[string]int{
		"sku:MUG-1": 2, `sku:"MUG-1"`: 2, "sku:'two words'": 1, "sku:NONE": 0, "barcode:42": 1, "sku:mug-1 OR sku:MUG-10": 2,
	} {
		if got := count(query); got != want {
			t.Errorf("%q finds %d, want %d", query, got, want)
		}
	}
	b.sim.opts.LooseSearch = true
	if got := count("sku:MUG-1"); got != 4 {
		t.Errorf("a loose index finds %d, want 4", got)
	}
	b.wantNoViolations()
}

func TestPagination(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	var want []string
	for i := range 5 {
		want = append(want, b.mustCreate(b.simple(map[string]any{"name": fmt.Sprint(i)})))
	}
	for _, reverse := range []bool{false, true} {
		var got []string
		var after any
		for range 3 {
			r := b.query(`query($after: String, $reverse: Boolean) { orders(first: 2, after: $after, reverse: $reverse, sortKey: ID) {
				edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
				map[string]any{"after": after, "reverse": reverse})
			edges, _ := r.at("orders", "edges").([]any)
			for i := range edges {
				got = append(got, r.at("orders", "edges", i, "node", "id").(string))
			}
			if more := r.at("orders", "pageInfo", "hasNextPage"); more != (len(got) < 5) {
				t.Errorf("after %d: hasNextPage = %v", len(got), more)
			}
			if back := r.at("orders", "pageInfo", "hasPreviousPage"); back != (after != nil) {
				t.Errorf("after %d: hasPreviousPage = %v", len(got), back)
			}
			after = r.at("orders", "pageInfo", "endCursor")
		}
		if reverse {
			slices.Reverse(got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("reverse %v:\n%s", reverse, diff)
		}
	}
	r := b.query(`{ orders(last: 2, sortKey: ID) { nodes { name } } }`, nil)
	if r.at("orders", "nodes", 0, "name") != "3" {
		t.Errorf("last = %v", r.Data)
	}
	if r = b.query(`{ orders(first: 2, after: "bm9wZQ") { nodes { id } } }`, nil); r.code() != "BAD_REQUEST" {
		t.Errorf("wrong cursor: %s", r.text())
	}
}

func TestOrderUpdateReplacesWhatIsGiven(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	gid := b.mustCreate(b.simple(map[string]any{
		"name": "577", "note": "keep", "tags": []any{"a", "b"}, "shippingAddress": map[string]any{"zip": "94107", "city": "SF"},
	}))
	b.clock.pass(time.Minute)
	const update = `mutation($input: OrderInput!) { orderUpdate(input: $input) { order { tags note } userErrors { field message } } }`
	r := b.query(update, map[string]any{"input": map[string]any{
		"id": gid, "tags": []any{"c"}, "shippingAddress": map[string]any{"zip": "10001"},
		"metafields": []any{map[string]any{"key": "tiktok_order_id", "value": "577"}},
	}})
	if r.userErrors("orderUpdate") != "" || r.Errors != nil {
		t.Fatalf("answer = %v %s", r.Data, r.text())
	}
	o := b.sim.Orders(testShop)[0]
	if diff := cmp.Diff([]any{o.Tags, o.Note, *o.ShippingAddress, len(o.Metafields), o.UpdatedAt.Equal(b.clock.now())},
		[]any{[]string{"c"}, "keep", Address{Zip: "10001"}, 1, true}); diff != "" {
		t.Error(diff)
	}
	for want, input := range map[string]map[string]any{
		"does not exist": {"id": "gid://shopify/Order/1"},
		"40 characters":  {"id": gid, "tags": []any{strings.Repeat("x", 41)}, "note": "lost"},
	} {
		r := b.query(update, map[string]any{"input": input})
		if got := r.userErrors("orderUpdate"); !strings.Contains(got, want) {
			t.Errorf("userErrors = %s, want %q", got, want)
		}
	}
	if got := b.sim.Orders(testShop)[0].Note; got != "keep" {
		t.Errorf("a refused update wrote %q", got)
	}
	b.wantNoViolations()
}

func TestTagsAreAddedAndRemoved(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	gid := b.mustCreate(b.simple(map[string]any{"tags": []any{"a"}}))
	for _, m := range []string{
		`mutation($id: ID!) { tagsAdd(id: $id, tags: ["A", "b", "c"]) { node { id } userErrors { message } } }`,
		`mutation($id: ID!) { tagsRemove(id: $id, tags: ["B"]) { node { id ... on Order { tags } } userErrors { message } } }`,
	} {
		if r := b.query(m, map[string]any{"id": gid}); r.Errors != nil {
			t.Error(r.text())
		}
	}
	if diff := cmp.Diff([]string{"a", "c"}, b.sim.Orders(testShop)[0].Tags); diff != "" {
		t.Error(diff)
	}
	b.wantNoViolations()
}

func TestSnapshotsAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.mustCreate(b.simple(map[string]any{"tags": []any{"a"}, "shippingAddress": map[string]any{"zip": "94107"}}))
	o := b.sim.Orders(testShop)[0]
	o.Tags[0], o.ShippingAddress.Zip, o.Lines[0].SKU = "x", "x", "x"
	again := b.sim.Orders(testShop)[0]
	if again.Tags[0] != "a" || again.ShippingAddress.Zip != "94107" || again.Lines[0].SKU != "MUG-1" {
		t.Errorf("a caller changed the shop: %+v", again)
	}
}

func TestOrdersOfOthers(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	gid, err := b.sim.InjectOrder(testShop, Order{
		Name: "577", Tags: []string{"577"}, Lines: []Line{{Title: "Mug", Quantity: 2, Price: 500}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.sim.EditOrder(testShop, gid, func(o *Order) { o.ShippingAddress = &Address{Zip: "1"} }); err != nil {
		t.Fatal(err)
	}
	o, ok := b.sim.OrderByName(testShop, " #577")
	if !ok || o.GID != gid || o.Total != 1000 || o.App == "key" || o.ShippingAddress.Zip != "1" {
		t.Errorf("order = %v %+v", ok, o)
	}
	if _, ok := b.sim.OrderByName(testShop, "578"); ok {
		t.Error("a name that nobody has was found")
	}
	if err := b.sim.EditOrder(testShop, "gid://shopify/Order/1", func(*Order) {}); err == nil {
		t.Error("an order that is not there was edited")
	}
	if _, err := b.sim.InjectOrder("nobody.myshopify.com", Order{}); err == nil {
		t.Error("an order went to no shop")
	}
}
