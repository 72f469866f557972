package shopifysim

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/graphql/schema"
)

// receiver is an app that takes webhooks and remembers them.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	status func(n int) int // of the n-th webhook, counted from 0; nil: 200
}

type received struct {
	header http.Header
	body   string
}

func newReceiver(t *testing.T, status func(n int) int) *receiver {
	t.Helper()
	r := &receiver{status: status}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Errorf("read webhook: %v", err)
		}
		r.mu.Lock()
		n := len(r.got)
		r.got = append(r.got, received{req.Header.Clone(), string(body)})
		r.mu.Unlock()
		if r.status == nil {
			return
		}
		if code := r.status(n); code/100 == 3 {
			http.Redirect(w, req, "/elsewhere", code)
		} else {
			w.WriteHeader(code)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func (r *receiver) bodies() []string {
	var out []string
	for _, g := range r.all() {
		out = append(out, g.body)
	}
	return out
}

func testDeliveries(t *testing.T, status func(n int) int) (*deliveries, *receiver) {
	t.Helper()
	r := newReceiver(t, status)
	return newDeliveries(testSecret, r.URL+"/webhooks/shopify", r.Client(), newTestClock().now), r
}

func wait(t *testing.T, d *deliveries) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := d.Wait(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestWebhookHeaders(t *testing.T) {
	t.Parallel()
	d, r := testDeliveries(t, nil)
	d.Send(testShop, "orders/create", map[string]any{"id": int64(820982911946154508), "note": "<3 & more"})
	wait(t, d)
	all := r.all()
	if len(all) != 1 {
		t.Fatalf("%d webhooks", len(all))
	}
	h := all[0].header
	for name, want := range map[string]string{
		"X-Shopify-Topic": "orders/create", "X-Shopify-Shop-Domain": testShop, "X-Shopify-API-Version": schema.APIVersion,
		"X-Shopify-Triggered-At": "2026-11-22T12:00:00Z", "Content-Type": "application/json",
	} {
		if h.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, h.Get(name), want)
		}
	}
	if h.Get("X-Shopify-Webhook-Id") == "" || h.Get("X-Shopify-Event-Id") == "" || h.Get("X-Shopify-Webhook-Id") == h.Get("X-Shopify-Event-Id") {
		t.Errorf("ids = %q and %q", h.Get("X-Shopify-Webhook-Id"), h.Get("X-Shopify-Event-Id"))
	}
	mac := hmac.New(sha256.New, []byte(testSecret))
	mac.Write([]byte(all[0].body))
	if got := h.Get("X-Shopify-Hmac-Sha256"); got != base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
		t.Errorf("signature = %q", got)
	}
	if log := d.Log(); len(log) != 1 || !log[0].Accepted() || string(log[0].Body) != all[0].body || log[0].Attempts[0].Status != 200 {
		t.Errorf("log = %+v", log)
	}
}

// Test case 2 of RFC 4231, in the base64 that Shopify uses.
func TestWebhookSignatureVector(t *testing.T) {
	t.Parallel()
	d := Delivery{Body: []byte("what do ya want for nothing?")}
	if got := d.header("Jefe").Get("X-Shopify-Hmac-Sha256"); got != "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=" {
		t.Errorf("signature = %s", got)
	}
}

func TestHoldAndRelease(t *testing.T) {
	t.Parallel()
	reversed := func(in []Delivery) []Delivery { slices.Reverse(in); return in }
	for name, tc := range map[string]struct {
		order func([]Delivery) []Delivery
		want  []string
	}{
		"as sent":   {nil, []string{`1`, `2`, `3`}},
		"reordered": {reversed, []string{`3`, `2`, `1`}},
		"one lost":  {func(in []Delivery) []Delivery { return in[1:] }, []string{`2`, `3`}},
		"one twice": {func(in []Delivery) []Delivery { return append(in, in[0]) }, []string{`1`, `2`, `3`, `1`}},
		"all lost":  {func([]Delivery) []Delivery { return nil }, nil},
		"unknown":   {func([]Delivery) []Delivery { return []Delivery{{WebhookID: "x"}} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, r := testDeliveries(t, nil)
			d.Hold()
			for i := 1; i <= 3; i++ {
				d.Send(testShop, "orders/updated", i)
			}
			wait(t, d)
			if got := r.bodies(); len(got) != 0 {
				t.Fatalf("posted while held: %q", got)
			}
			d.Release(tc.order)
			wait(t, d)
			if diff := cmp.Diff(tc.want, r.bodies()); diff != "" {
				t.Error(diff)
			}
			if len(d.Log()) != 3 {
				t.Errorf("log has %d entries", len(d.Log()))
			}
			d.Send(testShop, "orders/updated", 4)
			wait(t, d)
			if diff := cmp.Diff(append(slices.Clone(tc.want), `4`), r.bodies()); diff != "" {
				t.Errorf("after release: %s", diff)
			}
		})
	}
}

func TestDuplicatesKeepTheirIDs(t *testing.T) {
	t.Parallel()
	d, r := testDeliveries(t, nil)
	d.Duplicate(2)
	d.Send(testShop, "orders/create", "a")
	d.Duplicate(0)
	d.Send(testShop, "orders/create", "b")
	wait(t, d)
	if diff := cmp.Diff([]string{`"a"`, `"a"`, `"a"`, `"b"`}, r.bodies()); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(r.all()[0].header, r.all()[2].header); diff != "" {
		t.Errorf("a duplicate differs: %s", diff)
	}
	if got := d.Log(); len(got) != 2 || len(got[0].Attempts) != 3 {
		t.Errorf("log = %+v", got)
	}
}

