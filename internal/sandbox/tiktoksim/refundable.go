package tiktoksim

import (
	"cmp"
	"slices"
)

// parts are an amount by what it was paid for, in minor units.
type parts struct{ subtotal, shipping, tax, retail, service int64 }

func (p parts) sum() int64 { return p.subtotal + p.shipping + p.tax + p.retail + p.service }

func (p parts) plus(q parts) parts {
	return parts{p.subtotal + q.subtotal, p.shipping + q.shipping, p.tax + q.tax, p.retail + q.retail, p.service + q.service}
}

// document is refund_amount as answers write it.
func (p parts) document(currency string) map[string]any {
	doc := map[string]any{
		"currency": currency, "refund_total": decimal(p.sum(), currency), "refund_subtotal": decimal(p.subtotal, currency),
		"refund_shipping_fee": decimal(p.shipping, currency), "refund_tax": decimal(p.tax, currency),
	}
	if p.retail != 0 {
		doc["retail_delivery_fee"] = decimal(p.retail, currency)
	}
	if p.service != 0 {
		doc["buyer_service_fee"] = decimal(p.service, currency)
	}
	return doc
}

// minor reads an amount of a document; what is absent is nothing.
func minor(v any, currency string) int64 {
	n, _ := parseDecimal(cmp.Or(text(v), "0"), currency)
	return n
}

// unitParts is what the buyer paid for one unit: its price less all discounts, whoever gave them, and its tax.
func (o *order) unitParts(line map[string]any) parts {
	p := parts{subtotal: minor(line["sale_price"], o.currency())}
	for _, t := range list(line["item_tax"]) {
		p.tax += minor(object(t)["tax_amount"], o.currency())
	}
	return p
}

// besides is what the buyer paid besides the units: shipping, its tax, and fees. What no field explains is a service fee.
func (o *order) besides() parts {
	pay, currency := object(o.doc["payment"]), o.currency()
	var units parts
	for _, l := range o.lines() {
		units = units.plus(o.unitParts(l))
	}
	p := parts{shipping: minor(pay["shipping_fee"], currency), retail: minor(pay["retail_delivery_fee"], currency),
		tax: minor(pay["tax"], currency) - units.tax}
	p.service = minor(pay["total_amount"], currency) - units.sum() - p.sum()
	return p
}

func (o *order) paidTotal() int64 {
	if o.status() == "UNPAID" || o.status() == "CANCELLED" && o.doc["paid_time"] == nil {
		return 0
	}
	return minor(object(o.doc["payment"])["total_amount"], o.currency())
}

// refundable is what a request for some units gives back, unit by unit. What the buyer paid besides the units comes back
// with the last of them: with a cancellation always, with a return unless the rules keep it. TikTok says that this
// depends on policy and not on which; the sample of one unit among several has no shipping in it.
func (o *order) refundable(units []map[string]any, request string, keepShipping bool) []caseLine {
	var lines []caseLine
	paid := o.paidTotal() > 0
	for _, l := range units {
		line := caseLine{unit: text(l["id"])}
		if paid {
			line.back = o.unitParts(l)
		}
		lines = append(lines, line)
	}
	others := slices.ContainsFunc(o.lines(), func(l map[string]any) bool {
		id := text(l["id"])
		asked := slices.ContainsFunc(lines, func(c caseLine) bool { return c.unit == id })
		return !asked && text(l["display_status"]) != "CANCELLED" && o.caseOf(id) == nil
	})
	if paid && !others && len(lines) > 0 && (request == "CANCEL" || !keepShipping) {
		last := &lines[len(lines)-1]
		last.back = last.back.plus(o.besides())
	}
	return o.within(lines)
}

// within cuts a request to what is left of the buyer's money: a unit that cost less than nothing, or an odd fee, must not
// make more come back than was paid.
func (o *order) within(lines []caseLine) []caseLine {
	m := o.money()
	left := max(m.Paid-m.Back-m.OnTheWay, 0)
	var sum int64
	for _, l := range lines {
		sum += l.back.sum()
	}
	if sum > left {
		return scaled(lines, left)
	}
	return lines
}

// scaled shares a total over lines and their parts in proportion to what they were, to the last minor unit.
func scaled(lines []caseLine, total int64) []caseLine {
	weights := make([]int64, len(lines))
	for i, l := range lines {
		weights[i] = l.back.sum()
	}
	out := slices.Clone(lines)
	for i, share := range split(total, weights) {
		b := out[i].back
		p := split(share, []int64{b.subtotal, b.shipping, b.tax, b.retail, b.service})
		out[i].back = parts{p[0], p[1], p[2], p[3], p[4]}
	}
	return out
}

// split shares total by weight; the minor units that are left go to the largest remainders, the first of equals first.
func split(total int64, weights []int64) []int64 {
	out := make([]int64, len(weights))
	var sum int64
	for _, w := range weights {
		sum += max(w, 0)
	}
	if sum == 0 {
		if len(out) > 0 {
			out[0] = total
		}
		return out
	}
	rest := total
	order := make([]int, len(weights))
	for i, w := range weights {
		out[i] = total * max(w, 0) / sum
		rest -= out[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(total*max(weights[b], 0)%sum, total*max(weights[a], 0)%sum)
	})
	for i := range rest {
		out[order[int(i)%len(order)]]++
	}
	return out
}
