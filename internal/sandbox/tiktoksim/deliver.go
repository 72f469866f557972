package tiktoksim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

// Delivery is one webhook and what became of it.
type Delivery struct {
	ID       string // of the simulator, for Release, Redeliver and Drop; not on the wire
	Type     int
	ShopID   string
	Address  string // empty: nobody wants it, and it was not sent
	Body     []byte
	Attempts []Attempt
}

// Attempt is one time that a webhook was posted.
type Attempt struct {
	At     time.Time
	Status int   // 0 when there was no answer
	Err    error // why there was none
}

// deliverer posts webhooks one after the other from a background goroutine that lives only while there is work.
// It never tries again by itself: a test says when, with Redeliver.
type deliverer struct {
	key, secret string
	client      *http.Client
	now         func() time.Time
	way         *chaos.Webhooks
	ctx         context.Context // ends with Close, whatever is under way
	cancel      context.CancelFunc

	mu     sync.Mutex
	all    []*Delivery
	queue  []*Delivery
	held   []*Delivery
	late   []*Delivery // wait to be overtaken
	hold   bool
	closed bool
	busy   chan struct{} // closed when the goroutine ends; nil when none runs
}

// webhookTimeout is how long TikTok waits for an answer.
const webhookTimeout = 3 * time.Second

func newDeliverer(opts Options) *deliverer {
	ctx, cancel := context.WithCancel(context.Background())
	client := opts.Client
	if client == nil {
		client = &http.Client{Timeout: webhookTimeout}
	}
	return &deliverer{key: opts.AppKey, secret: opts.AppSecret, client: client, now: opts.Now, way: opts.Way, ctx: ctx, cancel: cancel}
}

func (d *deliverer) enqueue(delivery Delivery) {
	d.mu.Lock()
	defer d.mu.Unlock()
	one := &delivery
	d.all = append(d.all, one)
	switch {
	case one.Address == "":
	case d.hold:
		d.held = append(d.held, one)
	default:
		d.dispatch(one)
	}
}

// dispatch sends a webhook on the way that it is meant to take. What waited to be overtaken follows it. The lock is held.
func (d *deliverer) dispatch(one *Delivery) {
	way := d.way.Next(strconv.Itoa(one.Type))
	for range way.Copies {
		switch {
		case way.Overtaken:
			d.late = append(d.late, one)
			time.AfterFunc(way.After, func() { d.arrive(one) })
		case way.After > 0:
			time.AfterFunc(way.After, func() {
				d.mu.Lock()
				defer d.mu.Unlock()
				d.push(one)
			})
		default:
			d.push(one)
		}
	}
	if way.Copies == 0 || way.After > 0 {
		return
	}
	for _, overtaken := range d.late {
		d.push(overtaken)
	}
	d.late = nil
}

// arrive sends a webhook that nothing has overtaken.
func (d *deliverer) arrive(one *Delivery) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.Index(d.late, one); i >= 0 {
		d.late = slices.Delete(d.late, i, i+1)
		d.push(one)
	}
}

// push hands a webhook to the goroutine, starting it where none runs. The lock is held.
func (d *deliverer) push(one *Delivery) {
	if d.closed {
		return
	}
	d.queue = append(d.queue, one)
	if d.busy == nil {
		d.busy = make(chan struct{})
		go d.run(d.busy)
	}
}

func (d *deliverer) run(done chan struct{}) {
	defer close(done)
	for {
		d.mu.Lock()
		if len(d.queue) == 0 || d.closed {
			d.busy = nil
			d.mu.Unlock()
			return
		}
		one := d.queue[0]
		d.queue = d.queue[1:]
		address, body := one.Address, one.Body
		d.mu.Unlock()

		status, err := d.post(address, body)

		d.mu.Lock()
		one.Attempts = append(one.Attempts, Attempt{At: d.now(), Status: status, Err: err})
		d.mu.Unlock()
	}
}

func (d *deliverer) post(address string, body []byte) (status int, err error) {
	req, err := http.NewRequestWithContext(d.ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("build webhook: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", webhookSign(d.key, d.secret, body))
	resp, err := d.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("post webhook: %w", err)
	}
	_, copyErr := io.Copy(io.Discard, io.LimitReader(resp.Body, maxBody))
	return resp.StatusCode, errors.Join(copyErr, resp.Body.Close())
}

func (d *deliverer) wait(ctx context.Context) error {
	for {
		d.mu.Lock()
		busy := d.busy
		d.mu.Unlock()
		if busy == nil {
			return nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return fmt.Errorf("wait for webhooks: %w", ctx.Err())
		}
	}
}

func (d *deliverer) close() {
	d.mu.Lock()
	d.closed = true
	busy := d.busy
	d.mu.Unlock()
	d.cancel()
	if busy != nil {
		<-busy
	}
}

// Deliveries lists every webhook, oldest first, with its attempts so far.
func (s *Sim) Deliveries() []Delivery {
	d := s.webhooks
	d.mu.Lock()
	defer d.mu.Unlock()
	return snapshot(d.all)
}

// Held lists the webhooks that wait for Release.
func (s *Sim) Held() []Delivery {
	d := s.webhooks
	d.mu.Lock()
	defer d.mu.Unlock()
	return snapshot(d.held)
}

func snapshot(list []*Delivery) []Delivery {
	out := make([]Delivery, 0, len(list))
	for _, one := range list {
		c := *one
		c.Attempts = slices.Clone(one.Attempts)
		out = append(out, c)
	}
	return out
}

// HoldWebhooks keeps webhooks back from now on, or lets those to come go again; what is held stays held.
func (s *Sim) HoldWebhooks(hold bool) {
	s.webhooks.mu.Lock()
	defer s.webhooks.mu.Unlock()
	s.webhooks.hold = hold
}

// Release sends held webhooks in the order given; without ids, all of them in the order in which they arose.
func (s *Sim) Release(ids ...string) error {
	return s.webhooks.take(ids, func(one *Delivery) { s.webhooks.push(one) })
}

// Drop forgets held webhooks: they were lost on the way. Without ids, all of them.
func (s *Sim) Drop(ids ...string) error {
	return s.webhooks.take(ids, func(*Delivery) {})
}

func (d *deliverer) take(ids []string, use func(*Delivery)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(ids) == 0 {
		for _, one := range d.held {
			ids = append(ids, one.ID)
		}
	}
	for _, id := range ids {
		i := slices.IndexFunc(d.held, func(one *Delivery) bool { return one.ID == id })
		if i < 0 {
			return fmt.Errorf("release webhook %s: it is not held", id)
		}
		one := d.held[i]
		d.held = slices.Delete(d.held, i, i+1)
		use(one)
	}
	return nil
}

// Redeliver posts a webhook again, byte for byte: a retry of TikTok's, or a duplicate.
func (s *Sim) Redeliver(id string) error {
	d := s.webhooks
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.all, func(one *Delivery) bool { return one.ID == id })
	if i < 0 || d.all[i].Address == "" {
		return fmt.Errorf("redeliver webhook %s: there is none, or it has no address", id)
	}
	d.push(d.all[i])
	return nil
}
