package shopifysim

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// OrderDesk is one order as the admin's page shows it, with what can still be done to it.
type OrderDesk struct {
	Order
	Items []DeskItem
}

// DeskItem is a line with the units that wait to be shipped and those that can be refunded.
type DeskItem struct {
	Line
	Left, Refundable int
}

var (
	// ErrNoOrder is returned for an order that the shop has not.
	ErrNoOrder = errors.New("the shop has no such order")
	// errNothing is a form that was sent as it was.
	errNothing = errors.New("choose how many units")
	errButton  = errors.New("there is no such button")
)

// OrderDesk finds an order by the number in its page's address.
func (s *Sim) OrderDesk(domain, legacyID string) (OrderDesk, error) {
	orders := s.Orders(domain)
	i := slices.IndexFunc(orders, func(o Order) bool { return o.LegacyID() == legacyID })
	if i < 0 {
		return OrderDesk{}, fmt.Errorf("order %s: %w", legacyID, ErrNoOrder)
	}
	desk := OrderDesk{Order: orders[i]}
	for _, l := range desk.Lines {
		desk.Items = append(desk.Items, DeskItem{l, desk.unfulfilled(l), l.Quantity - l.Removed})
	}
	return desk, nil
}

// Titled names a line for people.
func (d OrderDesk) Titled(line string) string {
	for _, i := range d.Items {
		if i.GID == line {
			return strings.TrimSpace(i.Title + " " + i.VariantTitle)
		}
	}
	return line
}

// Waits tells whether anything is left to be shipped.
func (d OrderDesk) Waits() bool {
	return slices.ContainsFunc(d.Items, func(i DeskItem) bool { return i.Left > 0 })
}

// Money writes an amount of the order in its currency's major unit.
func (d OrderDesk) Money(amount int64) string { return fixed(amount, d.Currency) }

// Press is a merchant pressing a button of an order's page, with what the form holds.
func (s *Sim) Press(domain, legacyID, button string, form url.Values) error {
	desk, err := s.OrderDesk(domain, legacyID)
	if err != nil {
		return err
	}
	o, numbers := desk.Order, strings.Fields(form.Get("numbers"))
	shipment, company := form.Get("fulfillment"), form.Get("company")
	switch button {
	case "fulfill":
		err = errNothing
		if units := unitsOf(form, o); len(units) > 0 {
			_, err = s.Fulfill(domain, o.GID, ShipSpec{Lines: units, Company: company, Numbers: numbers})
		}
	case "track":
		err = s.ChangeTracking(domain, shipment, company, numbers...)
	case "deliver":
		err = s.ReportShipment(domain, shipment, "DELIVERED", s.opts.Now())
	case "unfulfill":
		err = s.CancelFulfillment(domain, shipment)
	case "refund":
		err = s.deskRefund(form, domain, o)
	case "cancel":
		err = s.CancelOrder(domain, o.GID, CancelSpec{Restock: form.Get("restock") != "", Refund: form.Get("refund") != ""})
	default:
		err = errButton
	}
	return err
}

// unitsOf are the quantities of the form's fields, which are named like the lines.
func unitsOf(form url.Values, o Order) []ShippedLine {
	var units []ShippedLine
	for _, l := range o.Lines {
		if n, err := strconv.Atoi(form.Get(l.GID)); err == nil && n != 0 {
			units = append(units, ShippedLine{l.GID, n})
		}
	}
	return units
}

func (s *Sim) deskRefund(form url.Values, domain string, o Order) error {
	spec := RefundSpec{Note: form.Get("note"), Reason: form.Get("reason")}
	for _, u := range unitsOf(form, o) {
		one := RefundedLine{LineGID: u.LineGID, Quantity: u.Quantity}
		if form.Get("keep") != "" {
			one.RestockType, one.Removal = "NO_RESTOCK", true
		}
		spec.Lines = append(spec.Lines, one)
	}
	for name, set := range map[string]func(int64){
		"shipping": func(n int64) { spec.Shipping = n },
		"amount":   func(n int64) { spec.Amount = &n },
	} {
		text := strings.TrimSpace(form.Get(name))
		if text == "" {
			continue
		}
		n, err := minor(text, o.Currency)
		if err != nil || n < 0 {
			return fmt.Errorf("refund order %s: %q is no amount", o.Name, text)
		}
		set(n)
	}
	_, err := s.Refund(domain, o.GID, spec)
	return err
}