func TestRedeliverAndTwin(t *testing.T) {
	t.Parallel()
	d, r := testDeliveries(t, nil)
	d.Send(testShop, "orders/create", "a")
	id := d.Log()[0].WebhookID
	if !d.Redeliver(id) || !d.DeliverTwin(id) || d.Redeliver("x") || d.DeliverTwin("x") {
		t.Error("only what is in the log can be sent again")
	}
	wait(t, d)
	all := r.all()
	if len(all) != 3 {
		t.Fatalf("%d webhooks", len(all))
	}
	get := func(i int, name string) string { return all[i].header.Get(name) }
	if get(1, "X-Shopify-Webhook-Id") != id || get(2, "X-Shopify-Webhook-Id") == id {
		t.Errorf("webhook ids = %s, %s, %s", id, get(1, "X-Shopify-Webhook-Id"), get(2, "X-Shopify-Webhook-Id"))
	}
	if get(2, "X-Shopify-Event-Id") != get(0, "X-Shopify-Event-Id") {
		t.Error("the twin is another event")
	}
}

func TestOnly2xxCountsAndFailuresAreRetriedOnCommand(t *testing.T) {
	t.Parallel()
	d, r := testDeliveries(t, func(n int) int { return []int{503, 302, 401, 204, 200}[n] })
	d.Send(testShop, "orders/create", "a")
	for want := range 3 {
		wait(t, d)
		if log := d.Log()[0]; len(log.Attempts) != want+1 || log.Accepted() {
			t.Fatalf("after %d retries: %+v", want, log)
		}
		if n := d.RetryFailed(); n != 1 {
			t.Fatalf("retried %d", n)
		}
	}
	wait(t, d)
	if !d.Log()[0].Accepted() || d.RetryFailed() != 0 {
		t.Errorf("log = %+v", d.Log())
	}
	if all := r.all(); all[0].header.Get("X-Shopify-Webhook-Id") != all[3].header.Get("X-Shopify-Webhook-Id") {
		t.Error("a retry has another webhook id")
	}
}

func TestNoAnswerIsAFailedAttempt(t *testing.T) {
	t.Parallel()
	d, r := testDeliveries(t, nil)
	r.Close()
	d.Send(testShop, "orders/create", "a")
	wait(t, d)
	if a := d.Log()[0].Attempts; len(a) != 1 || a[0].Status != 0 || a[0].Err == "" {
		t.Errorf("attempts = %+v", a)
	}
}

func TestSubscribedTopicsOnly(t *testing.T) {
	t.Parallel()
	d, r := testDeliveries(t, nil)
	d.Subscribe("orders/create")
	d.Send(testShop, "orders/updated", "no")
	d.Send(testShop, "orders/create", "yes")
	wait(t, d)
	if diff := cmp.Diff([]string{`"yes"`}, r.bodies()); diff != "" {
		t.Error(diff)
	}
	d.Subscribe()
	d.Send(testShop, "orders/create", "no")
	wait(t, d)
	if len(r.all()) != 1 {
		t.Error("no subscription, yet a webhook")
	}
}

func TestWithoutAddressNothingIsPosted(t *testing.T) {
	t.Parallel()
	_, r := testDeliveries(t, nil)
	d := newDeliveries(testSecret, "", nil, newTestClock().now)
	d.Send(testShop, "orders/create", "a")
	wait(t, d)
	if log := d.Log(); len(log) != 1 || len(log[0].Attempts) != 0 {
		t.Errorf("log = %+v", log)
	}
	d.PostTo(r.URL)
	d.Send(testShop, "orders/create", "b")
	wait(t, d)
	if diff := cmp.Diff([]string{`"b"`}, r.bodies()); diff != "" {
		t.Error(diff)
	}
	if d.client.Timeout != webhookTimeout {
		t.Errorf("time limit = %v", d.client.Timeout)
	}
}

func TestPayloadWithoutJSONIsInTheLog(t *testing.T) {
	t.Parallel()
	d, r := testDeliveries(t, nil)
	d.Send(testShop, "orders/create", make(chan int))
	wait(t, d)
	if log := d.Log(); len(log) != 1 || len(log[0].Attempts) != 1 || log[0].Attempts[0].Err == "" || len(r.all()) != 0 {
		t.Errorf("log = %+v", log)
	}
	if d.RetryFailed() != 0 || d.Redeliver(d.Log()[0].WebhookID) {
		t.Error("it cannot be posted later either")
	}
}

func TestWaitGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	release, entered := make(chan struct{}), make(chan struct{})
	d, _ := testDeliveries(t, func(int) int { close(entered); <-release; return 200 })
	d.Send(testShop, "orders/create", "a")
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	close(release)
	wait(t, d)
}

func TestSendFromManyGoroutines(t *testing.T) {
	t.Parallel()
	d, r := testDeliveries(t, nil)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if i == 10 {
				d.Hold()
			}
			d.Send(testShop, "orders/create", i)
			_ = d.Log()
			_ = d.Wait(t.Context())
		})
	}
	wg.Wait()
	d.Release(nil)
	wait(t, d)
	if n := len(r.all()); n != 20 {
		t.Errorf("%d webhooks, want 20", n)
	}
}
