package tiktoksim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// receiver is an app's webhook endpoint that checks signatures with nothing of the simulator's.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	got    []received
}

type received struct {
	Path string
	Auth string
	Body string
}

func newReceiver(t *testing.T) *receiver {
	rc := &receiver{status: http.StatusOK}
	rc.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rc.mu.Lock()
		defer rc.mu.Unlock()
		rc.got = append(rc.got, received{r.URL.Path, r.Header.Get("Authorization"), string(body)})
		w.WriteHeader(rc.status)
	}))
	t.Cleanup(rc.Close)
	return rc
}

// take waits for everything under way and returns a short form of what came: "path type order_status order_id".
func (rc *receiver) take(r *rig) []string {
	r.t.Helper()
	r.must(r.Wait(r.t.Context()))
	rc.mu.Lock()
	defer rc.mu.Unlock()
	var out []string
	for _, one := range rc.got {
		var n notification
		r.must(json.Unmarshal([]byte(one.Body), &n))
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d %s", one.Path, n.Type, text(n.Data["order_status"]))))
	}
	rc.got = nil
	return out
}

func TestStatusWebhooks(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t)
	r := newRig(t, func(o *Options) { o.WebhookURL = rc.URL + "/app" })
	id := r.place(OrderSpec{})
	r.must(r.Wait(t.Context()))
	rc.mu.Lock()
	first := rc.got[0]
	rc.mu.Unlock()
	want := fmt.Sprintf(`{"type":1,"tts_notification_id":"%s","shop_id":"%s","timestamp":1795100000,"data":`+
		`{"is_on_hold_order":true,"order_id":"%s","order_status":"ON_HOLD","update_time":1795100000}}`,
		first.Body[len(`{"type":1,"tts_notification_id":"`):][:19], usShop, id)
	if first.Body != want {
		t.Errorf("body = %s\nwant   %s", first.Body, want)
	}
	if first.Auth != webhookSign("key1", "secret1", []byte(first.Body)) {
		t.Error("the signature is not that of the body")
	}
	rc.take(r)
	r.must(r.SetStatus(id, "AWAITING_SHIPMENT"))
	r.must(r.ChangeAddress(id, DefaultAddress("US")))
	r.must(r.SetStatus(id, "CANCELLED"))
	if diff := cmp.Diff([]string{"/app 1 AWAITING_SHIPMENT", "/app 3", "/app 11", "/app 1 CANCEL", "/app 11"}, rc.take(r)); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
	if r.detail(id)[0]["has_updated_recipient_address"] != true {
		t.Error("the order does not say that its address changed")
	}
	for _, d := range r.Deliveries() {
		if has := strings.Contains(string(d.Body), "tts_notification_id"); has == (d.Type == 3) {
			t.Errorf("type %d: has a notification id: %v", d.Type, has)
		}
		if len(d.Attempts) != 1 || d.Attempts[0].Status != 200 {
			t.Errorf("attempts = %+v", d.Attempts)
		}
	}
}

func TestSubscriptionsPerShopAndType(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t)
	r := newRig(t, func(o *Options) { o.WebhookURL = rc.URL + "/app"; o.MoreEventTypes = []string{"REFUND_SUCCESS"} })
	hooks := "/event/202309/webhooks"
	put := func(event, address string) reply {
		return r.do(http.MethodPut, hooks, nil, `{"event_type":"`+event+`","address":"`+address+`"}`)
	}
	if rep := put("ORDER_STATUS_CHANGE", rc.URL+"/old"); rep.Code != 0 {
		t.Fatalf("put: %d %s", rep.Code, rep.Message)
	}
	put("ORDER_STATUS_CHANGE", rc.URL+"/own") // the same type again replaces the address
	put("REFUND_SUCCESS", rc.URL+"/own")
	want := map[string]string{"ORDER_STATUS_CHANGE": rc.URL + "/own", "REFUND_SUCCESS": rc.URL + "/own"}
	if diff := cmp.Diff(want, r.Subscriptions(usShop)); diff != "" {
		t.Errorf("subscriptions (-want +got):\n%s", diff)
	}
	listed := into[struct {
		TotalCount int `json:"total_count"`
		Webhooks   []subscription
	}](t, r.do(http.MethodGet, hooks, nil, ""))
	if listed.TotalCount != 2 || len(listed.Webhooks) != 2 || listed.Webhooks[0].CreateTime == 0 {
		t.Errorf("listed = %+v", listed)
	}
	id := r.place(OrderSpec{})
	r.must(r.ChangeAddress(id, DefaultAddress("US")))
	_, err := r.PlaceOrder(gbShop, OrderSpec{Units: []Unit{SampleUnit()}})
	r.must(err)
	if diff := cmp.Diff([]string{"/own 1 ON_HOLD", "/app 3", "/app 1 ON_HOLD"}, rc.take(r)); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
	for range 2 { // deleting what is gone succeeds too
		if rep := r.do(http.MethodDelete, hooks, nil, `{"event_type":"ORDER_STATUS_CHANGE"}`); rep.Code != 0 {
			t.Errorf("delete: %d", rep.Code)
		}
	}
	for name, rep := range map[string]reply{"type": put("NO_SUCH_EVENT", rc.URL), "address": put("NEW_MESSAGE", "nowhere")} {
		if rep.Code != 36009004 {
			t.Errorf("%s: code = %d", name, rep.Code)
		}
	}
	r.clean()
}

func TestStrictAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://app.example/webhooks/tiktok": true, "http://app.example/": false, "https://app.example:8443/": false,
		"https://203.0.113.7/": false, "https://[2001:db8::1]/": false, "https://localhost/": false, "ftp://app.example/": false,
	} {
		if got := addressAllowed(address, true); got != want {
			t.Errorf("%s: allowed = %v", address, got)
		}
	}
}

func TestHoldReleaseDropAndRedeliver(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t)
	r := newRig(t, func(o *Options) { o.WebhookURL = rc.URL })
	r.HoldWebhooks(true)
	id := r.place(OrderSpec{})
	for _, s := range []string{"AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT"} {
		r.must(r.SetStatus(id, s))
	}
	if got := rc.take(r); got != nil {
		t.Fatalf("held webhooks were sent: %v", got)
	}
	held := r.Held()
	r.must(r.Drop(held[1].ID))
	r.must(r.Release(held[3].ID, held[0].ID))
	r.must(r.Redeliver(held[3].ID))
	r.must(r.Release())
	want := []string{"/ 1 IN_TRANSIT", "/ 1 ON_HOLD", "/ 1 IN_TRANSIT", "/ 1 AWAITING_COLLECTION"}
	if diff := cmp.Diff(want, rc.take(r)); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
	if err := r.Release(held[0].ID); err == nil {
		t.Error("a webhook was released twice")
	}
	if err := r.Redeliver("nothing"); err == nil {
		t.Error("an unknown webhook was sent again")
	}
	r.HoldWebhooks(false)
	r.must(r.SetStatus(id, "DELIVERED"))
	if got := rc.take(r); len(got) != 1 {
		t.Errorf("after the hold: %v", got)
	}
}

func TestOnlyAuthorizedShopsAreHeard(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t)
	r := newRig(t, func(o *Options) { o.WebhookURL = rc.URL })
	if _, err := r.PlaceOrder("7494000000000010003", OrderSpec{Units: []Unit{SampleUnit()}}); err != nil {
		t.Fatal(err)
	}
	r.must(r.Deauthorize(openID))
	r.place(OrderSpec{})
	if diff := cmp.Diff([]string{"/ 6", "/ 6"}, rc.take(r)); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
	r.must(r.Notify(usShop, 999, map[string]any{"x": 1}, true))
	if diff := cmp.Diff([]string{"/ 999"}, rc.take(r)); diff != "" {
		t.Errorf("notified (-want +got):\n%s", diff)
	}
}

func TestFailedDeliveriesAreLogged(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t)
	rc.status = http.StatusServiceUnavailable
	r := newRig(t, func(o *Options) { o.WebhookURL = rc.URL })
	r.place(OrderSpec{})
	r.must(r.Wait(t.Context()))
	rc.Close()
	r.must(r.Redeliver(r.Deliveries()[0].ID))
	r.must(r.Wait(t.Context()))
	got := r.Deliveries()[0].Attempts
	if len(got) != 2 || got[0].Status != 503 || got[1].Err == nil {
		t.Errorf("attempts = %+v", got)
	}
	r.Close()
	r.place(OrderSpec{}) // after Close nothing is sent, and nothing hangs
	r.must(r.Wait(t.Context()))
}
