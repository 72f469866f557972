package shopifysim

import (
	"net/http"
	"sync"
	"time"
)

// Sim is a simulated Shopify with any number of shops and one app. Its methods may be called from any goroutine.
type Sim struct {
	opts       Options
	authority  *authority
	deliveries *deliveries

	mu    sync.Mutex
	shops map[string]*shop
}

// New returns a simulator without shops.
func New(opts Options) *Sim {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Client == nil {
		opts.Client = &http.Client{Timeout: 5 * time.Second}
	}
	return &Sim{
		opts:       opts,
		authority:  newAuthority(opts.APIKey, opts.APISecret, opts.Scopes, opts.Now),
		deliveries: newDeliveries(opts.APISecret, opts.WebhookURL, opts.Client, opts.Now),
		shops:      map[string]*shop{},
	}
}

// shop is one simulated shop; Sim.mu guards it.
type shop struct {
	spec ShopSpec
}
