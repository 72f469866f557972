package shopifysim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

func TestShopsAreChecked(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for _, spec := range []ShopSpec{{Domain: testShop}, {Domain: "example.com"}, {Domain: "b.myshopify.com", Currency: "EURO"}} {
		if err := b.sim.AddShop(spec); err == nil {
			t.Errorf("%+v was added", spec)
		}
	}
	want := []ShopSpec{{Domain: testShop, Name: "acme", Currency: "USD", TimeZone: "UTC", OrderNumberPrefix: "#"}}
	if diff := cmp.Diff(want, b.sim.Shops()); diff != "" {
		t.Error(diff)
	}
}

// topics waits for the webhooks and lists their topics.
func (b *bench) topics() []string {
	b.t.Helper()
	if err := b.sim.WaitWebhooks(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, d := range b.sim.Deliveries() {
		out = append(out, d.Topic)
	}
	return out
}

func TestWebhooksFollowTheOrders(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	rec := newReceiver(t, func(int) int { return 200 })
	b.sim.SetAppURL("https://app.example.com/", rec.URL)
	gid := b.mustCreate(identified(b, "577"))
	b.create(b.simple(map[string]any{"lineItems": []any{}})) // refused: no webhook
	b.query(`mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { userErrors { message } } }`, map[string]any{"id": gid})
	b.query(`mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { userErrors { message } } }`, map[string]any{"id": gid}) // no change
	if err := b.sim.GrantScopes(testShop, "write_orders"); err != nil {
		t.Fatal(err)
	}
	if err := b.sim.Uninstall(testShop); err != nil {
		t.Fatal(err)
	}
	if err := b.sim.Uninstall(testShop); err != nil { // once is enough
		t.Fatal(err)
	}
	if _, err := b.sim.InjectOrder(testShop, Order{}); err != nil { // nobody listens any more
		t.Fatal(err)
	}
	if err := b.sim.RedactShop(testShop); err != nil {
		t.Fatal(err)
	}
	if err := b.sim.Reinstall(testShop); err != nil {
		t.Fatal(err)
	}
	if err := b.sim.RedactCustomer(testShop, RedactedCustomer{ID: 1}, 2); err != nil {
		t.Fatal(err)
	}
	if err := b.sim.RequestCustomerData(testShop, RedactedCustomer{ID: 1}, 2); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"orders/create", "orders/updated", "app/scopes_update", "app/uninstalled", "shop/redact", "customers/redact",
		"customers/data_request",
	}
	if diff := cmp.Diff(want, b.topics()); diff != "" {
		t.Error(diff)
	}
	var payload struct {
		GID        string `json:"admin_graphql_api_id"`
		ID         json.Number
		Name, Tags string
		Source     string `json:"source_identifier"`
		Total      string `json:"total_price"`
	}
	if err := json.Unmarshal(b.sim.Deliveries()[0].Body, &payload); err != nil {
		t.Fatal(err)
	}
	if payload.GID != gid || payload.ID.String() != legacyID(gid) || payload.Name != "577" || payload.Source != "577" ||
		payload.Total != "12.99" || payload.Tags != "tiktok-shop" {
		t.Errorf("payload = %+v", payload)
	}
}

func TestWebhooksAreDisturbed(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	rec := newReceiver(t, func(n int) int {
		if n == 0 {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	b.sim.SetAppURL("https://app.example.com", rec.URL)
	arrived := func(want int) {
		t.Helper()
		b.topics()
		if got := len(rec.all()); got != want {
			t.Errorf("%d webhooks arrived, want %d", got, want)
		}
	}
	b.sim.HoldWebhooks()
	b.mustCreate(b.simple(map[string]any{"name": "1"}))
	b.mustCreate(b.simple(map[string]any{"name": "2"}))
	arrived(0)
	b.sim.ReleaseWebhooks(func(held []Delivery) []Delivery { return held[1:] })
	arrived(1)
	if n := b.sim.RetryFailedWebhooks(); n != 1 {
		t.Errorf("%d webhooks had failed, want 1", n)
	}
	arrived(2)
	id := b.sim.Deliveries()[1].WebhookID
	if !b.sim.RedeliverWebhook(id) || !b.sim.TwinWebhook(id) {
		t.Error("an earlier webhook was not found")
	}
	arrived(4)
	b.sim.DuplicateWebhooks(1)
	b.mustCreate(b.simple(nil))
	arrived(6)
}

func TestTopicsOfTheConfigurationOnly(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Topics: []string{"orders/updated"}})
	b.mustCreate(b.simple(nil))
	if got := b.topics(); len(got) != 0 {
		t.Errorf("topics = %v", got)
	}
}

func TestAuthorizationReturnsOnlyToTheApp(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{RedirectURLs: []string{"https://app.example.com/auth/callback"}})
	noFollow := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	authorize := func(redirect string) int {
		q := url.Values{"client_id": {"key"}, "redirect_uri": {redirect}, "state": {"s"}, "scope": {strings.Join(allScopes, ",")}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/admin/oauth/authorize?"+q.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := noFollow.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		return resp.StatusCode
	}
	if got := authorize("https://app.example.com/auth/callback"); got != http.StatusFound {
		t.Errorf("authorize = %d", got)
	}
	if got := authorize("https://evil.example.com/"); got == http.StatusFound {
		t.Error("the authorization went elsewhere")
	}
}

func TestTokenEndpointMeetsFaults(t *testing.T) {
	t.Parallel()
	var script chaos.Script
	b := setup(t, Options{Script: &script})
	for kind, want := range map[chaos.Kind]int{
		chaos.CutBefore: 0, chaos.CutAfter: 0, chaos.ServerError: 503, chaos.Throttled: 429, chaos.Malformed: -200, chaos.TokenExpired: 401,
	} {
		script.Add("access_token", chaos.Fault{Kind: kind}, 1)
		var answer map[string]any
		if got := b.post("/admin/oauth/access_token", map[string]any{"client_id": "key"}, &answer); got != want {
			t.Errorf("%s: %d, want %d", kind, got, want)
		}
	}
	b.authenticate(testShop)
}
