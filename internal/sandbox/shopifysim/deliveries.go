package shopifysim

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/switchbackhq/switchback/graphql/schema"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// webhookTimeout is how long Shopify waits for a webhook's whole exchange.
const webhookTimeout = 5 * time.Second

// Delivery is one webhook to the app and what became of it.
type Delivery struct {
	Shop, Topic string
	// WebhookID is the same in every attempt of this delivery; EventID is the same in every delivery of one event.
	WebhookID, EventID string
	TriggeredAt        time.Time
	// Body is what is posted, byte for byte.
	Body []byte
	// Attempts are oldest first; none means held, dropped, still queued or nowhere to post to.
	Attempts []Attempt
}

// Attempt is one try to post a delivery. Status is 0 when there was no answer; Err says why.
type Attempt struct {
	At     time.Time
	Status int
	Err    string
}

// Accepted says whether the app took any attempt of the delivery: only 2xx counts.
func (d Delivery) Accepted() bool {
	return slices.ContainsFunc(d.Attempts, func(a Attempt) bool { return a.Status/100 == 2 })
}

func (d Delivery) clone() Delivery {
	d.Body, d.Attempts = slices.Clone(d.Body), slices.Clone(d.Attempts)
	return d
}

// deliveries posts webhooks as Shopify's HTTPS delivery does, and lets a test disturb that: hold them, release them in
// another order or not at all, post them several times. It posts one after the other in the background, so that
// a mutation never waits for the app's answer. Failed ones are posted again when RetryFailed says so, not by a timer.
type deliveries struct {
	secret string
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex
	url     string
	topics  []string // nil: all
	log     []*Delivery
	queue   []*Delivery
	held    []*Delivery
	late    []*Delivery // wait to be overtaken
	holding bool
	extra   int
	way     *chaos.Webhooks // what happens to a delivery before it arrives; nil: nothing
	idle    chan struct{}   // nil: nothing to post; else closed when there is nothing left
}

func newDeliveries(secret, url string, client *http.Client, now func() time.Time) *deliveries {
	var c http.Client
	if client != nil {
		c = *client
	}
	if c.Timeout == 0 {
		c.Timeout = webhookTimeout
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // 3xx is a failure
	return &deliveries{secret: secret, url: url, client: &c, now: now}
}

// Subscribe names the only topics that are sent. Without it every topic is.
func (d *deliveries) Subscribe(topics ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.topics = append([]string{}, topics...)
}

// PostTo changes the address that what is sent from now on goes to.
func (d *deliveries) PostTo(url string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.url = url
}

// Send posts payload, as JSON, under topic ("orders/create"), unless the app has not subscribed to it. It returns at
// once. A payload that JSON cannot express is in the log with an attempt that failed.
func (d *deliveries) Send(shop, topic string, payload any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.topics != nil && !slices.Contains(d.topics, topic) {
		return
	}
	del := &Delivery{Shop: shop, Topic: topic, WebhookID: newUUID(), EventID: newUUID(), TriggeredAt: d.now().UTC()}
	d.log = append(d.log, del)
	body, err := json.Marshal(payload)
	if err != nil {
		del.Attempts = []Attempt{{At: del.TriggeredAt, Err: err.Error()}}
		return
	}
	del.Body = body
	d.dispatch(del)
}

// dispatch sends a delivery on the way that it is meant to take. What waited to be overtaken follows it. It needs mu.
func (d *deliveries) dispatch(del *Delivery) {
	way := d.way.Next(del.Topic)
	for range way.Copies {
		switch {
		case way.Overtaken:
			d.late = append(d.late, del)
			time.AfterFunc(way.After, func() { d.arrive(del) })
		case way.After > 0:
			time.AfterFunc(way.After, func() {
				d.mu.Lock()
				defer d.mu.Unlock()
				d.post(del)
			})
		default:
			d.post(del)
		}
	}
	if way.Copies == 0 || way.After > 0 {
		return
	}
	for _, overtaken := range d.late {
		d.post(overtaken)
	}
	d.late = nil
}

// arrive sends a delivery that nothing has overtaken.
func (d *deliveries) arrive(del *Delivery) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.Index(d.late, del); i >= 0 {
		d.late = slices.Delete(d.late, i, i+1)
		d.post(del)
	}
}

// Hold keeps what is sent from now on back until Release.
func (d *deliveries) Hold() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.holding = true
}

