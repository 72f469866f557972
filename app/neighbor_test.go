package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/store/postgrestest"
)

// belongings are ids of a shop: of what a route may name.
type belongings struct{ order, exception, refund, backfill, connection, request string }

// named are the routes that name something of a shop's, with what each is sent.
// A route that is missing here fails the test.
var named = map[string]string{
	"GET /orders/:id": "", "POST /orders/:id/import": "", "POST /orders/:id/loop-check": "", "POST /orders/:id/refunds/:refund/approve": "",
	"POST /orders/:id/exceptions/:exception/retry": "", "POST /orders/:id/exceptions/:exception/resolve": "action=ignore&note=x",
	"POST /orders/backfills/:backfill/stop": "", "POST /orders/backfills/:backfill/resume": "",
	"POST /exceptions/:code/:exception/retry": "", "POST /exceptions/:code/:exception/resolve": "action=ignore&note=x",
	"POST /settings/tiktok/:id/:wish": "",
	"GET /api/orders/:id":             "", "POST /api/orders/:id/import": "", "POST /api/orders/:id/loop-check": "",
	"POST /api/backfills/:id/stop": "", "POST /api/backfills/:id/resume": "", "POST /api/refunds/:id/approve": "",
	"GET /api/privacy/requests/:id/report": "",
	"POST /api/exceptions/:id/retry":       "", "POST /api/exceptions/:id/resolve": `{"action":"ignore","note":"x"}`,
}

// nobodys are parameters that name nothing of one shop's.
var nobodys = []string{"GET /exceptions/:code", "POST /exceptions/:code/retry", "POST /guide/:step/:deed", "POST /settings/:section"}

// address puts a shop's belongings into a route.
func (b belongings) address(route string) string {
	_, path, _ := strings.Cut(route, " ")
	first := map[string]string{"/api/backfills": b.backfill, "/api/refunds": b.refund, "/api/exceptions": b.exception, "/settings/tiktok": b.connection, "/api/privacy/requests": b.request}
	for prefix, id := range first {
		path = strings.Replace(path, prefix+"/:id", prefix+"/"+id, 1)
	}
	return strings.NewReplacer(":id", b.order, ":refund", b.refund, ":exception", b.exception, ":backfill", b.backfill, ":code", "sku_unmatched", ":wish", "disconnect").Replace(path)
}

// Whoever asks for what is another shop's gets what they get for a thing that
// is nobody's, on every route and both databases, and nothing is done.
func TestANeighborIsANobody(t *testing.T) {
	t.Parallel()
	for database, address := range map[string]func(*testing.T) string{
		"sqlite":   func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string { t.Helper(); return postgrestest.URL(t) },
	} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			s := play(t, scenery{database: address(t), environ: seldom.environ})
			ours := s.belong(t)
			lost := belongings{"576999999999999999", "999999", "999999999999", "999999", "7494999999999999999", "999999"}
			before := s.possessions(t, ours)
			s.strangeLists(t, ours)
			// An import goes last: from then on they have an order of that number themselves.
			var imports, others []string
			for _, route := range slices.Sorted(maps.Keys(named)) {
				if strings.HasSuffix(route, "/import") {
					imports = append(imports, route)
				} else {
					others = append(others, route)
				}
			}
			for _, route := range slices.Concat(others, imports) {
				method, _, _ := strings.Cut(route, " ")
				first := s.visit(t, sandbox.SecondShop, method, ours.address(route), named[route])
				second := s.visit(t, sandbox.SecondShop, method, lost.address(route), named[route])
				if first, second = ours.forgotten(first), lost.forgotten(second); first != second {
					t.Errorf("%s: for ours\n%s\nfor nobody's\n%s", route, first, second)
				}
			}
			// What was asked for by its number is theirs alone, and TikTok does not know it as theirs.
			s.orderIs(t, sandbox.SecondShop, ours.order, "held", "order_not_found", "order_not_found")
			s.orderIs(t, sandbox.SecondShop, lost.order, "held", "order_not_found", "order_not_found")
			if diff := cmp.Diff(before, s.possessions(t, ours)); diff != "" {
				t.Errorf("what is ours has changed: %s", diff)
			}
		})
	}
}

// Every route with a parameter is known to the test above.
func TestEveryRouteWithANameIsTried(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("routes/routes.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range regexp.MustCompile(`(admin|api)\.(GET|POST|PUT|DELETE)\("([^"]*:[^"]*)"`).FindAllStringSubmatch(string(text), -1) {
		route := m[2] + " " + map[string]string{"admin": "", "api": "/api"}[m[1]] + m[3]
		_, tried := named[route]
		for _, free := range nobodys {
			tried = tried || free == route
		}
		if !tried {
			t.Errorf("%s is not tried with another shop's", route)
		}
		found++
	}
	if found != len(named)+len(nobodys) {
		t.Errorf("%d routes have parameters, the test names %d", found, len(named)+len(nobodys))
	}
}

