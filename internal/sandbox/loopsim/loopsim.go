package loopsim

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Orders is where the simulator finds a shop's orders. name is compared exactly; the simulator tries the writings that
// it takes as equal.
type Orders interface {
	OrderByName(shop, name string) (Order, bool)
}

// Order is what Loop knows of a Shopify order.
type Order struct {
	ID        string // number or GID at Shopify
	Name      string
	ZIP       string // of the shipping address; empty when there is none
	Currency  string
	Cancelled bool
	Lines     []Line
}

// Line is one line of an order.
type Line struct {
	ID        string // number or GID at Shopify
	VariantID string // empty for a custom line
	SKU       string
	Title     string
	Quantity  int
	Fulfilled int // how many of Quantity are fulfilled
	Returned  int // how many came back already, or were cancelled
}

// Options configure a Sim; only Orders is required.
type Options struct {
	Orders Orders
	// Refunds is where returns are recorded. Nil: the portal takes none.
	Refunds Refunds
	// Start is the address of the sandbox's start page, to which the portal leads back. Empty: it stands alone.
	Start string
	// Now is the simulator's clock. Nil: time.Now.
	Now func() time.Time
	// ExactName makes "#" part of the name. ExactZIP makes spaces, hyphens and the last four digits of a ZIP+4 count.
	ExactName, ExactZIP bool
}

// Portal is one shop's account at Loop.
type Portal struct {
	// Name is the portal's path segment: /{name}?order=&zip=.
	Name string
	// Host is the portal's own host, such as "acme.loopreturns.test", at which it answers on /. May be empty.
	Host string
	// Shop is the shop's domain at Shopify.
	Shop string
	// APIKey opens the API. Empty: the shop has no key.
	APIKey string
	// NoDraftReturns is an account whose plan leaves the draft returns API out.
	NoDraftReturns bool
}

// Sim is a simulated Loop with any number of portals. Its methods may be called from any goroutine.
type Sim struct {
	opts Options
	api  http.Handler

	mu         sync.Mutex
	portals    []Portal
	drafts     []draft
	returns    []Return
	lookups    []Lookup
	violations []string
	calls      map[string][]time.Time // per API key, of the last minute
	forms      int                    // that were handed out

	once      sync.Mutex // guards submitted, while a form is worked on
	submitted map[string]Return
}

// New returns a simulator without portals.
func New(opts Options) *Sim {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := &Sim{opts: opts, calls: map[string][]time.Time{}, submitted: map[string]Return{}}
	s.api = s.apiRoutes()
	return s
}

// AddPortal adds a shop's account. A second portal of the same name replaces the first.
func (s *Sim) AddPortal(p Portal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.portals = append(slices.DeleteFunc(s.portals, func(old Portal) bool { return old.Name == p.Name }), p)
}

// Handler serves the API under /api/v1/ and the portals elsewhere.
func (s *Sim) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			s.api.ServeHTTP(w, r)
			return
		}
		s.servePortal(w, r)
	})
}

// Lookups lists every look-up there was, oldest first, through portal and API alike.
func (s *Sim) Lookups() []Lookup {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lookups)
}

// Violations lists the requests that Loop's documents do not allow, oldest first.
func (s *Sim) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

func (s *Sim) violate(r *http.Request, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, r.Method+" "+r.URL.Path+": "+what)
}

// portalOf finds the portal by the request's host, else by the path's only segment.
func (s *Sim) portalOf(r *http.Request) (Portal, bool) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host // without a port
	}
	segment := strings.Trim(r.URL.Path, "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.portals {
		if p.Host != "" && strings.EqualFold(p.Host, host) && segment == "" {
			return p, true
		}
	}
	for _, p := range s.portals {
		if segment != "" && p.Name == segment {
			return p, true
		}
	}
	return Portal{}, false
}
