package shopifysim

import (
	"encoding/json"
	"slices"
	"strings"
)

// replay is an answered refundCreate, kept by its idempotency key.
type replay struct {
	input  string
	refund *Refund
	order  *orderRecord
	bad    []refusal
}

// refundCreate is Mutation.refundCreate. Repeated under its key it does nothing and answers as before.
func refundCreate(x *execution, _ any, args input) (any, error) {
	if err := x.need("refundCreate", "write_orders"); err != nil {
		return nil, err
	}
	key := strings.TrimSpace(x.key)
	if key == "" { // mandatory since 2026-04
		x.drift = append(x.drift, "refundCreate was sent without @idempotent(key:)")
		return nil, &apiError{code: "BAD_REQUEST", message: "The @idempotent directive is required for this mutation but was not provided."}
	}
	in := args.object("input")
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	if before, ok := x.shop.replays[key]; ok {
		if before.input != string(text) {
			// Shopify names this case for inventory mutations (IDEMPOTENCY_KEY_PARAMETER_MISMATCH); refundCreate's errors have no code.
			return x.refundPayload(nil, nil, []refusal{{message: "The same idempotency key cannot be used with different operation parameters."}}), nil
		}
		return x.refundPayload(before.order, before.refund, before.bad), nil
	}
	r := x.shop.orderByID(in.text("orderId"))
	if r == nil {
		return x.refundPayload(nil, nil, []refusal{{message: "Order does not exist", field: at("orderId")}}), nil
	}
	f := &refunding{x: x, in: in, order: r}
	refund := f.read()
	if len(f.bad) > 0 {
		return x.refundPayload(r, nil, f.bad), nil
	}
	f.commit(&refund)
	x.shop.keep(key, replay{input: string(text), refund: &refund, order: r})
	return x.refundPayload(r, &refund, nil), nil
}

func (sh *shop) keep(key string, r replay) {
	if sh.replays == nil {
		sh.replays = map[string]replay{}
	}
	sh.replays[key] = r
}

func (x *execution) refundPayload(r *orderRecord, refund *Refund, bad []refusal) object {
	for i := range bad {
		bad[i].code = "" // the plain UserError has none
	}
	out := payload("RefundCreatePayload", "refund", nil, "UserError", bad...)
	if refund != nil {
		out.fields["refund"] = refundObject(r, *refund)
	}
	out.fields["order"] = x.orderOrNull(r)
	return out
}

// refunding reads RefundInput against the order it is about.
type refunding struct {
	x     *execution
	in    input
	order *orderRecord
	bad   []refusal
}

func (f *refunding) refuse(message string, field ...string) {
	f.bad = append(f.bad, refusal{message: message, field: field})
}

func (f *refunding) read() Refund {
	refund := Refund{Note: f.in.text("note"), CreatedAt: f.x.now}
	for _, key := range []string{"refundDuties", "refundMethods"} {
		if len(f.in.objects(key)) > 0 {
			f.x.drift = append(f.x.drift, "RefundInput."+key+" is not simulated")
		}
	}
	for i, in := range f.in.objects("refundLineItems") {
		refund.Lines = append(refund.Lines, f.line(in, refund.Lines, at("refundLineItems", i)))
	}
	refund.Shipping = f.shipping(f.in.object("shipping"))
	for i, in := range f.in.objects("transactions") {
		refund.Transactions = append(refund.Transactions, f.transaction(in, at("transactions", i)))
	}
	if len(refund.Lines) == 0 && len(refund.Transactions) == 0 && refund.Shipping == 0 {
		f.refuse("Refund must have line items, shipping or a transaction")
	}
	if left := f.order.Received - f.order.Refunded; refund.Amount() > left && !f.in.truth("allowOverRefunding") {
		f.refuse("Refund amount is greater than the amount that is left to refund", at("transactions")...)
	}
	return refund
}

func (f *refunding) line(in input, before []RefundLine, field []string) RefundLine {
	out := RefundLine{LineGID: in.text("lineItemId"), Quantity: in.number("quantity"), RestockType: in.text("restockType")}
	if out.RestockType == "" {
		out.RestockType = "NO_RESTOCK"
	}
	i := slices.IndexFunc(f.order.Lines, func(l Line) bool { return l.GID == out.LineGID })
	if i < 0 {
		f.refuse("Line item does not belong to the order", append(field, "lineItemId")...)
		return out
	}
	line := f.order.Lines[i]
	removed := line.Removed // of which some by this refund, with another restock type
	for _, l := range before {
		if l.LineGID == out.LineGID {
			removed += l.Quantity
		}
		if l.LineGID == out.LineGID && l.RestockType == out.RestockType {
			f.refuse("Line item is refunded twice", append(field, "lineItemId")...)
		}
	}
	if out.Quantity < 1 || out.Quantity > line.Quantity-removed {
		f.refuse("Quantity cannot refund more items than were purchased", append(field, "quantity")...)
		return out
	}
	switch {
	case out.RestockType == "LEGACY_RESTOCK":
		f.refuse("Restock type is not valid", append(field, "restockType")...)
	case out.RestockType == "CANCEL" && out.Quantity > f.order.unfulfilled(line),
		out.RestockType == "RETURN" && out.Quantity > f.order.shipped(line)-line.Returned:
		f.refuse("Restock type does not fit the line item's fulfillment", append(field, "restockType")...)
	}
	out.Subtotal = line.Price * int64(out.Quantity)
	tax := sumTaxes(line.Taxes)
	out.Tax = share(tax, removed+out.Quantity, line.Quantity) - share(tax, removed, line.Quantity)
	return out
}

