package loopsim

import (
	"strings"
)

// Code says how a look-up ended. All but Found are error codes of Loop's.
type Code string

// The codes that this simulator gives.
const (
	Found                  Code = "found"
	OrderNotFound          Code = "order-not-found"
	SecondaryInputMismatch Code = "secondary-input-mismatch"
	ShopNotFound           Code = "shop-not-found"
	ValidationFailed       Code = "validation-failed"
	DraftReturnsNotEnabled Code = "draft-returns-not-enabled"
)

// Lookup is one attempt to find an order and how it ended.
type Lookup struct {
	Shop, Order, ZIP string
	Code             Code
	// Why is the reason in words, for people; Loop itself would not tell a buyer this much.
	Why string
}

// Find looks an order of the shop up by the number and ZIP that a buyer types.
func (s *Sim) Find(shop, number, zip string) (Order, Lookup) {
	order, code, why := s.find(shop, number, zip)
	l := Lookup{Shop: shop, Order: number, ZIP: zip, Code: code, Why: why}
	s.mu.Lock()
	s.lookups = append(s.lookups, l)
	s.mu.Unlock()
	return order, l
}

func (s *Sim) find(shop, number, zip string) (Order, Code, string) {
	if !s.knows(shop) {
		return Order{}, ShopNotFound, "no portal belongs to this shop"
	}
	if strings.Trim(number, "# ") == "" || strings.TrimSpace(zip) == "" {
		return Order{}, ValidationFailed, "order number and ZIP are both needed"
	}
	order, ok := s.byName(shop, number)
	if !ok {
		return Order{}, OrderNotFound, "no order of this shop has this name"
	}
	switch {
	case strings.TrimSpace(order.ZIP) == "":
		return Order{}, SecondaryInputMismatch, "the order has no shipping ZIP"
	case strings.Contains(order.ZIP, "*"):
		return Order{}, SecondaryInputMismatch, "the order's shipping ZIP is masked"
	case !s.sameZIP(order.ZIP, zip):
		return Order{}, SecondaryInputMismatch, "the order exists, its shipping ZIP is another"
	default:
		return order, Found, "name and ZIP match"
	}
}

func (s *Sim) knows(shop string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.portals {
		if p.Shop == shop {
			return true
		}
	}
	return false
}

func (s *Sim) byName(shop, number string) (Order, bool) {
	name := strings.TrimSpace(number)
	if s.opts.ExactName {
		return s.opts.Orders.OrderByName(shop, name)
	}
	bare := strings.TrimSpace(strings.TrimPrefix(name, "#"))
	if order, ok := s.opts.Orders.OrderByName(shop, bare); ok {
		return order, true
	}
	return s.opts.Orders.OrderByName(shop, "#"+bare)
}

func (s *Sim) sameZIP(a, b string) bool {
	a, b = strings.ToUpper(strings.TrimSpace(a)), strings.ToUpper(strings.TrimSpace(b))
	if s.opts.ExactZIP {
		return a == b
	}
	return firstFive(squeeze(a)) == firstFive(squeeze(b))
}

// squeeze drops what people write between the parts of a post code.
func squeeze(zip string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "-", "", "\u2010", "", "\u2011", "", "\u2013", "").Replace(zip)
}

// firstFive cuts a ZIP+4 down to the ZIP; nine digits are nothing else in the markets that TikTok Shop serves.
func firstFive(zip string) string {
	if len(zip) == 9 && strings.Trim(zip, "0123456789") == "" {
		return zip[:5]
	}
	return zip
}
