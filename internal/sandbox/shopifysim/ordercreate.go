package shopifysim

import (
	"strconv"
	"strings"
)

// Email is a message that Shopify would have sent to a buyer.
type Email struct{ Shop, To, Kind, OrderGID string }

// orderCreate is Mutation.orderCreate. It writes nothing when it refuses, with one exception, DropDuplicateMetafield.
func orderCreate(x *execution, _ any, args input) (any, error) {
	if x.shop.overLimit(x.now) {
		// Shopify documents the limit of five orders a minute but not the answer; the sandbox chose this one.
		return nil, &apiError{code: "THROTTLED", message: "This shop has exceeded the maximum number of orders that can be " +
			"created per minute. Trial and development stores can create five orders per minute."}
	}
	in := args.object("order")
	if x.sim.opts.UpsertNeedsScope && in.object("customer").has("toUpsert") {
		if err := x.need("orderCreate", "write_customers"); err != nil {
			return nil, err
		}
	}
	r := readOrder(x, in)
	metafields, taken := r.metafields()
	claim := r.claim(args.object("options").text("inventoryBehaviour"))
	if len(r.bad) > 0 {
		return orderPayload("OrderCreatePayload", nil, "OrderCreateUserError", r.bad), nil
	}
	claim()
	record := x.commit(r, metafields)
	x.notify(record, args)
	return orderPayload("OrderCreatePayload", x.orderObject(record), "OrderCreateUserError", taken), nil
}

func orderPayload(typ string, order any, errorType string, errs []refusal) object {
	return payload(typ, "order", order, errorType, errs...)
}

// metafields reads the order's metafields. A value that is taken refuses the order or, as the options say, is left out
// and returned as a refusal beside the written order.
func (r *orderReader) metafields() (kept []Metafield, taken []refusal) {
	for i, in := range r.in.objects("metafields") {
		m, bad, isTaken := r.x.metafield(in, "", at("order", "metafields", i))
		switch {
		case bad == nil:
			kept = append(kept, m)
			continue
		case isTaken && r.x.sim.opts.Duplicate == DropDuplicateMetafield:
			taken = append(taken, refusal{"INVALID", bad.message, bad.field})
		default:
			r.refuse("INVALID", bad.message, bad.field...)
		}
	}
	return kept, taken
}

// claim checks the stock as the inventory behavior asks and returns what takes it.
func (r *orderReader) claim(behavior string) (take func()) {
	if behavior == "" {
		behavior = "BYPASS"
	}
	r.o.InventoryBehavior = behavior
	left := map[*variant]int{}
	var takes []func()
	for i := range r.o.Lines {
		line := &r.o.Lines[i]
		v := r.x.shop.variantByID(line.VariantGID)
		if v == nil || behavior == "BYPASS" {
			continue
		}
		if _, ok := left[v]; !ok {
			left[v] = v.Stock
		}
		left[v] -= line.Quantity
		if behavior == "DECREMENT_OBEYING_POLICY" && left[v] < 0 && !v.Oversell {
			r.refuse("INVENTORY_CLAIM_FAILED", "Unable to claim inventory", at("order", "lineItems", i)...)
		}
		takes = append(takes, func() {
			v.Stock -= line.Quantity
			line.Taken = line.Quantity
		})
	}
	return func() {
		for _, take := range takes {
			take()
		}
	}
}

// commit puts the order into the shop.
func (x *execution) commit(r *orderReader, metafields []Metafield) *orderRecord {
	o := r.o
	o.App = x.sim.opts.APIKey
	o.Customer = x.keepCustomer(r.customer, o.ShippingAddress)
	if o.SourceName == "" {
		o.SourceName = strings.TrimPrefix(x.sim.appNamespace(), "app--")
	}
	record := &orderRecord{Order: o}
	x.sim.number(x.shop, &record.Order)
	for _, m := range metafields {
		x.putMetafield(record, m)
	}
	record.CreatedAt = x.now
	if record.ProcessedAt.IsZero() || record.ProcessedAt.After(x.now) {
		record.ProcessedAt = x.now // a date in the future is clamped since 2026-07
	}
	for i := range record.Transactions {
		if record.Transactions[i].ProcessedAt.IsZero() {
			record.Transactions[i].ProcessedAt = x.now
		}
	}
	x.shop.orders = append(x.shop.orders, record)
	x.place(record, r.shipment)
	return record
}

// place divides a new order among the locations, tells the app, and ships it when it came with a shipment.
func (x *execution) place(record *orderRecord, shipment *Fulfillment) {
	from := ""
	if shipment != nil {
		from = shipment.LocationGID
	} else if record.FulfillmentStatus == "FULFILLED" { // said to be, without a fulfillment
		for i := range record.Lines {
			record.Lines[i].Shipped = record.Lines[i].Quantity
		}
	}
	x.sim.divide(x.shop, record, from, x.now)
	record.touch(x.now)
	x.sim.send(x.shop, "orders/create", orderWebhook(record))
	if shipment != nil {
		x.ship(record, record.everything(), *shipment)
		x.changed(record)
	}
}

// number gives an order its ids, its running number and, when it has none, its name.
func (s *Sim) number(sh *shop, o *Order) {
	o.GID = s.nextGID("Order")
	for i := range o.Lines {
		o.Lines[i].GID = s.nextGID("LineItem")
	}
	for i := range o.ShippingLines {
		o.ShippingLines[i].GID = s.nextGID("ShippingLine")
	}
	for i := range o.Transactions {
		o.Transactions[i].GID = s.nextGID("OrderTransaction")
	}
	o.Number = sh.number
	sh.number++
	if o.Name == "" {
		o.Name = sh.spec.OrderNumberPrefix + strconv.Itoa(o.Number) + sh.spec.OrderNumberSuffix
	}
}

// keepCustomer stores a customer that is new to the shop.
func (x *execution) keepCustomer(c *Customer, a *Address) *Customer {
	if c == nil {
		return nil
	}
	fillName(c, a)
	if c.GID != "" {
		return c
	}
	c.GID = x.sim.nextGID("Customer")
	x.shop.customers = append(x.shop.customers, c)
	return c
}

// notify records the messages that the request asked Shopify to send to the buyer.
func (x *execution) notify(record *orderRecord, args input) {
	options := args.object("options")
	mail := func(kind string) {
		to := record.Email
		if to == "" && record.Customer != nil {
			to = record.Customer.Email
		}
		x.sim.emails = append(x.sim.emails, Email{x.shop.spec.Domain, to, kind, record.GID})
	}
	if options.truth("sendReceipt") {
		mail("order confirmation")
	}
	if options.truth("sendFulfillmentReceipt") || args.object("order").object("fulfillment").truth("notifyCustomer") {
		mail("shipping confirmation")
	}
}
