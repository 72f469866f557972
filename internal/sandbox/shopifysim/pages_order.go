package shopifysim

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// orderPage is one order with what can still be done to it.
type orderPage struct {
	Order
	Items []pageItem
}

// pageItem is a line with the units that wait to be shipped and those that can be refunded.
type pageItem struct {
	Line
	Left, Refundable int
}

func newOrderPage(o Order) orderPage {
	p := orderPage{Order: o}
	for _, l := range o.Lines {
		p.Items = append(p.Items, pageItem{l, o.unfulfilled(l), l.Quantity - l.Removed})
	}
	return p
}

// Titled names a line for people.
func (p orderPage) Titled(line string) string {
	for _, i := range p.Items {
		if i.GID == line {
			return strings.TrimSpace(i.Title + " " + i.VariantTitle)
		}
	}
	return line
}

// Waits tells whether anything is left to be shipped.
func (p orderPage) Waits() bool {
	return slices.ContainsFunc(p.Items, func(i pageItem) bool { return i.Left > 0 })
}

// errNothing is a form that was sent as it was.
var errNothing = errors.New("choose how many units")

// actOnOrder is a merchant pressing a button of an order's page.
func (s *Sim) actOnOrder(w http.ResponseWriter, r *http.Request) {
	domain := r.PathValue("shop")
	orders := s.Orders(domain)
	i := slices.IndexFunc(orders, func(o Order) bool { return o.LegacyID() == r.PathValue("id") })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	o, numbers := orders[i], strings.Fields(r.PostFormValue("numbers"))
	shipment, company := r.PostFormValue("fulfillment"), r.PostFormValue("company")
	var err error
	switch r.PathValue("action") {
	case "fulfill":
		err = errNothing
		if units := pageUnits(r, o); len(units) > 0 {
			_, err = s.Fulfill(domain, o.GID, ShipSpec{Lines: units, Company: company, Numbers: numbers})
		}
	case "track":
		err = s.ChangeTracking(domain, shipment, company, numbers...)
	case "deliver":
		err = s.ReportShipment(domain, shipment, "DELIVERED", s.opts.Now())
	case "unfulfill":
		err = s.CancelFulfillment(domain, shipment)
	case "refund":
		err = s.pageRefund(r, domain, o)
	case "cancel":
		err = s.CancelOrder(domain, o.GID, CancelSpec{Restock: r.PostFormValue("restock") != "", Refund: r.PostFormValue("refund") != ""})
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	// Relative, and not by http.Redirect, which would make it a path without what the pages are mounted below.
	w.Header().Set("Location", "../"+o.LegacyID())
	w.WriteHeader(http.StatusSeeOther)
}

// pageUnits are the quantities of the form's fields, which are named like the lines.
func pageUnits(r *http.Request, o Order) []ShippedLine {
	var units []ShippedLine
	for _, l := range o.Lines {
		if n, err := strconv.Atoi(r.PostFormValue(l.GID)); err == nil && n != 0 {
			units = append(units, ShippedLine{l.GID, n})
		}
	}
	return units
}

func (s *Sim) pageRefund(r *http.Request, domain string, o Order) error {
	spec := RefundSpec{Note: r.PostFormValue("note"), Reason: r.PostFormValue("reason")}
	for _, u := range pageUnits(r, o) {
		one := RefundedLine{LineGID: u.LineGID, Quantity: u.Quantity}
		if r.PostFormValue("keep") != "" {
			one.RestockType, one.Removal = "NO_RESTOCK", true
		}
		spec.Lines = append(spec.Lines, one)
	}
	for name, set := range map[string]func(int64){
		"shipping": func(n int64) { spec.Shipping = n },
		"amount":   func(n int64) { spec.Amount = &n },
	} {
		text := strings.TrimSpace(r.PostFormValue(name))
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
