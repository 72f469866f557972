package shopifysim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// errNoShop is wrapped with the domain.
var errNoShop = errors.New("no such shop in the sandbox")

// within runs do on a shop with the lock held.
func (s *Sim) within(domain string, do func(sh *shop) error) error {
	s.lock()
	defer s.mu.Unlock()
	sh := s.shop(domain)
	if sh == nil {
		return fmt.Errorf("%s: %w", domain, errNoShop)
	}
	return do(sh)
}

// Shops lists the shops in the order they were added.
func (s *Sim) Shops() []ShopSpec {
	s.lock()
	defer s.mu.Unlock()
	out := make([]ShopSpec, len(s.shops))
	for i, sh := range s.shops {
		out[i] = sh.spec
	}
	return out
}

// LocationGID is the shop's first location; "" when there is no such shop.
func (s *Sim) LocationGID(domain string) (gid string) {
	_ = s.within(domain, func(sh *shop) error { gid = sh.location; return nil }) // no shop, no location
	return gid
}

// AddLocation adds a place to the shop's first one, which is called Warehouse.
func (s *Sim) AddLocation(domain string, spec LocationSpec) (gid string, err error) {
	err = s.within(domain, func(sh *shop) error {
		gid = s.nextGID("Location")
		sh.locations = append(sh.locations, &location{spec, gid})
		return nil
	})
	return gid, err
}

// AddVariant adds something to sell.
func (s *Sim) AddVariant(domain string, spec VariantSpec) (Variant, error) {
	var out Variant
	err := s.within(domain, func(sh *shop) error {
		v := &variant{VariantSpec: spec, gid: s.nextGID("ProductVariant"), product: spec.Product}
		if v.product == "" {
			v.product = s.nextGID("Product")
		}
		if v.ProductTitle == "" {
			v.ProductTitle = spec.SKU
		}
		sh.variants = append(sh.variants, v)
		out = v.snapshot()
		return nil
	})
	return out, err
}

// Variants lists what a shop sells, with the stock that is left.
func (s *Sim) Variants(domain string) []Variant {
	var out []Variant
	_ = s.within(domain, func(sh *shop) error { // no shop, no variants
		for _, v := range sh.variants {
			out = append(out, v.snapshot())
		}
		return nil
	})
	return out
}

// Orders lists a shop's orders, oldest first. What it returns is the caller's own.
func (s *Sim) Orders(domain string) []Order {
	var out []Order
	_ = s.within(domain, func(sh *shop) error { // no shop, no orders
		for _, r := range sh.orders {
			out = append(out, r.snapshot())
		}
		return nil
	})
	return out
}

// OrderByName finds an order by its name, as its only or first owner. A leading "#" makes no difference.
func (s *Sim) OrderByName(domain, name string) (Order, bool) {
	bare := func(n string) string { return strings.TrimPrefix(strings.TrimSpace(n), "#") }
	orders := s.Orders(domain)
	i := slices.IndexFunc(orders, func(o Order) bool { return strings.EqualFold(bare(o.Name), bare(name)) })
	if i < 0 {
		return Order{}, false
	}
	return orders[i], true
}

// InjectOrder writes an order that another app or person made and tells the app by webhook. Ids, number, dates and
// totals are filled in, and the name when it is empty; o.App says who wrote it. It has no fulfillments: Fulfill ships it.
func (s *Sim) InjectOrder(domain string, o Order) (gid string, err error) {
	err = s.within(domain, func(sh *shop) error {
		x := &execution{sim: s, shop: sh, now: s.opts.Now().UTC()}
		now := x.now
		if o.App == "" {
			o.App = "another connector"
		}
		if o.Currency == "" {
			o.Currency = sh.spec.Currency
		}
		if o.FulfillmentStatus == "" {
			o.FulfillmentStatus = "UNFULFILLED"
		}
		r := &orderRecord{Order: o}
		r.Order = r.snapshot()
		s.number(sh, &r.Order)
		for i := range r.Metafields {
			r.Metafields[i].GID = s.nextGID("Metafield")
		}
		if r.CreatedAt.IsZero() {
			r.CreatedAt = now
		}
		if r.ProcessedAt.IsZero() {
			r.ProcessedAt = r.CreatedAt
		}
		r.settle(o.FinancialStatus)
		r.Fulfillments, r.FulfillmentOrders = nil, nil
		sh.orders = append(sh.orders, r)
		x.place(r, nil)
		gid = r.GID
		return nil
	})
	return gid, err
}

// EditOrder changes an order behind the app's back, as a person in the admin does, and sends orders/updated.
func (s *Sim) EditOrder(domain, gid string, edit func(*Order)) error {
	return s.within(domain, func(sh *shop) error {
		r := sh.orderByID(gid)
		if r == nil {
			return fmt.Errorf("edit order %s: not in %s", gid, domain)
		}
		edit(&r.Order)
		r.GID = gid
		r.settle(r.FinancialStatus)
		r.touch(s.opts.Now().UTC())
		s.send(sh, "orders/updated", orderWebhook(r))
		return nil
	})
}
