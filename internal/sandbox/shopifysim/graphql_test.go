package shopifysim

import (
	"net/http"
	"strings"
	"testing"
)

// What the contract does not allow is answered with errors and kept as a violation. Most of these pass gqlparser.
func TestContractViolations(t *testing.T) {
	t.Parallel()
	order := func(key string, value any) map[string]any {
		return map[string]any{"order": map[string]any{key: value}}
	}
	money := func(amount any) map[string]any {
		price := map[string]any{"shopMoney": map[string]any{"amount": amount, "currencyCode": "USD"}}
		return order("lineItems", []any{map[string]any{"title": "X", "quantity": 1, "priceSet": price}})
	}
	const byIdentifier = `query($i: OrderIdentifierInput!) { orderByIdentifier(identifier: $i) { id } }`
	const byID = `query($id: ID!) { order(id: $id) { id } }`
	for name, tc := range map[string]struct {
		query string
		vars  map[string]any
		want  string
	}{
		"syntax":            {`query { shop {`, nil, "Expected Name"},
		"unknown field":     {`{ shop { nam } }`, nil, "Cannot query field"},
		"unknown argument":  {`{ orders(first: 1, shade: "red") { nodes { id } } }`, nil, "shade"},
		"no selection":      {`{ shop }`, nil, "must have a selection"},
		"two operations":    {`query A { shop { id } } query B { shop { id } }`, nil, "No operation named"},
		"undeclared":        {`{ shop { id } }`, map[string]any{"x": 1}, "not declared"},
		"missing variable":  {byID, map[string]any{}, "not be null"},
		"oneOf both":        {byIdentifier, map[string]any{"i": map[string]any{"id": "gid://shopify/Order/1", "customId": map[string]any{"key": "ab", "value": "1"}}}, "exactly one"},
		"oneOf none":        {byIdentifier, map[string]any{"i": map[string]any{}}, "exactly one"},
		"oneOf null":        {byIdentifier, map[string]any{"i": map[string]any{"id": nil}}, "`null`"},
		"no GID":            {byID, map[string]any{"id": "1234"}, "invalid ID"},
		"number for ID":     {byID, map[string]any{"id": 1234}, "to ID"},
		"string for Int":    {`query($n: Int!) { orders(first: $n) { nodes { id } } }`, map[string]any{"n": "1"}, "to Int"},
		"fraction for Int":  {`query($n: Int!) { orders(first: $n) { nodes { id } } }`, map[string]any{"n": 1.5}, "to Int"},
		"huge Int":          {`query($n: Int!) { orders(first: $n) { nodes { id } } }`, map[string]any{"n": 4294967296}, "fit into an Int"},
		"unknown input":     {createMutation, order("shade", "red"), "not defined"},
		"enum":              {createMutation, order("financialStatus", "paid"), "one of the values"},
		"number for String": {createMutation, order("name", 1), "to String"},
		"string for bool":   {createMutation, order("test", "true"), "to Boolean"},
		"URL":               {createMutation, order("sourceUrl", "seller.example.com"), "invalid URL"},
		"DateTime":          {createMutation, order("processedAt", "2026-11-22 10:00"), "invalid DateTime"},
		"Decimal":           {createMutation, money("12,50"), "invalid Decimal"},
		"Decimal number":    {createMutation, money(12.5), "to Decimal"},
		"null in a list":    {createMutation, order("tags", []any{nil}), "not be null"},
		"scalar for input":  {createMutation, order("lineItems", "x"), "key-value object"},
		"long list":         {createMutation, order("tags", make251()), "greater than the maximum"},
		"literal Decimal":   {`mutation { orderCreate(order: {lineItems: [{title: "X", quantity: 1, priceSet: {shopMoney: {amount: "1e3", currencyCode: USD}}}]}) { order { id } } }`, nil, "invalid Decimal"},
		"no page size":      {`{ orders { nodes { id } } }`, nil, "first or last"},
		"big page":          {`{ orders(first: 251) { nodes { id } } }`, nil, "from 1 to 250"},
		"too dear":          {`{ orders(first: 250) { nodes { lineItems(first: 10) { nodes { id } } } } }`, nil, "exceeds the single query max cost"},
		"subscription":      {`subscription { x }`, nil, "ubscription"},
		"no such filter":    {`{ orders(first: 1, query: "title:1") { nodes { id } } }`, nil, ""},
		"not simulated":     {`{ shop { timezoneOffset } }`, nil, "does not simulate Shop.timezoneOffset"},
		"two currencies":    {createMutation, order("presentmentCurrency", "EUR"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkViolation(t, tc.query, tc.vars, tc.want)
		})
	}
}

// checkViolation makes a call that must be kept as a violation and write
// nothing. want is part of the errors; if it is empty there need be none.
func checkViolation(t *testing.T, query string, vars map[string]any, want string) {
	t.Helper()
	b := setup(t, Options{})
	r := b.query(query, vars)
	if r.status != http.StatusOK {
		t.Errorf("status = %d", r.status)
	}
	if want != "" && (r.Errors == nil || !strings.Contains(r.text(), want)) {
		t.Errorf("errors = %s, want %q", r.text(), want)
	}
	if len(b.sim.Violations()) == 0 {
		t.Error("no violation was kept")
	}
	if n := len(b.sim.Orders(testShop)); n != 0 {
		t.Errorf("%d orders were written", n)
	}
}