// share is the part of a sum that falls to n of all units, rounded down; the last unit gets what is left.
func share(sum int64, n, all int) int64 { return sum * int64(n) / int64(all) }

func (f *refunding) shipping(in input) int64 {
	left := f.order.Shipping
	if !f.order.TaxesIncluded {
		for _, l := range f.order.ShippingLines {
			left += sumTaxes(l.Taxes)
		}
	}
	for _, earlier := range f.order.Refunds {
		left -= earlier.Shipping
	}
	switch {
	case in == nil:
		return 0
	case in.truth("fullRefund"):
		return left
	}
	n, err := minor(in.text("amount"), f.order.Currency)
	if err != nil || n < 0 || n > left {
		f.refuse("Shipping amount is more than is left to refund", at("shipping", "amount")...)
	}
	return n
}

func (f *refunding) transaction(in input, field []string) Transaction {
	t := Transaction{
		Kind: in.text("kind"), Status: "SUCCESS", Gateway: in.text("gateway"), Parent: in.text("parentId"), Test: f.order.Test,
		ProcessedAt: f.x.now,
	}
	if in.text("orderId") != f.order.GID {
		f.refuse("Transaction belongs to another order", append(field, "orderId")...)
	}
	if t.Kind != "REFUND" {
		f.refuse("Transaction kind must be refund", append(field, "kind")...)
	}
	var err error
	if t.Amount, err = minor(in.text("amount"), f.order.Currency); err != nil || t.Amount <= 0 {
		f.refuse("Transaction amount must be greater than zero", append(field, "amount")...)
	}
	i := slices.IndexFunc(f.order.Transactions, func(p Transaction) bool {
		return p.GID == t.Parent && p.Status == "SUCCESS" && (p.Kind == "SALE" || p.Kind == "CAPTURE")
	})
	switch {
	case i < 0:
		f.refuse("Parent transaction is not valid", append(field, "parentId")...)
	case f.order.Transactions[i].Gateway != t.Gateway:
		f.refuse("Gateway does not match the parent transaction", append(field, "gateway")...)
	}
	return t
}

// commit writes the refund down: units, stock, money, webhooks.
func (f *refunding) commit(refund *Refund) {
	x, r := f.x, f.order
	refund.GID = x.sim.nextGID("Refund")
	for i := range refund.Lines {
		line := &refund.Lines[i]
		line.GID = x.sim.nextGID("RefundLineItem")
		at := slices.IndexFunc(r.Lines, func(l Line) bool { return l.GID == line.LineGID })
		f.remove(&r.Lines[at], *line)
		if line.RestockType != "NO_RESTOCK" {
			line.Restocked = x.restock(r.Lines[at].VariantGID, line.Quantity)
		}
	}
	for i := range refund.Transactions {
		refund.Transactions[i].GID = x.sim.nextGID("OrderTransaction")
	}
	f.spread(refund)
	f.adjust(refund)
	r.Transactions = append(r.Transactions, refund.Transactions...)
	r.Refunded += refund.Amount()
	r.Refunds = append(r.Refunds, *refund)
	switch {
	case r.Refunded > 0 && r.Refunded >= r.Received:
		r.FinancialStatus = "REFUNDED"
	case r.Refunded > 0:
		r.FinancialStatus = "PARTIALLY_REFUNDED"
	}
	if f.in.truth("notify") {
		x.sim.emails = append(x.sim.emails, Email{x.shop.spec.Domain, r.Email, "refund notification", r.GID})
	}
	x.sim.send(x.shop, "refunds/create", refundWebhook(r, *refund))
	x.restatus(r)
	x.changed(r)
}

// remove takes refunded units off a line. Of what is to be shipped CANCEL takes off, RETURN and NO_RESTOCK leave it as it
// is (Refund resource, restock_type); the admin can take units off without restocking, the API cannot.
func (f *refunding) remove(line *Line, l RefundLine) {
	line.Removed += l.Quantity
	if l.RestockType == "RETURN" {
		line.Returned += l.Quantity
	}
	if l.RestockType == "CANCEL" || l.Removal {
		dropped := min(l.Quantity, f.order.unfulfilled(*line))
		line.Dropped += dropped
		f.order.drop(line.GID, dropped, f.x.now)
	}
}

// restock puts units of a variant back; false for a line without one.
func (x *execution) restock(variant string, quantity int) bool {
	v := x.shop.variantByID(variant)
	if v == nil {
		return false
	}
	v.Stock += quantity
	return true
}
