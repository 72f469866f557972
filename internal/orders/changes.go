package orders

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// ChangeKind is what a change does.
type ChangeKind string

// The kinds of changes.
const (
	// RefundUnits records in Shopify what TikTok gave back and takes the units out of the order.
	RefundUnits ChangeKind = "refund_units"
	// CancelOrder cancels the Shopify order.
	CancelOrder ChangeKind = "cancel_order"
	// UnitsGone: somebody else took the units out already; only the ledger learns of it.
	UnitsGone ChangeKind = "units_gone"
	// OrderGone: the order is cancelled in Shopify already.
	OrderGone ChangeKind = "order_gone"
	// AskMerchant: what TikTok did cannot be applied exactly; Code and Detail say why.
	AskMerchant ChangeKind = "ask_merchant"
)

// Change is one thing that the Shopify order lacks of what was cancelled at TikTok.
type Change struct {
	Kind  ChangeKind
	Units []tiktok.LineItemID
	// Lines, Amount (a decimal, empty for none), Sale and Shipping are a refund's.
	// Shipping: what is left of it goes back too, as for a whole order.
	Lines    []LineOut
	Amount   string
	Sale     shopify.Sale
	Shipping bool
	// Reason and Restock are a cancellation's.
	Reason  admin.OrderCancelReason
	Restock bool
	Code    exceptions.Code
	Detail  string
}

// LineOut is how many units leave a line, and whether they go back into the shop's stock.
type LineOut struct {
	Line     shopify.GID
	Quantity int
	Restock  bool
}

// Changes says what Shopify's order lacks of the cancellations at TikTok, in
// the order in which it has to happen. A whole cancellation is a refund of what
// is left, then, once that is in Shopify, the cancellation: Changes is asked
// again after each step. A unit that is marked as gone is never named again.
func Changes(row links.Order, lines []links.Line, o tiktok.Order, found shopify.Standing) []Change {
	whole, units := cancelled(o), newlyCancelled(lines, o)
	if found.CancelledAt != "" {
		switch {
		case whole:
			return []Change{{Kind: OrderGone, Units: units}}
		case len(units) > 0:
			return []Change{{Kind: UnitsGone, Units: units}}
		}
		return nil
	}
	if !whole && len(units) == 0 {
		return nil
	}
	w := weighing{row: row, found: found, calc: calc{currency: money.Currency(row.Currency)}}
	w.compare(lines)
	for _, line := range lines {
		if whole {
			w.empty(line)
		} else {
			w.take(line, o)
		}
	}
	return w.changes(o, whole)
}

// newlyCancelled lists the units behind the order's lines that TikTok cancelled
// and that nobody took out of the Shopify order yet.
func newlyCancelled(lines []links.Line, o tiktok.Order) []tiktok.LineItemID {
	var units []tiktok.LineItemID
	for _, line := range lines {
		units = append(units, cancelledOf(line, o)...)
	}
	return units
}

func cancelledOf(line links.Line, o tiktok.Order) []tiktok.LineItemID {
	var units []tiktok.LineItemID
	for _, unit := range standing(line) {
		gone := func(l tiktok.LineItem) bool { return l.ID == unit && l.Cancelled() }
		if cancelled(o) || slices.ContainsFunc(o.LineItems, gone) {
			units = append(units, unit)
		}
	}
	return units
}

// standing lists a line's units that were not taken out of the Shopify order, as far as the ledger knows.
func standing(line links.Line) []tiktok.LineItemID {
	var units []tiktok.LineItemID
	for _, unit := range line.Units {
		if unit.Gone == "" {
			units = append(units, unit.ID)
		}
	}
	return units
}

// weighing compares the ledger's order with Shopify's, and adds up what is to leave it.
type weighing struct {
	calc
	row   links.Order
	found shopify.Standing
	// out is the refund, amount the price and tax of its units as they were written.
	out    []LineOut
	units  []tiktok.LineItemID
	amount money.Amount
	// gone are units that somebody else took out.
	gone []tiktok.LineItemID
	took bool
	// edited is why the order is not the one that was written; empty while it is.
	edited string
}

func (w *weighing) differs(format string, args ...any) {
	if w.edited == "" {
		w.edited = fmt.Sprintf(format, args...)
	}
}

// compare looks for what a person changed: lines that are not ours, and the total before refunds.
func (w *weighing) compare(lines []links.Line) {
	w.amount = w.zero()
	if !w.found.Whole {
		w.differs("It has more lines, refunds or payments than Switchback reads.")
	}
	for _, line := range w.found.Lines {
		ours := slices.ContainsFunc(lines, func(l links.Line) bool { return l.ShopifyLine == line.ID })
		if !ours && line.Current > 0 {
			w.differs("A line was added in Shopify: %.80q.", line.Name)
		}
	}
	if written, total := w.read("total", w.row.Total), w.read("total", w.found.Total); !written.Equal(total) {
		w.differs("It was written with a total of %s and now has %s.", written.Text(), total.Text())
	}
}

// line finds Shopify's side of a line, and how many units it lost without us.
func (w *weighing) line(line links.Line) (shopify.StandingLine, int) {
	for _, found := range w.found.Lines {
		if found.ID == line.ShopifyLine {
			return found, len(standing(line)) - found.Current
		}
	}
	return shopify.StandingLine{}, len(standing(line))
}

