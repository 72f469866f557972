package shopifysim

import (
	"math/big"
)

func (r *orderReader) lines() {
	items := r.in.objects("lineItems")
	if len(items) == 0 {
		r.refuse("INVALID", "Line items must have at least one line item", at("order", "lineItems")...)
	}
	for i, in := range items {
		r.o.Lines = append(r.o.Lines, r.line(in, at("order", "lineItems", i)))
	}
}

func (r *orderReader) line(in input, field []string) Line {
	l := Line{
		SKU: in.text("sku"), Title: in.text("title"), VariantTitle: in.text("variantTitle"), Vendor: in.text("vendor"),
		Quantity: in.number("quantity"), Taxable: in.truth("taxable"), RequiresShipping: in.truth("requiresShipping"),
		Properties: readAttributes(in.objects("properties"), "name"),
	}
	if l.Quantity < 1 {
		r.refuse("INVALID", "Quantity must be greater than 0", append(field, "quantity")...)
	}
	if in.text("fulfillmentService") != "" && in.text("fulfillmentService") != "manual" {
		r.refuse("FULFILLMENT_SERVICE_INVALID", "Fulfillment service is invalid", append(field, "fulfillmentService")...)
	}
	price := in.object("priceSet")
	switch gid := in.text("variantId"); {
	case gid != "":
		r.fromVariant(&l, gid, field)
	case l.Title == "":
		// Nobody says that a SKU alone finds its variant, so the simulator takes such a line for a custom one.
		r.refuse("INVALID", "Title can't be blank", append(field, "title")...)
	case price == nil:
		r.refuse("INVALID", "Price can't be blank", append(field, "priceSet")...)
	}
	if price != nil {
		l.Price = r.amount(price, append(field, "priceSet"))
	}
	if l.Price < 0 {
		r.refuse("INVALID", "Price must be greater than or equal to 0", append(field, "priceSet")...)
	}
	l.Taxes = r.taxes(in.objects("taxLines"), l.Price*int64(l.Quantity), append(field, "taxLines"))
	return l
}

// fromVariant fills what the request left out with what the variant says. The SKU is always the variant's.
func (r *orderReader) fromVariant(l *Line, gid string, field []string) {
	v := r.x.shop.variantByID(gid)
	if v == nil {
		r.refuse("INVALID", "Variant does not exist", append(field, "variantId")...)
		return
	}
	l.VariantGID, l.ProductGID, l.SKU, l.Price = v.gid, v.product, v.SKU, v.Price
	if l.Title == "" {
		l.Title = v.ProductTitle
	}
	if l.VariantTitle == "" {
		l.VariantTitle = v.Title
	}
	if l.Vendor == "" {
		l.Vendor = v.Vendor
	}
}

func (r *orderReader) shipping() {
	for i, in := range r.in.objects("shippingLines") {
		field := at("order", "shippingLines", i)
		l := ShippingLine{
			Title: in.text("title"), Code: in.text("code"), Source: in.text("source"),
			Price: r.amount(in.object("priceSet"), append(field, "priceSet")),
		}
		if l.Title == "" {
			r.refuse("INVALID", "Title can't be blank", append(field, "title")...)
		}
		if l.Price < 0 {
			r.refuse("INVALID", "Price must be greater than or equal to 0", append(field, "priceSet")...)
		}
		l.Taxes = r.taxes(in.objects("taxLines"), l.Price, append(field, "taxLines"))
		r.o.ShippingLines = append(r.o.ShippingLines, l)
	}
}

// taxes reads tax lines. A tax without an amount is computed from its rate on price.
func (r *orderReader) taxes(list []input, price int64, field []string) []Tax {
	var out []Tax
	for i, in := range list {
		here := append(append([]string{}, field...), at(i)...)
		t := Tax{Title: in.text("title"), Rate: in.text("rate"), ChannelLiable: in.truth("channelLiable")}
		rate, ok := new(big.Rat).SetString(t.Rate)
		if !ok || rate.Sign() < 0 {
			r.refuse("INVALID", "Rate must be a number from 0", append(here, "rate")...)
			continue
		}
		if bag := in.object("priceSet"); bag != nil {
			t.Amount = r.amount(bag, append(here, "priceSet"))
		} else {
			t.Amount = taxOf(price, rate, r.o.TaxesIncluded)
		}
		if t.Title == "" {
			r.refuse("INVALID", "Title can't be blank", append(here, "title")...)
		}
		if t.Amount < 0 {
			r.refuse("INVALID", "Price must be greater than or equal to 0", append(here, "priceSet")...)
		}
		if rate.Sign() == 0 && t.Amount > 0 {
			r.refuse("TAX_LINE_RATE_MISSING", "Rate is missing", append(here, "rate")...)
		}
		out = append(out, t)
	}
	return out
}

func (r *orderReader) taxableAmount() int64 {
	var sum int64
	for _, l := range r.o.Lines {
		if l.Taxable {
			sum += l.Price * int64(l.Quantity)
		}
	}
	return sum
}

// taxesInOnePlace keeps order-level and line-level tax lines apart (orderCreate, OrderCreateOrderInput.taxLines).
func (r *orderReader) taxesInOnePlace() {
	if len(r.o.Taxes) == 0 {
		return
	}
	onLines := false
	for _, l := range r.o.Lines {
		onLines = onLines || len(l.Taxes) > 0
	}
	for _, l := range r.o.ShippingLines {
		onLines = onLines || len(l.Taxes) > 0
	}
	if onLines {
		r.refuse("INVALID", "Tax lines can be set on the order or on its line items and shipping lines, not on both",
			at("order", "taxLines")...)
	}
}
