package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// user is who uses the app at Shopify.
const user = "101"

var (
	// browser follows redirects, still does not. Both are only ever pointed at loopback addresses.
	browser = &http.Client{Timeout: patience}
	still   = &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
)

// private is a browser with cookies of its own that does not follow redirects.
func private(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := *still
	c.Jar = jar
	return &c
}

// send sends a request and reads the whole answer.
func send(client *http.Client, request *http.Request) (int, http.Header, string, error) {
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, "", err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 8<<20))
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return 0, nil, "", err
	}
	return response.StatusCode, response.Header, string(body), nil
}

func (*stage) get(address string) (int, string, error) {
	// Its own context: clean-ups and pollers of a test that ends ask too.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", err
	}
	status, _, body, err := send(browser, request)
	return status, body, err
}

// api calls the JSON API with a session token of shop and returns status and body.
func (s *stage) api(t testing.TB, shop, method, path, body string) (int, string) {
	t.Helper()
	return s.apiWith(t, s.platforms.Shopify.SessionToken(shop, user), method, path, body)
}

func (s *stage) apiWith(t testing.TB, token, method, path, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.app+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	status, _, answer, err := send(still, request)
	if err != nil {
		t.Fatal(err)
	}
	return status, answer
}

// mustAPI is api where only 200 and 202 will do; into may be nil.
func (s *stage) mustAPI(t testing.TB, shop, method, path, body string, into any) {
	t.Helper()
	status, answer := s.api(t, shop, method, path, body)
	if status != http.StatusOK && status != http.StatusAccepted {
		t.Fatalf("%s %s for %s: %d %s", method, path, shop, status, answer)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal([]byte(answer), into); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, answer)
	}
}

// open is a visit of the app in the admin.
func (s *stage) open(t testing.TB, shop string) {
	t.Helper()
	if status, body, err := s.get(s.platforms.Shopify.EmbeddedURL(shop, user)); err != nil || status != http.StatusOK {
		t.Fatalf("open the app in %s: %d %s %v", shop, status, body, err)
	}
}

// connect walks through TikTok's authorization and returns what the page at its end says.
func (s *stage) connect(t testing.TB, shop, seller string) (int, string) {
	t.Helper()
	var answer struct {
		AuthorizeURL string `json:"authorize_url"`
	}
	s.mustAPI(t, shop, http.MethodPost, "/api/tiktok/connect", "", &answer)
	if err := s.platforms.TikTok.ChooseSeller(seller); err != nil {
		t.Fatal(err)
	}
	status, body, err := s.get(answer.AuthorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

// furnished opens the app in the first shop, connects its seller and turns the orders' switches on.
func (s *stage) furnished(t testing.TB) {
	t.Helper()
	s.open(t, sandbox.Shop)
	if status, body := s.connect(t, sandbox.Shop, sandbox.Seller); status != http.StatusOK {
		t.Fatalf("connect: %d %s", status, body)
	}
	s.turnOn(t, sandbox.Shop)
}

func (s *stage) turnOn(t testing.TB, shop string) {
	t.Helper()
	s.mustAPI(t, shop, http.MethodPut, "/api/settings", `{"pull_orders":true,"push_orders":true,"import_from":"2026-01-01T00:00:00Z"}`, nil)
}

// orderView is what the API tells of an order.
type orderView struct {
	State          string `json:"state"`
	Reason         string `json:"reason"`
	ShopifyOrderID string `json:"shopify_order_id"`
	Total          string `json:"total"`
	Timeline       []struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
	} `json:"timeline"`
	Exceptions []exceptionView `json:"exceptions"`
}

type exceptionView struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Fix     string `json:"fix"`
	Status  string `json:"status"`
}

// orderIs waits until an order has come to state for reason, and is listed
// under these codes. State and list are not kept in one step.
func (s *stage) orderIs(t testing.TB, shop, id, state, reason string, codes ...string) orderView {
	t.Helper()
	var view orderView
	s.until(t, func() error {
		status, body := s.api(t, shop, http.MethodGet, "/api/orders/"+id, "")
		if status != http.StatusOK {
			return fmt.Errorf("order %s: %d %s", id, status, body)
		}
		view = orderView{}
		if err := json.NewDecoder(bytes.NewBufferString(body)).Decode(&view); err != nil {
			return err
		}
		var open []string
		for _, e := range view.Exceptions {
			open = append(open, e.Code)
		}
		if view.State != state || view.Reason != reason || !slices.Equal(open, codes) {
			return fmt.Errorf("order %s is %s (%s) with %v, want %s (%s) with %v", id, view.State, view.Reason, open, state, reason, codes)
		}
		return nil
	})
	return view
}

// place lets a buyer buy the usual mug and returns the order's number.
func (s *stage) place(t testing.TB, status string) string {
	t.Helper()
	id, err := s.platforms.TikTok.PlaceOrder(sandbox.TikTokShop, tiktoksim.OrderSpec{Status: status, Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// settled waits until a notification has been answered.
func (s *stage) settled(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := errors.Join(s.platforms.TikTok.Wait(ctx), s.platforms.Shopify.WaitWebhooks(ctx)); err != nil {
		t.Fatal(err)
	}
}

// written are the Shopify orders that came of a TikTok order.
func (s *stage) written(shop, id string) []shopifysim.Order {
	var found []shopifysim.Order
	for _, o := range s.platforms.Shopify.Orders(shop) {
		if o.SourceIdentifier == id {
			found = append(found, o)
		}
	}
	return found
}

// one is the only Shopify order of a TikTok order.
func (s *stage) one(t testing.TB, shop, id string) shopifysim.Order {
	t.Helper()
	found := s.written(shop, id)
	if len(found) != 1 {
		t.Fatalf("%s has %d orders for TikTok order %s, want 1", shop, len(found), id)
	}
	return found[0]
}

// creates counts the calls of orderCreate that reached Shopify since then.
func (s *stage) creates(since time.Time) int {
	n := 0
	for _, r := range s.platforms.Shopify.Requests() {
		if len(r.Fields) > 0 && r.Fields[0] == "orderCreate" && !r.At.Before(since) {
			n++
		}
	}
	return n
}

// injectTheirs lets another connector write orders before us, and waits until
// Shopify's search shows them.
func (s *stage) injectTheirs(t testing.TB, ids ...string) {
	t.Helper()
	for _, id := range ids {
		theirs := shopifysim.Order{Name: "#" + id, SourceIdentifier: id, App: "another connector"}
		if _, err := s.platforms.Shopify.InjectOrder(sandbox.Shop, theirs); err != nil {
			t.Fatal(err)
		}
	}
	lag := time.Now().Add(sandbox.IndexLag)
	s.until(t, func() error {
		if left := time.Until(lag); left > 0 {
			return fmt.Errorf("the search index is %v behind", left)
		}
		return nil
	})
}

// miscount says how many there should be.
type miscount struct {
	what      string
	got, want int
}

func (m *miscount) Error() string { return fmt.Sprintf("%d %s, want %d", m.got, m.what, m.want) }

// accepted tells whether TikTok was answered with 200.
func accepted(a tiktoksim.Attempt) bool { return a.Status == http.StatusOK }

// orderOf is the order that a notification is about.
func orderOf(body []byte) string {
	var n struct {
		Data struct {
			Order string `json:"order_id"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &n); err != nil {
		return ""
	}
	return n.Data.Order
}