// empty takes out what is left of a line.
func (w *weighing) empty(line links.Line) {
	found, lost := w.line(line)
	units := standing(line)
	if lost < 0 {
		w.differs("The quantity of %.80q was raised in Shopify.", found.Name)
		return
	}
	w.gone = append(w.gone, units[len(units)-lost:]...)
	w.refund(line, found, units[:len(units)-lost])
	w.took = w.took || line.TookStock
}

// take takes out the units of a line that TikTok cancelled. Units that the line
// lost without us are taken for the same when they are as many; nobody can tell
// which units they are otherwise.
func (w *weighing) take(line links.Line, o tiktok.Order) {
	units := cancelledOf(line, o)
	if len(units) == 0 {
		return
	}
	found, lost := w.line(line)
	switch {
	case found.ID == "":
		w.differs("The line of unit %s is not in Shopify.", units[0])
	case lost == 0:
		w.refund(line, found, units)
	case lost == len(units):
		w.gone = append(w.gone, units...)
	default:
		w.differs("TikTok cancelled %d of %.80q; in Shopify %d are left of %d.", len(units), found.Name, found.Current, len(standing(line)))
	}
}

func (w *weighing) refund(line links.Line, found shopify.StandingLine, units []tiktok.LineItemID) {
	if len(units) == 0 {
		return
	}
	w.units = append(w.units, units...)
	w.out = append(w.out, LineOut{
		Line: line.ShopifyLine, Quantity: len(units), Restock: line.TookStock && found.Unfulfilled >= len(units),
	})
	each := w.add(w.read("price", line.UnitPrice), w.read("tax", line.UnitTax))
	w.amount = w.add(w.amount, w.times(len(units), each))
}

// changes is the outcome.
func (w *weighing) changes(o tiktok.Order, whole bool) []Change {
	left := w.sub(w.read("total", w.found.Total), w.read("refunded", w.found.Refunded))
	if whole {
		w.amount = left
		if len(w.found.Sales) == 0 { // never paid
			w.amount = w.zero()
		}
	}
	refund := Change{Kind: RefundUnits, Units: w.units, Lines: w.out, Shipping: whole}
	if over, err := w.amount.Cmp(left); err == nil && over > 0 {
		w.differs("%s of %s were given back in Shopify already.", w.found.Refunded, w.found.Total)
	}
	if !w.amount.IsZero() && w.err == nil {
		refund.Amount, refund.Sale = w.amount.String(), w.sale()
	}
	switch {
	case w.err != nil:
		return ask(exceptions.OrderEdited, "Its amounts cannot be read.")
	case w.edited != "":
		return ask(exceptions.OrderEdited, w.edited)
	}
	var changes []Change
	if len(w.gone) > 0 {
		changes = append(changes, Change{Kind: UnitsGone, Units: w.gone})
	}
	switch {
	case whole && refund.Amount == "":
		return append(changes, Change{Kind: CancelOrder, Units: w.units, Reason: reasonOf(o), Restock: w.took && len(w.units) > 0})
	case whole || len(w.units) > 0:
		return append(changes, refund)
	}
	return changes
}

// sale is the payment that a refund is of. Another gateway than ours would move money of its own.
func (w *weighing) sale() shopify.Sale {
	for _, sale := range w.found.Sales {
		if sale.Gateway == Gateway {
			return sale
		}
	}
	w.differs("It was not paid through %q in Shopify, so a refund there would move money.", Gateway)
	return shopify.Sale{}
}

func ask(code exceptions.Code, detail string) []Change {
	return []Change{{Kind: AskMerchant, Code: code, Detail: detail}}
}

func reasonOf(o tiktok.Order) admin.OrderCancelReason {
	if o.CancellationInitiator == "BUYER" {
		return admin.OrderCancelReasonCustomer
	}
	return admin.OrderCancelReasonOther
}

// intentKey names what is done to which units, as a UUID: the same intent has
// the same key, also after a restart. Attempt tells one that Shopify refused
// from its repetition, because a key keeps its answer.
func intentKey(row links.Order, kind links.IntentKind, units []tiktok.LineItemID, attempt int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%s|%s|%d", row.Shop, row.ID, kind, attempt)
	for _, unit := range slices.Sorted(slices.Values(units)) {
		b.WriteString("|" + string(unit))
	}
	h := sha256.Sum256([]byte(b.String()))
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// refundInput is the change as refundCreate takes it. Its note names the key,
// by which the refund is found when the answer was lost. No location is named
// for the stock: Shopify documents none as required.
func refundInput(order shopify.GID, key string, c Change) admin.RefundInput {
	in := admin.RefundInput{OrderId: string(order), Note: new(refundNote(key)), Notify: new(false)}
	for _, line := range c.Lines {
		restock := admin.RefundLineItemRestockTypeNoRestock
		if line.Restock {
			restock = admin.RefundLineItemRestockTypeCancel
		}
		in.RefundLineItems = append(in.RefundLineItems, &admin.RefundLineItemInput{
			LineItemId: string(line.Line), Quantity: line.Quantity, RestockType: &restock,
		})
	}
	if c.Amount == "" {
		return in
	}
	in.Transactions = []*admin.OrderTransactionInput{{
		OrderId: string(order), ParentId: new(string(c.Sale.ID)), Gateway: c.Sale.Gateway,
		Kind: admin.OrderTransactionKindRefund, Amount: c.Amount,
	}}
	if c.Shipping {
		in.Shipping = &admin.ShippingRefundInput{FullRefund: new(true)}
	}
	return in
}

// cancelNote is what the Shopify order's timeline says.
const cancelNote = "Cancelled at TikTok Shop"

func refundNote(key string) string { return cancelNote + " (ref " + key + ")" }
