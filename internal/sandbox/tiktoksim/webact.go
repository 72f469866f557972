package tiktoksim

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// orderActions are the buttons of an order's page: what they do with the form, and what the page says then.
func (s *Sim) orderActions() map[string]struct {
	do   func(id string, form url.Values) error
	done string
} {
	return map[string]struct {
		do   func(id string, form url.Values) error
		done string
	}{
		"status":  {func(id string, form url.Values) error { return s.SetStatus(id, form.Get("status")) }, "moved"},
		"ship":    {s.actShip, "shipped"},
		"track":   {func(id string, form url.Values) error { return s.actTrack(id, form) }, "tracked"},
		"address": {s.actAddress, "address"},
		"unmask":  {func(id string, _ url.Values) error { return s.Unmask(id) }, "unmasked"},
		"ask":     {s.actAsk, "asked"},
		"give":    {s.actGive, "given"},
		"rules":   {s.actRules, "rules"},
	}
}

func (s *Sim) webAct(w http.ResponseWriter, r *http.Request) {
	action, ok := s.orderActions()[r.PathValue("action")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	id := r.PathValue("id")
	s.after(w, r, id, action.done, action.do(id, r.PostForm))
}

// chosen are the units that were ticked; none ticked means all that fit.
func chosen(form url.Values) []string {
	lines := slices.DeleteFunc(slices.Clone(form["line"]), func(id string) bool { return id == "" })
	if len(lines) == 0 {
		return nil
	}
	return lines
}

// actShip is Seller Center, or TikTok's own warehouse, shipping units of an order.
func (s *Sim) actShip(id string, form url.Values) error {
	number := strings.TrimSpace(form.Get("number"))
	if number != "" && !trackingNumber.MatchString(number) {
		return fmt.Errorf("ship order %s: a tracking number has 8 to 40 letters and digits", id)
	}
	_, err := s.Ship(id, Shipment{LineIDs: chosen(form), TrackingNumber: number, ProviderID: form.Get("carrier")})
	return err
}

func (s *Sim) actTrack(id string, form url.Values) error {
	number := strings.TrimSpace(form.Get("number"))
	if !trackingNumber.MatchString(number) {
		return fmt.Errorf("retrack order %s: a tracking number has 8 to 40 letters and digits", id)
	}
	return s.Retrack(id, form.Get("package"), number)
}

// actAddress is the buyer correcting the address.
func (s *Sim) actAddress(id string, form url.Values) error {
	s.mu.Lock()
	o := s.orders[id]
	if o == nil {
		s.mu.Unlock()
		return fmt.Errorf("readdress order %s: no such order", id)
	}
	a := o.buyer()
	s.mu.Unlock()
	for field, into := range map[string]*string{
		"first": &a.FirstName, "last": &a.LastName, "line1": &a.Line1, "line2": &a.Line2, "city": &a.City, "state": &a.State, "zip": &a.PostalCode,
	} {
		if form.Has(field) {
			*into = strings.TrimSpace(form.Get(field))
		}
		if len(*into) > 200 {
			return errors.New("readdress order: a field has at most 200 characters")
		}
	}
	return s.ChangeAddress(id, a)
}

// actAsk is the buyer asking to cancel, for money, to send the goods back, or for others instead.
func (s *Sim) actAsk(id string, form url.Values) error {
	amount, err := amountOf(form.Get("amount"), s.currencyOf(id))
	if err != nil {
		return fmt.Errorf("ask for order %s: %w", id, err)
	}
	switch kind := form.Get("kind"); kind {
	case "CANCEL":
		_, err = s.RequestCancel(id, Cancellation{LineIDs: chosen(form)})
	case "REFUND", "RETURN_AND_REFUND", "REPLACEMENT":
		_, err = s.OpenReturn(id, ReturnRequest{Kind: kind, LineIDs: chosen(form), Amount: amount})
	default:
		err = fmt.Errorf("ask for order %s: no request of that kind", id)
	}
	return err
}

// actGive is the seller in Seller Center, or TikTok's customer service, cancelling units or giving money back at once.
func (s *Sim) actGive(id string, form url.Values) error {
	by := cmp.Or(form.Get("by"), "SELLER")
	if by != "SELLER" && by != "OPERATOR" {
		return fmt.Errorf("give back order %s: nobody of that name", id)
	}
	amount, err := amountOf(form.Get("amount"), s.currencyOf(id))
	if err != nil {
		return fmt.Errorf("give back order %s: %w", id, err)
	}
	switch kind := form.Get("kind"); kind {
	case "CANCEL":
		return s.CancelLines(id, Cancellation{LineIDs: chosen(form), By: by, Reason: "The seller cannot ship it"})
	case "REFUND":
		_, err = s.OpenReturn(id, ReturnRequest{Kind: kind, By: by, LineIDs: chosen(form), Amount: amount})
		return err
	}
	return fmt.Errorf("give back order %s: nothing of that kind", id)
}

// actRules changes how TikTok deals with the order after the sale.
func (s *Sim) actRules(id string, form url.Values) error {
	s.mu.Lock()
	o := s.orders[id]
	if o == nil {
		s.mu.Unlock()
		return fmt.Errorf("rule on order %s: no such order", id)
	}
	rules := s.rules(o)
	s.mu.Unlock()
	rules.PayLater, rules.Review, rules.NoPartial = form.Has("later"), form.Has("review"), form.Has("whole")
	return s.SetAftersaleRules(id, rules)
}

func (s *Sim) currencyOf(orderID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.orders[orderID]; o != nil {
		return o.currency()
	}
	return ""
}

// parcelView is a parcel, with the carrier's scans that can still come.
type parcelView struct {
	ID, Number, Provider string
	Status               badge
	Scans                []scanView
}

type scanView struct{ Status, Label, Says string }

// parcels are the parcels of an order.
func (o *order) parcels() []parcelView {
	var found []parcelView
	for _, l := range o.lines() {
		id, status := text(l["package_id"]), text(l["display_status"])
		if id == "" || status == "CANCELLED" || slices.ContainsFunc(found, func(p parcelView) bool { return p.ID == id }) {
			continue
		}
		p := parcelView{ID: id, Number: text(l["tracking_number"]), Provider: text(l["shipping_provider_name"]), Status: badgeOf(status)}
		for _, scan := range []scanView{
			{"IN_TRANSIT", "The carrier takes it", "Whoever shipped it: Shopify hears of it."},
			{"DELIVERED", "The carrier delivers it", "Loop's return window starts."},
		} {
			if rank(scan.Status) > rank(status) {
				p.Scans = append(p.Scans, scan)
			}
		}
		found = append(found, p)
	}
	return found
}

// webCarry is a carrier's scan of a parcel, for every order that has units in it.
func (s *Sim) webCarry(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	s.mu.Lock()
	orderID := ""
	for _, o := range s.orders {
		if len(o.inPackage(id)) > 0 {
			orderID = o.id
		}
	}
	s.mu.Unlock()
	s.after(w, r, orderID, "carried", s.Carry(id, r.PostForm.Get("status")))
}
