package tiktoksim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/frame"
)

// Options configure a simulator. AppKey, AppSecret, ServiceID and RedirectURL are what Partner Center knows of the app.
type Options struct {
	AppKey      string
	AppSecret   string
	ServiceID   string
	RedirectURL string // where the authorize page sends the seller back to
	WebhookURL  string // the app-level webhook address, used where a shop has no subscription; empty means none

	AccessTTL  time.Duration // 0: 7 days
	RefreshTTL time.Duration // 0: 358 days

	KeepOldRefreshToken bool     // a used refresh token goes on working (what TikTok does is not public)
	RevokeOldAccess     bool     // a refresh ends the access token it replaces at once, not at its own expiry
	NoPriceDetail       bool     // the price detail endpoint does not exist (404)
	StrictAddresses     bool     // webhook addresses must be https with a domain and no port, as in production
	MoreEventTypes      []string // webhook event types accepted beside the documented ones
	Products            []Unit   // what the page offers to buy
	// ReturnURL is what the return proxy app opens when a buyer returns something, with TikTok's placeholders; the page may change it.
	ReturnURL string
	// Neighbors are where the page leads.
	Neighbors frame.Neighbors
	// Aftersales are the rules for orders that SetAftersaleRules has given none.
	Aftersales AftersaleRules

	Now    func() time.Time // nil: time.Now
	Script *chaos.Script    // nil: nothing fails
	// Way is what happens to webhooks before they arrive; topics are the types' numbers. Nil: each arrives once, in order.
	Way    *chaos.Webhooks
	Client *http.Client // sends webhooks; nil: one with a 3 s timeout, TikTok's own limit
}

// Sim is the simulated platform. Create it with New; its methods are safe for concurrent use.
type Sim struct {
	opts     Options
	contract *contract
	webhooks *deliverer

	mu         sync.Mutex // guards everything below
	sellers    []*seller
	chosen     *seller // who is logged in on the authorize page; nil: the first seller
	denying    bool
	codes      map[string]*authCode
	access     map[string]*grant
	refresh    map[string]*grant
	orders     map[string]*order
	cases      map[string]*aftersale // returns and cancellations
	keys       map[string]written    // writes by idempotency key
	soldOut    map[string]bool       // SKUs that a cancellation has emptied
	returnURL  string
	serial     int64
	violations []Violation
	requests   []Request
}

// Request is one call as the simulator saw it, without its query, headers or body.
type Request struct {
	At     time.Time
	Op     string // "METHOD /documented/path", or the raw method and path where no document names it
	Method string
	Path   string
	Status int        // HTTP status; 0 when the connection was cut
	Code   int        // code of the envelope
	Fault  chaos.Kind // what the script did to it, if anything
	// OrderIDs are the orders that the call named.
	OrderIDs []string
}

// New checks the options and loads TikTok's documents (once per process).
func New(opts Options) (*Sim, error) {
	var errs []error
	for name, v := range map[string]string{"AppKey": opts.AppKey, "AppSecret": opts.AppSecret, "ServiceID": opts.ServiceID} {
		if v == "" {
			errs = append(errs, fmt.Errorf("tiktoksim: Options.%s is empty", name))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	c, err := loadContract()
	if err != nil {
		return nil, err
	}
	opts.AccessTTL = cmp.Or(opts.AccessTTL, 7*24*time.Hour)
	opts.RefreshTTL = cmp.Or(opts.RefreshTTL, 358*24*time.Hour)
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Sim{
		opts:     opts,
		contract: c,
		webhooks: newDeliverer(opts),
		codes:    make(map[string]*authCode),
		access:   make(map[string]*grant),
		refresh:  make(map[string]*grant),
		orders:   make(map[string]*order),
		cases:    make(map[string]*aftersale),
		keys:     make(map[string]written),
		soldOut:  make(map[string]bool),

		returnURL: opts.ReturnURL,
	}, nil
}

// Violations lists the requests that TikTok's contract does not allow, oldest first. A test fails when there is one.
func (s *Sim) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// Requests lists every call of the API and the token host, oldest first.
func (s *Sim) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Wait blocks until every webhook that is not held has been tried, or ctx ends.
func (s *Sim) Wait(ctx context.Context) error { return s.webhooks.wait(ctx) }

// Close stops sending webhooks and waits for the one under way.
func (s *Sim) Close() { s.webhooks.close() }

func (s *Sim) now() time.Time { return s.opts.Now() }

// next is the next value of the one counter behind every id and token.
func (s *Sim) next() int64 {
	s.serial++
	return s.serial
}
