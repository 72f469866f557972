package shopifysim

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Sim is a simulated Shopify with any number of shops and one app. Its methods may be called from any goroutine.
type Sim struct {
	opts       Options
	resolvers  map[string]resolver
	authority  *authority
	deliveries *deliveries

	mu         sync.Mutex
	shops      []*shop
	lastID     int64
	late       []lateCommit
	requests   []Request
	violations []Violation
	emails     []Email
}

// New returns a simulator without shops.
func New(opts Options) *Sim {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Client == nil {
		opts.Client = &http.Client{Timeout: webhookTimeout}
	}
	if opts.IDMetafields == nil {
		opts.IDMetafields = []string{"tiktok_order_id"}
	}
	if opts.BucketSize == 0 {
		opts.BucketSize = defaultBucket
	}
	if opts.RestoreRate == 0 {
		opts.RestoreRate = defaultRestore
	}
	if opts.ThrottleStatus == 0 {
		opts.ThrottleStatus = http.StatusOK
	}
	s := &Sim{
		opts:       opts,
		resolvers:  newResolvers(),
		authority:  newAuthority(opts.APIKey, opts.APISecret, opts.Scopes, opts.Now),
		deliveries: newDeliveries(opts.APISecret, opts.WebhookURL, opts.Client, opts.Now),
		lastID:     9007199254740993, // from here on ids no longer fit into a float64
	}
	s.deliveries.way = opts.Way
	if opts.Topics != nil {
		s.deliveries.Subscribe(opts.Topics...)
	}
	if opts.RedirectURLs != nil {
		s.authority.AllowRedirects(opts.RedirectURLs...)
	}
	return s
}

var shopDomain = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*\.myshopify\.com$`)

// AddShop adds a shop with one location, called Warehouse, and nothing to sell. The app counts as installed there.
func (s *Sim) AddShop(spec ShopSpec) error {
	if !shopDomain.MatchString(spec.Domain) {
		return fmt.Errorf("add shop %q: no myshopify.com domain", spec.Domain)
	}
	if spec.Name == "" {
		spec.Name, _, _ = strings.Cut(spec.Domain, ".")
	}
	if spec.Currency == "" {
		spec.Currency = "USD"
	}
	if spec.TimeZone == "" {
		spec.TimeZone = "UTC"
	}
	if spec.OrderNumberPrefix == "" {
		spec.OrderNumberPrefix = "#"
	}
	if adminSchema().Types["CurrencyCode"].EnumValues.ForName(spec.Currency) == nil {
		return fmt.Errorf("add shop %s: unknown currency %q", spec.Domain, spec.Currency)
	}
	s.lock()
	defer s.mu.Unlock()
	if s.shop(spec.Domain) != nil {
		return fmt.Errorf("add shop %s: there is one already", spec.Domain)
	}
	now := s.opts.Now()
	first := &location{LocationSpec{Name: "Warehouse"}, s.nextGID("Location")}
	s.shops = append(s.shops, &shop{
		spec: spec, gid: s.nextGID("Shop"), location: first.gid, locations: []*location{first}, number: firstOrderNumber,
		bucket: bucket{size: s.opts.BucketSize, rate: s.opts.RestoreRate, available: s.opts.BucketSize, at: now},
	})
	return nil
}

// shop needs mu; it returns nil for a shop that is not there.
func (s *Sim) shop(domain string) *shop {
	i := slices.IndexFunc(s.shops, func(sh *shop) bool { return sh.spec.Domain == domain })
	if i < 0 {
		return nil
	}
	return s.shops[i]
}

// Handler serves the shops' addresses: the Admin API and the authorization endpoints. A shop is named by the first
// element of the path ("/acme.myshopify.com/admin/…"), else by the Host; a simulator with one shop needs neither.
func (s *Sim) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /admin/api/{version}/graphql.json", s.serveGraphQL)
	mux.HandleFunc("GET /admin/oauth/authorize", func(w http.ResponseWriter, r *http.Request) {
		s.disturbed("authorize", w, r, func(w http.ResponseWriter) {
			s.authority.ServeAuthorize(w, r, r.Header.Get(shopHeader))
		})
	})
	mux.HandleFunc("POST /admin/oauth/access_token", func(w http.ResponseWriter, r *http.Request) {
		s.disturbed("access_token", w, r, func(w http.ResponseWriter) {
			s.authority.ServeAccessToken(w, r, r.Header.Get(shopHeader))
		})
	})
	return s.routeShop(mux)
}

// shopHeader carries the shop from routeShop to the handlers. A value that a client sends is overwritten.
const shopHeader = "X-Sandbox-Shop"

func (s *Sim) routeShop(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		host, _, _ := strings.Cut(r.Host, ":")
		domain := s.addressed(first, host)
		if domain == "" {
			writeAnswer(w, http.StatusNotFound, map[string]any{"errors": "Not Found"})
			return
		}
		r = r.Clone(r.Context())
		if first == domain {
			r.URL.Path, r.URL.RawPath = "/"+rest, ""
		}
		r.Header.Set(shopHeader, domain)
		next.ServeHTTP(w, r)
	})
}

// addressed finds the shop that a request means, "" for none.
func (s *Sim) addressed(candidates ...string) string {
	s.lock()
	defer s.mu.Unlock()
	for _, c := range candidates {
		if sh := s.shop(c); sh != nil {
			return sh.spec.Domain
		}
	}
	if len(s.shops) == 1 && !strings.HasSuffix(candidates[0], ".myshopify.com") {
		return s.shops[0].spec.Domain
	}
	return ""
}

// lock takes mu and lets the late commits that are due happen.
func (s *Sim) lock() {
	s.mu.Lock()
	now := s.opts.Now()
	for len(s.late) > 0 {
		i := slices.IndexFunc(s.late, func(l lateCommit) bool { return !l.due.After(now) })
		if i < 0 {
			return
		}
		l := s.late[i]
		s.late = slices.Delete(s.late, i, i+1)
		l.commit(l.due)
	}
}

// send needs mu. A shop without the app has no subscriptions.
func (s *Sim) send(sh *shop, topic string, payload any) {
	if s.authority.installed(sh.spec.Domain) {
		s.deliveries.Send(sh.spec.Domain, topic, payload)
	}
}

func (sh *shop) profile() shopProfile {
	return shopProfile{
		ID: numericID(sh.gid), Domain: sh.spec.Domain, Name: sh.spec.Name, Currency: sh.spec.Currency,
		TimeZone: sh.spec.TimeZone, TaxesIncluded: sh.spec.TaxesIncluded,
	}
}
