package shopifysim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// orderReader turns OrderCreateOrderInput into an order and collects what Shopify would refuse.
type orderReader struct {
	x        *execution
	in       input
	o        Order
	customer *Customer
	// shipment is what the order was shipped with when it was written; nil for none.
	shipment *Fulfillment
	bad      []refusal
}

func (r *orderReader) refuse(code, message string, field ...string) {
	r.bad = append(r.bad, refusal{code, message, field})
}

func readOrder(x *execution, in input) *orderReader {
	r := &orderReader{x: x, in: in}
	r.o = Order{
		Name: in.text("name"), SourceName: in.text("sourceName"), SourceIdentifier: in.text("sourceIdentifier"),
		SourceURL: in.text("sourceUrl"), Note: in.text("note"), PONumber: in.text("poNumber"),
		Email: in.text("email"), Phone: in.text("phone"), BuyerAcceptsMarketing: in.truth("buyerAcceptsMarketing"),
		TaxesIncluded: in.truth("taxesIncluded"), Test: in.truth("test"),
		ShippingAddress: readAddress(in.object("shippingAddress")), BillingTo: readAddress(in.object("billingAddress")),
		CustomAttributes: readAttributes(in.objects("customAttributes"), "key"),
		ProcessedAt:      moment(in.text("processedAt")), ClosedAt: moment(in.text("closedAt")),
	}
	r.refuseUnsimulated()
	r.source()
	r.place()
	r.tags()
	r.currency()
	r.lines()
	r.shipping()
	r.o.Taxes = r.taxes(in.objects("taxLines"), r.taxableAmount(), at("order", "taxLines"))
	r.taxesInOnePlace()
	r.transactions()
	r.fulfillment()
	r.who()
	r.o.settle(in.text("financialStatus"))
	return r
}

// refuseUnsimulated keeps a request from passing by a part of the contract that the simulator leaves out.
func (r *orderReader) refuseUnsimulated() {
	for _, field := range []string{"discountCode", "companyLocationId", "userId"} {
		if r.in[field] != nil {
			r.x.drift = append(r.x.drift, "OrderCreateOrderInput."+field+" is not simulated")
		}
	}
}

// source refuses the names that Shopify keeps for its own channels.
func (r *orderReader) source() {
	if slices.Contains([]string{"web", "pos", "shopify_draft_order", "iphone", "android"}, r.o.SourceName) {
		r.refuse("INVALID", "Source name is reserved", at("order", "sourceName")...)
	}
}

// place refuses a ZIP that no place has, in words that repeat what was typed, as Shopify's do.
func (r *orderReader) place() {
	if a := r.o.ShippingAddress; a != nil && a.CountryCode == "US" && a.Zip == "00000" {
		words := fmt.Sprintf("Zip %s is not valid for %s %s, %s, %s (%s)", a.Zip, a.FirstName, strings.ToUpper(a.LastName), a.Address1, a.City, a.Phone)
		r.refuse("INVALID", words, at("order", "shippingAddress", "zip")...)
	}
}

const maxTagLength = 40 // of an order's tag

func (r *orderReader) tags() {
	tags, bad := addTags(nil, r.in.texts("tags"), at("order", "tags"))
	r.o.Tags = tags
	r.bad = append(r.bad, bad...)
}

