package shopifysim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// bench is a simulator with one shop, one variant and a token that works.
type bench struct {
	t       *testing.T
	sim     *Sim
	url     string
	clock   *testClock
	token   string
	variant Variant
}

var allScopes = []string{
	"write_orders", "read_products", "read_locations", "read_customers", "write_merchant_managed_fulfillment_orders", "write_fulfillments", "read_returns",
}

func setup(t *testing.T, opts Options, specs ...ShopSpec) *bench {
	t.Helper()
	b := &bench{t: t, clock: newTestClock()}
	opts.APIKey, opts.APISecret, opts.Now = "key", "secret", b.clock.now
	if opts.Scopes == nil {
		opts.Scopes = allScopes
	}
	b.sim = New(opts)
	if len(specs) == 0 {
		specs = []ShopSpec{{Domain: testShop}}
	}
	for _, spec := range specs {
		if err := b.sim.AddShop(spec); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	b.variant, err = b.sim.AddVariant(specs[0].Domain, VariantSpec{
		SKU: "MUG-1", ProductTitle: "Mug", Title: "Blue", Price: 1299, Stock: 3,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(b.sim.Handler())
	t.Cleanup(srv.Close)
	b.url = srv.URL + "/" + specs[0].Domain
	b.authenticate(specs[0].Domain)
	return b
}

func (b *bench) authenticate(shop string) {
	b.t.Helper()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	status := b.post("/admin/oauth/access_token", map[string]any{
		"client_id": "key", "client_secret": "secret", "expiring": "1",
		"grant_type":           "urn:ietf:params:oauth:grant-type:token-exchange",
		"subject_token":        b.sim.SessionToken(shop, "1"),
		"subject_token_type":   "urn:ietf:params:oauth:token-type:id_token",
		"requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
	}, &answer)
	if status != http.StatusOK || answer.AccessToken == "" {
		b.t.Fatalf("token exchange answered %d", status)
	}
	b.token = answer.AccessToken
}

// post sends JSON and decodes the answer; status 0 means that there was none.
func (b *bench) post(path string, body, into any) int {
	b.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+path, bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Shopify-Access-Token", b.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return -resp.StatusCode
	}
	return resp.StatusCode
}

// reply is an answer of the Admin API.
type reply struct {
	status int
	Data   map[string]any `json:"data"`
	Errors any            `json:"errors"`
	Ext    struct {
		Cost struct {
			RequestedQueryCost float64
			ActualQueryCost    *float64
			ThrottleStatus     struct{ MaximumAvailable, CurrentlyAvailable, RestoreRate float64 }
		}
	} `json:"extensions"`
}

// code is extensions.code of the first error.
func (r reply) code() string {
	list, _ := r.Errors.([]any)
	if len(list) == 0 {
		return ""
	}
	ext, _ := list[0].(map[string]any)["extensions"].(map[string]any)
	code, _ := ext["code"].(string)
	return code
}

func (r reply) text() string {
	raw, err := json.Marshal(r.Errors)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// at follows a path of keys and indexes into the data.
func (r reply) at(path ...any) any {
	var v any = r.Data
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[s]
		case int:
			l, _ := v.([]any)
			if s >= len(l) {
				return nil
			}
			v = l[s]
		}
	}
	return v
}

const apiPath = "/admin/api/2026-10/graphql.json"

func (b *bench) query(query string, vars map[string]any) reply {
	b.t.Helper()
	var r reply
	body := map[string]any{"query": query}
	if vars != nil {
		body["variables"] = vars
	}
	r.status = b.post(apiPath, body, &r)
	return r
}

const createMutation = `mutation Create($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {
  orderCreate(order: $order, options: $options) {
    order { id name }
    userErrors { code field message }
  }
}`

func (b *bench) create(order map[string]any) reply {
	b.t.Helper()
	return b.query(createMutation, map[string]any{"order": order})
}

// mustCreate writes an order and returns its GID.
func (b *bench) mustCreate(order map[string]any) string {
	b.t.Helper()
	r := b.create(order)
	gid, _ := r.at("orderCreate", "order", "id").(string)
	if gid == "" {
		b.t.Fatalf("no order was created: %d %v %s", r.status, r.Data, r.text())
	}
	return gid
}

// userErrors joins "CODE field message" of the answer's userErrors.
func (r reply) userErrors(field string) string {
	var out []string
	list, _ := r.at(field, "userErrors").([]any)
	for _, e := range list {
		raw, err := json.Marshal(e)
		if err != nil {
			return err.Error()
		}
		out = append(out, string(raw))
	}
	return strings.Join(out, "\n")
}

func cash(amount string) map[string]any {
	return map[string]any{"shopMoney": map[string]any{"amount": amount, "currencyCode": "USD"}}
}

// simple is the smallest order that Shopify takes, with changes on top.
func (b *bench) simple(changes map[string]any) map[string]any {
	order := map[string]any{"lineItems": []any{map[string]any{"variantId": b.variant.GID, "quantity": 1}}}
	for k, v := range changes {
		order[k] = v
	}
	return order
}

func (b *bench) wantNoViolations() {
	b.t.Helper()
	for _, v := range b.sim.Violations() {
		b.t.Errorf("violation: %s", v)
	}
}