func make251() []any {
	out := make([]any, 251)
	for i := range out {
		out[i] = "x"
	}
	return out
}

func TestRequestsThatAreNoGraphQL(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	var r reply
	if status := b.post("/admin/api/2026-07/graphql.json", map[string]any{"query": "{shop{id}}"}, &r); status != http.StatusNotFound {
		t.Errorf("other version: %d", status)
	}
	if status := b.post(apiPath, map[string]any{"query": "{shop{id}}", "id": 1}, &r); status != http.StatusBadRequest {
		t.Errorf("unknown key in the body: %d", status)
	}
	if n := len(b.sim.Violations()); n != 2 {
		t.Errorf("violations = %d, want 2", n)
	}
	b.token = "shpat_wrong"
	if got := b.query(`{ shop { id } }`, nil); got.status != http.StatusUnauthorized {
		t.Errorf("wrong token: %d", got.status)
	}
	if n := len(b.sim.Violations()); n != 2 {
		t.Error("a bad token is no violation of the contract")
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.sim.ExpireTokens(testShop)
	if got := b.query(`{ shop { id } }`, nil); got.status != http.StatusUnauthorized {
		t.Errorf("expired token: %d", got.status)
	}
	b.authenticate(testShop)
	if got := b.query(`{ shop { id } }`, nil); got.status != http.StatusOK {
		t.Errorf("fresh token: %d", got.status)
	}
	if err := b.sim.Uninstall(testShop); err != nil {
		t.Fatal(err)
	}
	if got := b.query(`{ shop { id } }`, nil); got.status != http.StatusUnauthorized {
		t.Errorf("after the uninstall: %d", got.status)
	}
}

func TestShopsAreAddressed(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{}, ShopSpec{Domain: testShop}, ShopSpec{Domain: otherShop})
	root := strings.TrimSuffix(b.url, "/"+testShop)
	ask := func(url, host string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+apiPath, strings.NewReader(`{"query":"{shop{id}}"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Shopify-Access-Token", b.token)
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		return resp.StatusCode
	}
	for _, tc := range []struct {
		name, url, host string
		want            int
	}{
		{"by path", b.url, "", 200},
		{"by host", root, testShop, 200},
		{"another shop's token", root + "/" + otherShop, "", 401},
		{"path before host", root + "/" + otherShop, testShop, 401},
		{"neither, with two shops", root, "", 404},
		{"unknown shop", root + "/nobody.myshopify.com", "", 404},
	} {
		if got := ask(tc.url, tc.host); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
	one := setup(t, Options{})
	one.url = strings.TrimSuffix(one.url, "/"+testShop)
	if got := one.query(`{ shop { myshopifyDomain } }`, nil); got.at("shop", "myshopifyDomain") != testShop {
		t.Errorf("single shop without a name: %d", got.status)
	}
}

func TestAccessScopes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		opts  Options
		query string
		field string
	}{
		"mutation":        {Options{Scopes: []string{"read_orders"}}, `mutation { orderCreate(order: {}) { order { id } } }`, "orderCreate"},
		"type":            {Options{Scopes: []string{"write_products"}}, `{ orders(first: 1) { nodes { id } } }`, "orders"},
		"one of several":  {Options{Scopes: []string{"write_orders"}}, `{ locations(first: 1) { nodes { id } } }`, "locations"},
		"field by itself": {Options{Scopes: []string{"read_inventory"}}, `{ location { name } }`, "name"},
		"owner's scope":   {Options{Scopes: []string{"read_orders"}}, `mutation { tagsAdd(id: "gid://shopify/Order/1", tags: ["x"]) { node { id } } }`, "tagsAdd"},
		"upsert":          {Options{Scopes: []string{"write_orders"}, UpsertNeedsScope: true}, `mutation { orderCreate(order: {customer: {toUpsert: {email: "a@b.co"}}}) { order { id } } }`, "orderCreate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, tc.opts)
			r := b.query(tc.query, nil)
			if r.code() != "ACCESS_DENIED" || !strings.Contains(r.text(), tc.field+" field") {
				t.Errorf("errors = %s", r.text())
			}
			b.wantNoViolations()
		})
	}
}

func TestWritingImpliesReading(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Scopes: []string{"write_orders"}})
	if r := b.query(`{ orders(first: 1) { nodes { id } } }`, nil); r.Errors != nil {
		t.Error(r.text())
	}
}

func TestProtectedFieldsAreHidden(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{DenyProtected: true})
	gid := b.mustCreate(b.simple(map[string]any{"email": "jo@example.com", "shippingAddress": map[string]any{"zip": "94107", "city": "SF"}}))
	r := b.query(`query($id: ID!) { order(id: $id) { email shippingAddress { zip city } } }`, map[string]any{"id": gid})
	if r.at("order", "email") != nil || r.at("order", "shippingAddress", "zip") != nil || r.code() != "ACCESS_DENIED" {
		t.Errorf("data = %v errors = %s", r.Data, r.text())
	}
	if r.at("order", "shippingAddress", "city") != "SF" {
		t.Error("an open field was hidden too")
	}
}