// addTags adds tags to others; tags that differ only in case are one.
func addTags(tags, more []string, field []string) ([]string, []refusal) {
	var bad []refusal
	for _, tag := range more {
		tag = strings.TrimSpace(tag)
		if len([]rune(tag)) > maxTagLength {
			bad = append(bad, refusal{"INVALID", "Each tag must be 40 characters or less", field})
			continue
		}
		known := slices.ContainsFunc(tags, func(t string) bool { return strings.EqualFold(t, tag) })
		if tag != "" && !known {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return tags, bad
}

func (r *orderReader) currency() {
	r.o.Currency = r.x.shop.spec.Currency
	if c := r.in.text("currency"); c != "" && c != r.o.Currency {
		r.refuse("INVALID", "Currency must be the shop's currency, "+r.o.Currency, at("order", "currency")...)
	}
	if c := r.in.text("presentmentCurrency"); c != "" && c != r.o.Currency {
		r.x.drift = append(r.x.drift, "orders in two currencies are not simulated")
	}
}

// amount reads a MoneyBagInput.
func (r *orderReader) amount(bag input, field []string) int64 {
	shop := bag.object("shopMoney")
	if c := shop.text("currencyCode"); c != r.o.Currency {
		r.refuse("INVALID", "Shop money currency must match the order's currency, "+r.o.Currency, field...)
		return 0
	}
	n, err := minor(shop.text("amount"), r.o.Currency)
	if err != nil {
		r.refuse("INVALID", err.Error(), field...)
	}
	if p := bag.object("presentmentMoney"); p != nil {
		if r.in.text("presentmentCurrency") == "" {
			r.refuse("INVALID", "Presentment currency must be set when presentment money is used", field...)
		} else if m, err := minor(p.text("amount"), r.o.Currency); err != nil || m != n {
			r.refuse("INVALID", "Presentment money must equal shop money in one currency", field...)
		}
	}
	return n
}

func (r *orderReader) transactions() {
	for i, in := range r.in.objects("transactions") {
		field := at("order", "transactions", i)
		t := Transaction{
			Kind: in.text("kind"), Status: in.text("status"), Gateway: in.text("gateway"),
			AuthorizationCode: in.text("authorizationCode"), Test: in.truth("test"),
			Amount: r.amount(in.object("amountSet"), field), ProcessedAt: moment(in.text("processedAt")),
		}
		if t.Gateway == "" {
			t.Gateway = "manual"
		}
		if t.Amount <= 0 {
			r.refuse("INVALID", "Transaction amount must be greater than zero", field...)
		}
		r.o.Transactions = append(r.o.Transactions, t)
	}
}

func (r *orderReader) fulfillment() {
	r.o.FulfillmentStatus = "UNFULFILLED"
	switch r.in.text("fulfillmentStatus") {
	case "FULFILLED":
		r.o.FulfillmentStatus = "FULFILLED"
	case "PARTIAL":
		r.o.FulfillmentStatus = "PARTIALLY_FULFILLED"
	case "RESTOCKED":
		r.o.FulfillmentStatus = "RESTOCKED"
	}
	in := r.in.object("fulfillment")
	if in == nil {
		return
	}
	if l := r.x.shop.locationByID(in.text("locationId")); l == nil || l.Inactive {
		r.refuse("INVALID", "Location does not exist", at("order", "fulfillment", "locationId")...)
	}
	numbers := in.texts("trackingNumbers")
	if n := in.text("trackingNumber"); n != "" && !slices.Contains(numbers, n) {
		numbers = append([]string{n}, numbers...)
	}
	if in.object("originAddress") != nil {
		r.x.drift = append(r.x.drift, "OrderCreateFulfillmentInput.originAddress is not simulated")
	}
	r.o.FulfillmentStatus = "UNFULFILLED" // until the shipment is written
	r.shipment = &Fulfillment{
		LocationGID: in.text("locationId"), Company: in.text("trackingCompany"), Numbers: numbers, ShipmentStatus: in.text("shipmentStatus"),
	}
}

// moment reads a DateTime that the schema check has passed; zero when there is none.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func readAttributes(list []input, key string) []Attribute {
	var out []Attribute
	for _, in := range list {
		out = append(out, Attribute{in.text(key), in.text("value")})
	}
	return out
}

func readAddress(in input) *Address {
	if in == nil {
		return nil
	}
	return &Address{
		FirstName: in.text("firstName"), LastName: in.text("lastName"), Company: in.text("company"),
		Address1: in.text("address1"), Address2: in.text("address2"), City: in.text("city"),
		Province: in.text("province"), ProvinceCode: in.text("provinceCode"), CountryCode: in.text("countryCode"),
		Zip: in.text("zip"), Phone: in.text("phone"),
	}
}
