package routes_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// named is a route's path for an order and an exception; what else it names is
// there for nobody.
func named(path, order, exception string) string {
	code := "sku_unmatched"
	return strings.NewReplacer("/api/exceptions/:id", "/api/exceptions/"+exception, ":exception", exception, ":code", code, ":id", order,
		":refund", "nobody", ":backfill", "nobody", ":wish", "on").Replace(path)
}

// ask does a request as the demo shop, with a form for a page and JSON for the API.
func (w *world) ask(t *testing.T, method, path, form, object string) *httptest.ResponseRecorder {
	t.Helper()
	body, kind := form, "application/x-www-form-urlencoded"
	if strings.HasPrefix(path, "/api/") {
		body, kind = object, "application/json"
	}
	r := request(t, method, path, body)
	r.Header.Set("Authorization", "Bearer "+token(t, "HS256", newHush, claims(w, demo)))
	r.Header.Set("Content-Type", kind)
	return w.call(t, r)
}

// acted is what the world was asked to do, beside letting the shop in.
func (w *world) acted() []string {
	var list []string
	for _, did := range w.did {
		if !strings.HasPrefix(did, "ensure ") {
			list = append(list, did)
		}
	}
	return list
}

// Another shop's orders and exceptions are answered for as those that nobody
// has: same status, same words, and nothing is done.
func TestAnotherShopsAreNobodys(t *testing.T) {
	t.Parallel()
	const theirs, nobodys = "576461413038785799", "576461413038785700"
	own := regexp.MustCompile(theirs + `|` + nobodys + `|\be9\b|\be7\b|[0-9a-f]{16,}`)
	engine, _ := newWorld().handler().(*gin.Engine)
	seen := 0
	for _, route := range engine.Routes() {
		order, exception := strings.Contains(route.Path, "/orders/:id"), strings.Contains(route.Path, "/:exception") || strings.Contains(route.Path, "/api/exceptions/:id")
		if !order && !exception {
			continue
		}
		seen++
		const form, object = "action=ignore&note=x", `{"action":"ignore","note":"x"}`
		if strings.HasSuffix(route.Path, "/import") {
			continue // an unknown number may be an order on its way: what is refused is told by the import itself
		}
		w := newWorld()
		a := w.ask(t, route.Method, named(route.Path, theirs, "e9"), form, object)
		b := w.ask(t, route.Method, named(route.Path, nobodys, "e7"), form, object)
		if a.Code != http.StatusNotFound || a.Code != b.Code || own.ReplaceAllString(a.Body.String(), "") != own.ReplaceAllString(b.Body.String(), "") {
			t.Errorf("%s %s: %d for theirs, %d for nobody's:\n%s\n%s", route.Method, route.Path, a.Code, b.Code, a.Body, b.Body)
		}
		if did := w.acted(); len(did) > 0 {
			t.Errorf("%s %s did %v", route.Method, route.Path, did)
		}
	}
	if seen < 8 {
		t.Errorf("only %d routes name an order or an exception", seen)
	}
}

// No input, however odd, is answered as a fault of ours.
func TestOddInputIsNoFaultOfOurs(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("9", 10_000)
	odd := map[string][2]string{
		"nothing":      {"", ""},
		"no form":      {"%zz", "{"},
		"no UTF-8":     {"note=%ff%fe&action=%ff&order=%ff&from=%ff&to=%ff&sku_id=%ff&seller=%ff", "{\"note\":\"\xff\"}"},
		"NUL":          {"note=%00&action=%00&order=%00&from=%00&sku_id=%00&url=%00", `{"note":"\u0000"}`},
		"year 0":       {"from=0000-01-01&to=0000-01-02", `{"from":"0000-01-01T00:00:00Z","to":"0000-01-02T00:00:00Z"}`},
		"year 99999":   {"from=99999-01-01&to=99999-12-31&import_from=99999-01-01", `{"from":"99999-01-01T00:00:00Z"}`},
		"long":         {"note=" + long + "&order=" + long + "&sku_id=" + long + "&variant_id=" + long + "&order_tag=" + long, `{"note":"` + long + `"}`},
		"negative":     {"order=-1&sku_id=-1&variant_id=-1&tiktok_shop_id=-1", `{"refunds":["-1"],"mappings":[{"sku_id":"-1"}]}`},
		"twice":        {"action=ignore&action=adopt&note=a&note=b&order=1&order=2", `{"action":"ignore","action":"adopt"}`},
		"another type": {"action[]=1&note[a]=2", `{"note":{},"refunds":7,"mappings":"x","from":1}`},
		"oversize":     {"note=" + strings.Repeat("a", 2<<20), `{"note":"` + strings.Repeat("a", 2<<20) + `"}`},
	}
	engine, _ := newWorld().handler().(*gin.Engine)
	for _, route := range engine.Routes() {
		if strings.HasPrefix(route.Path, "/webhooks/") || route.Method == http.MethodOptions || strings.HasPrefix(route.Path, "/auth") || route.Path == "/tiktok/callback" {
			continue // these have tests of their own
		}
		for name, in := range odd {
			w := newWorld()
			path := strings.NewReplacer(":step", "h5_redirect", ":deed", "note", ":section", "names").Replace(named(route.Path, "576461413038785752", "e1"))
			target := path
			if route.Method == http.MethodGet {
				if name == "oversize" {
					continue // no request line is that long
				}
				target = path + "?" + in[0] + "&cursor=AAAA&query=%00%ff&state=%ff&since=99999-01-01&period=-1"
			}
			if rec := w.ask(t, route.Method, target, in[0], in[1]); rec.Code >= http.StatusInternalServerError {
				t.Errorf("%s %s, %s: %d %s", route.Method, route.Path, name, rec.Code, rec.Body)
			}
		}
	}
}