// belong gives a shop one of everything that a route can name.
func (s *stage) belong(t *testing.T) belongings {
	t.Helper()
	var b belongings
	b.order, b.exception = s.neighbors(t)
	b.connection = sandbox.TikTokShop
	s.mustAPI(t, sandbox.Shop, http.MethodPut, "/api/settings", `{"pull_refunds":true,"push_refunds":false}`, nil)
	written := s.place(t, "AWAITING_SHIPMENT")
	s.orderIs(t, sandbox.Shop, written, "written", "")
	order := s.one(t, sandbox.Shop, written)
	_, err := s.platforms.Shopify.Refund(sandbox.Shop, order.GID, shopifysim.RefundSpec{Lines: []shopifysim.RefundedLine{{LineGID: order.Lines[0].GID, Quantity: 1}}})
	check(t, err)
	s.until(t, func() error {
		var list struct {
			Refunds []struct{ ID string }
		}
		if s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/refunds?state=held", "", &list); len(list.Refunds) != 1 {
			return errors.New("no refund is held")
		}
		b.refund = list.Refunds[0].ID
		return nil
	})
	status, body := s.api(t, sandbox.Shop, http.MethodPost, "/api/backfills", `{"from":"2026-11-01T00:00:00Z"}`)
	var begun struct{ ID string }
	if err := json.Unmarshal([]byte(body), &begun); err != nil || begun.ID == "" {
		t.Fatalf("backfill: %d %s", status, body)
	}
	b.backfill = begun.ID
	legacy, err := strconv.ParseInt(order.LegacyID(), 10, 64)
	check(t, err)
	check(t, s.platforms.Shopify.RequestCustomerData(sandbox.Shop, shopifysim.RedactedCustomer{ID: 1}, legacy))
	s.until(t, func() error {
		var list struct {
			Requests []struct{ ID string }
		}
		if s.mustAPI(t, sandbox.Shop, http.MethodGet, "/api/privacy/requests", "", &list); len(list.Requests) != 1 {
			return errors.New("the customer's request has not come")
		}
		b.request = list.Requests[0].ID
		return nil
	})
	s.until(t, func() error {
		if _, body := s.api(t, sandbox.Shop, http.MethodGet, "/api/backfills", ""); strings.Contains(body, `"state":"running"`) {
			return errors.New("the backfill runs")
		}
		return nil
	})
	return b
}

// age is how long something has been waiting, in seconds.
var age = regexp.MustCompile(`\d+\.\d+`)

// possessions is what the owner sees of what a route can name.
func (s *stage) possessions(t *testing.T, ours belongings) map[string]string {
	t.Helper()
	seen := map[string]string{}
	for _, path := range []string{"/api/orders?query=" + ours.order, "/api/exceptions", "/api/refunds?state=held", "/api/backfills", "/api/settings"} {
		_, body := s.api(t, sandbox.Shop, http.MethodGet, path, "")
		seen[path] = age.ReplaceAllString(body, "")
	}
	return seen
}

// visit does a request as somebody of the shop, with a form for a page, and
// writes the answer down without what is new in each.
func (s *stage) visit(t *testing.T, shop, method, path, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.app+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.platforms.Shopify.SessionToken(shop, user))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/api/") {
		request.Header.Set("Content-Type", "application/json")
	}
	status, header, answer, err := send(still, request)
	if err != nil {
		t.Fatal(err)
	}
	header.Del("Date")
	header.Del("X-Request-Id")
	return fmt.Sprintln(status, header, fresh.ReplaceAllString(answer, ""))
}

// fresh is what differs between two equal answers: a request's id, a moment.
var fresh = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}|\d{4}-\d\d-\d\dT[\d:.]+Z`)

// forgotten is an answer without the ids that were asked with.
func (b belongings) forgotten(answer string) string {
	for _, id := range []string{b.order, b.refund, b.connection, b.backfill, b.request} {
		answer = strings.ReplaceAll(answer, id, "")
	}
	return regexp.MustCompile(`\b`+b.exception+`\b`).ReplaceAllString(answer, "")
}

// strangeLists reads what a neighbor may read, which holds nothing of ours.
func (s *stage) strangeLists(t *testing.T, ours belongings) {
	t.Helper()
	marks := []string{ours.order, ours.refund, ours.connection, "NOBODY-HAS-THIS", "Stoneware US", sandbox.Shop}
	for _, path := range []string{
		"/", "/guide", "/guide/print", "/orders", "/orders?query=" + ours.order, "/orders?query=73301", "/orders/backfills", "/exceptions", "/exceptions/sku_unmatched",
		"/reconciliation", "/settings", "/settings/privacy", "/api/privacy/requests", "/mappings/skus", "/mappings/carriers", "/mappings/reasons", "/api/orders", "/api/orders?query=" + ours.order, "/api/backfills",
		"/api/refunds?state=held", "/api/exceptions", "/api/reconciliation", "/api/settings", "/api/mappings/skus",
	} {
		answer := s.visit(t, sandbox.SecondShop, http.MethodGet, path, "")
		if !strings.HasPrefix(answer, "200 ") {
			t.Errorf("%s: %.200s", path, answer)
		}
		asked, _, _ := strings.Cut(path, "?")
		for _, mark := range marks {
			if strings.Contains(answer, mark) && (asked == path || mark != ours.order) {
				t.Errorf("%s holds %q", path, mark)
			}
		}
	}
}
