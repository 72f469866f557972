package shopifysim

import (
	"slices"
	"time"
)

// Order is an order of a simulated shop. Amounts are minor units of Currency.
type Order struct {
	GID    string
	Number int
	Name   string
	// App is the API key of the app that wrote the order, or what InjectOrder was given.
	App                                     string
	SourceName, SourceIdentifier, SourceURL string

	Tags                          []string
	CustomAttributes              []Attribute
	Metafields                    []Metafield
	Note, PONumber, Email, Phone  string
	Customer                      *Customer
	BuyerAcceptsMarketing         bool
	ShippingAddress, BillingTo    *Address
	Currency                      string
	TaxesIncluded                 bool
	Lines                         []Line
	ShippingLines                 []ShippingLine
	Taxes                         []Tax // order-level tax lines; empty when the lines carry the taxes
	Subtotal, Shipping, Tax       int64
	Total, Received               int64
	Refunded                      int64
	Refunds                       []Refund
	Transactions                  []Transaction
	FinancialStatus               string
	FulfillmentStatus             string
	FulfillmentOrders             []FulfillmentOrder
	Fulfillments                  []Fulfillment
	InventoryBehavior             string
	Test                          bool
	CancelReason                  string
	CreatedAt, ProcessedAt        time.Time
	UpdatedAt, ClosedAt, Canceled time.Time // zero: not closed, not cancelled
}

// LegacyID is the number at the end of the order's GID.
func (o Order) LegacyID() string { return legacyID(o.GID) }

// Attribute is one entry of "additional details".
type Attribute struct{ Key, Value string }

// Metafield is a metafield; Namespace is the full one, "app--123" for the app's own.
type Metafield struct{ GID, Namespace, Key, Type, Value string }

// Customer is a customer of the shop.
type Customer struct{ GID, Email, Phone, FirstName, LastName, Note string }

// Address is a mailing address as it was given.
type Address struct {
	FirstName, LastName, Company        string
	Address1, Address2, City            string
	Province, ProvinceCode, CountryCode string
	Zip, Phone                          string
}

// Line is a line item. Price is per unit, before discounts.
type Line struct {
	GID, VariantGID, ProductGID      string
	SKU, Title, VariantTitle, Vendor string
	Quantity                         int
	Price                            int64
	Taxes                            []Tax
	Taxable, RequiresShipping        bool
	Properties                       []Attribute
	// Taken is how many units the order took from stock, Removed how many were refunded or cancelled, Returned how many of
	// those came back after they were shipped. Shipped is how many are in fulfillments that stand, Dropped how many are
	// no longer to be shipped.
	Taken, Removed, Returned, Dropped, Shipped int
}

// Tax is a tax line. Rate is the decimal string of the request.
type Tax struct {
	Title, Rate   string
	Amount        int64
	ChannelLiable bool
}

// ShippingLine is a shipping line.
type ShippingLine struct {
	GID, Title, Code, Source string
	Price                    int64
	Taxes                    []Tax
}

// Transaction is a payment transaction.
type Transaction struct {
	GID, Kind, Status, Gateway string
	// Parent is the GID of the sale that a refund belongs to.
	Parent            string
	AuthorizationCode string
	Amount            int64
	Test              bool
	ProcessedAt       time.Time
}

// orderRecord is an order in the shop's state, with what the search index was told about it.
type orderRecord struct {
	Order
	index []indexed
}

// indexed is what the index knows from a moment on. Only the fields that can be searched are read from it.
type indexed struct {
	at    time.Time
	order Order
}

// touch puts the order's present state into the index, where IndexLag keeps it from view for a while.
func (r *orderRecord) touch(now time.Time) {
	r.UpdatedAt = now
	r.index = append(r.index, indexed{now, r.snapshot()})
}

// searchable returns the order as the index shows it; false when it does not know the order yet.
func (r *orderRecord) searchable(now time.Time, lag time.Duration) (Order, bool) {
	for _, doc := range slices.Backward(r.index) {
		if !doc.at.Add(lag).After(now) {
			return doc.order, true
		}
	}
	return Order{}, false
}

// snapshot returns a copy that shares nothing with the record.
func (r *orderRecord) snapshot() Order {
	o := r.Order
	o.Tags = slices.Clone(o.Tags)
	o.CustomAttributes = slices.Clone(o.CustomAttributes)
	o.Metafields = slices.Clone(o.Metafields)
	o.Taxes = slices.Clone(o.Taxes)
	o.Transactions = slices.Clone(o.Transactions)
	o.Refunds = slices.Clone(o.Refunds)
	for i := range o.Refunds {
		o.Refunds[i] = o.Refunds[i].clone()
	}
	o.Customer = clonePointer(o.Customer)
	o.ShippingAddress = clonePointer(o.ShippingAddress)
	o.BillingTo = clonePointer(o.BillingTo)
	o.Lines = slices.Clone(o.Lines)
	for i := range o.Lines {
		o.Lines[i].Taxes = slices.Clone(o.Lines[i].Taxes)
		o.Lines[i].Properties = slices.Clone(o.Lines[i].Properties)
	}
	o.ShippingLines = slices.Clone(o.ShippingLines)
	for i := range o.ShippingLines {
		o.ShippingLines[i].Taxes = slices.Clone(o.ShippingLines[i].Taxes)
	}
	o.Fulfillments = slices.Clone(o.Fulfillments)
	for i := range o.Fulfillments {
		f := &o.Fulfillments[i]
		f.Numbers, f.URLs, f.Lines, f.Events = slices.Clone(f.Numbers), slices.Clone(f.URLs), slices.Clone(f.Lines), slices.Clone(f.Events)
	}
	o.FulfillmentOrders = slices.Clone(o.FulfillmentOrders)
	for i := range o.FulfillmentOrders {
		o.FulfillmentOrders[i].Lines = slices.Clone(o.FulfillmentOrders[i].Lines)
	}
	return o
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// settle computes the totals from the lines, and the payment state unless the request named one.
func (o *Order) settle(financialStatus string) {
	o.Subtotal, o.Shipping, o.Tax, o.Received = 0, 0, sumTaxes(o.Taxes), 0
	for _, l := range o.Lines {
		o.Subtotal += l.Price * int64(l.Quantity)
		o.Tax += sumTaxes(l.Taxes)
	}
	for _, l := range o.ShippingLines {
		o.Shipping += l.Price
		o.Tax += sumTaxes(l.Taxes)
	}
	o.Total = o.Subtotal + o.Shipping
	if !o.TaxesIncluded {
		o.Total += o.Tax
	}
	authorized := false
	for _, t := range o.Transactions {
		if t.Status != "SUCCESS" {
			continue
		}
		authorized = authorized || t.Kind == "AUTHORIZATION"
		if t.Kind == "SALE" || t.Kind == "CAPTURE" {
			o.Received += t.Amount
		}
	}
	switch {
	case financialStatus != "":
		o.FinancialStatus = financialStatus
	case o.Received >= o.Total:
		o.FinancialStatus = "PAID"
	case o.Received > 0:
		o.FinancialStatus = "PARTIALLY_PAID"
	case authorized:
		o.FinancialStatus = "AUTHORIZED"
	default:
		o.FinancialStatus = "PENDING"
	}
}

func sumTaxes(taxes []Tax) int64 {
	var sum int64
	for _, t := range taxes {
		sum += t.Amount
	}
	return sum
}
