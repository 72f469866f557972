package fulfillments

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Choices are the merchant's answers to which provider a carrier is.
type Choices interface {
	// CarrierProvider is the provider's id or name for a carrier by its key; empty where nobody chose.
	CarrierProvider(ctx context.Context, shop shopify.Domain, key string) (string, error)
}

// Providers lists TikTok's carriers.
type Providers interface {
	ShippingProviders(ctx context.Context, seat tiktok.Seat, option string) ([]tiktok.ShippingProvider, error)
}

// Directory finds TikTok's provider for the name of a carrier in Shopify: the
// merchant's answer first, then the same name, then the same carrier under
// another. It remembers TikTok's list of each delivery option for an hour, and
// asks again before it says that a carrier is not known.
type Directory struct {
	Choices Choices
	TikTok  Providers
	Now     func() time.Time

	mu    sync.Mutex
	lists map[listKey]list
}

type listKey struct {
	shop   tiktok.ShopID
	option string
}

type list struct {
	providers []tiktok.ShippingProvider
	at        time.Time
}

const (
	listLives = time.Hour
	// listFresh is how new a list must be for a carrier that is not on it to be unknown.
	listFresh = time.Minute
	// mostLists bounds the memory; beyond it all are forgotten.
	mostLists = 10_000
)

// Provider finds the provider of a carrier for a delivery option.
func (d *Directory) Provider(ctx context.Context, shop shopify.Domain, seat tiktok.Seat, option, company string) (Carrier, error) {
	choice, err := d.Choices.CarrierProvider(ctx, shop, mappings.CarrierKey(company))
	if err != nil {
		return Carrier{}, fmt.Errorf("read what %s chose for a carrier: %w", shop, err)
	}
	var providers []tiktok.ShippingProvider
	for _, age := range []time.Duration{listLives, listFresh} {
		if providers, err = d.providers(ctx, seat, option, age); err != nil {
			return Carrier{}, err
		}
		find := Match
		name := company
		if choice != "" {
			find, name = Chosen, choice
		}
		if provider, known := find(name, providers); known {
			return Carrier{Provider: provider, Known: true}, nil
		}
	}
	unknown := Carrier{}
	for _, p := range providers {
		unknown.Allowed = append(unknown.Allowed, p.Name)
	}
	return unknown, nil
}

// providers is TikTok's list, not older than age.
func (d *Directory) providers(ctx context.Context, seat tiktok.Seat, option string, age time.Duration) ([]tiktok.ShippingProvider, error) {
	key := listKey{seat.Shop, option}
	d.mu.Lock()
	known, there := d.lists[key]
	d.mu.Unlock()
	if there && d.Now().Sub(known.at) < age {
		return known.providers, nil
	}
	providers, err := d.TikTok.ShippingProviders(ctx, seat, option)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lists == nil || len(d.lists) >= mostLists {
		d.lists = map[listKey]list{}
	}
	d.lists[key] = list{providers: providers, at: d.Now()}
	return providers, nil
}

// CarrierTable keeps the merchant's answers.
type CarrierTable interface {
	ChangeCarriers(ctx context.Context, shop shopify.Domain, rows []mappings.Carrier, jobs ...Job) error
}

// Chooser changes them.
type Chooser struct{ Table CarrierTable }

// ChangeCarriers keeps and removes answers and, in the same transaction, has
// every order looked at again that waits for one.
func (c *Chooser) ChangeCarriers(ctx context.Context, shop shopify.Domain, rows []mappings.Carrier) error {
	if len(rows) == 0 {
		return nil
	}
	return c.Table.ChangeCarriers(ctx, shop, rows, ResumeArgs{Shop: shop, Code: exceptions.CarrierUnknown})
}