// Release ends Hold and posts what it kept back in the order that order returns; nil keeps the order. A delivery that
// order returns twice is posted twice, one that it leaves out is lost for good, as Shopify allows itself.
func (d *deliveries) Release(order func([]Delivery) []Delivery) {
	d.mu.Lock()
	held := d.held
	d.held, d.holding = nil, false
	kept := make([]Delivery, len(held))
	for i, del := range held {
		kept[i] = del.clone()
	}
	d.mu.Unlock()
	if order != nil {
		kept = order(kept)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range kept {
		if i := slices.IndexFunc(held, func(del *Delivery) bool { return del.WebhookID == k.WebhookID }); i >= 0 {
			d.post(held[i])
		}
	}
}

// Duplicate posts every delivery n more times from now on, with the same ids; 0 ends it.
func (d *deliveries) Duplicate(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.extra = max(n, 0)
}

// Redeliver posts an earlier delivery again: same ids, same body. It reports whether there is such a delivery.
func (d *deliveries) Redeliver(webhookID string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := d.find(webhookID)
	if i >= 0 {
		d.post(d.log[i])
	}
	return i >= 0
}

// DeliverTwin posts an earlier event as a second subscription to the topic would: same event id, new webhook id. It
// reports whether there is such a delivery.
func (d *deliveries) DeliverTwin(webhookID string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := d.find(webhookID)
	if i < 0 {
		return false
	}
	twin := d.log[i].clone()
	twin.WebhookID, twin.Attempts = newUUID(), nil
	d.log = append(d.log, &twin)
	d.post(&twin)
	return true
}

// RetryFailed posts every delivery again that was tried and never accepted, as Shopify does eight times in four hours.
// It returns how many there are.
func (d *deliveries) RetryFailed() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, del := range d.log {
		if del.Body != nil && len(del.Attempts) > 0 && !del.Accepted() && !slices.Contains(d.queue, del) {
			d.post(del)
			n++
		}
	}
	return n
}

// Log lists every delivery there was, oldest first.
func (d *deliveries) Log() []Delivery {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]Delivery, len(d.log))
	for i, del := range d.log {
		out[i] = del.clone()
	}
	return out
}

// Wait returns when nothing is being posted or queued; what Hold keeps back does not count.
func (d *deliveries) Wait(ctx context.Context) error {
	d.mu.Lock()
	idle := d.idle
	d.mu.Unlock()
	if idle == nil {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for webhooks: %w", ctx.Err())
	}
}

// find needs mu.
func (d *deliveries) find(webhookID string) int {
	return slices.IndexFunc(d.log, func(del *Delivery) bool { return del.WebhookID == webhookID && del.Body != nil })
}

// post queues a delivery, once and as often again as Duplicate asks. It needs mu.
func (d *deliveries) post(del *Delivery) {
	switch {
	case d.url == "":
		return
	case d.holding:
		d.held = append(d.held, del)
		return
	}
	for range 1 + d.extra {
		d.queue = append(d.queue, del)
	}
	if d.idle == nil {
		d.idle = make(chan struct{})
		go d.drain()
	}
}

// drain posts until the queue is empty.
func (d *deliveries) drain() {
	for {
		d.mu.Lock()
		if len(d.queue) == 0 {
			close(d.idle)
			d.idle = nil
			d.mu.Unlock()
			return
		}
		del := d.queue[0]
		d.queue = d.queue[1:]
		url, copied := d.url, del.clone()
		d.mu.Unlock()

		attempt := d.attempt(url, copied)

		d.mu.Lock()
		del.Attempts = append(del.Attempts, attempt)
		d.mu.Unlock()
	}
}

func (d *deliveries) attempt(url string, del Delivery) Attempt {
	a := Attempt{At: d.now().UTC()}
	// Nobody waits for a webhook; the client's own time limit bounds it.
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, bytes.NewReader(del.Body))
	if err != nil {
		a.Err = err.Error()
		return a
	}
	req.Header = del.header(d.secret)
	resp, err := d.client.Do(req)
	if err != nil {
		a.Err = err.Error()
		return a
	}
	defer func() { _ = resp.Body.Close() }() // only the status matters
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	a.Status = resp.StatusCode
	return a
}

// header holds the headers of Shopify's HTTPS delivery. The signature is base64 of HMAC-SHA256 over the raw body.
func (d Delivery) header(secret string) http.Header {
	h := http.Header{}
	for name, value := range map[string]string{
		"Content-Type":           "application/json",
		"User-Agent":             "Shopify-Captain-Hook",
		"X-Shopify-Topic":        d.Topic,
		"X-Shopify-Hmac-Sha256":  base64.StdEncoding.EncodeToString(hmacSHA256(secret, d.Body)),
		"X-Shopify-Shop-Domain":  d.Shop,
		"X-Shopify-Api-Version":  schema.APIVersion,
		"X-Shopify-Webhook-Id":   d.WebhookID,
		"X-Shopify-Event-Id":     d.EventID,
		"X-Shopify-Triggered-At": d.TriggeredAt.Format(time.RFC3339Nano),
	} {
		h.Set(name, value)
	}
	return h
}
