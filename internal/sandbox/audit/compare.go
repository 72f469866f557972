package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Compare goes through the books order by order.
func Compare(b Books) Report {
	var r Report
	records := map[string][]Record{}
	for _, record := range b.Records {
		records[record.Source] = append(records[record.Source], record)
		r.Records++
		r.Total, r.Refunded = r.Total+record.Total, r.Refunded+record.Refunded
		r.Refunds, r.Parcels = r.Refunds+len(record.Refunds), r.Parcels+len(record.Parcels)
	}
	entries := map[string][]Entry{}
	for _, e := range b.Ledger {
		entries[e.Order] = append(entries[e.Order], e)
	}
	for _, sale := range b.Sales {
		r.Orders++
		if !sale.Unwanted {
			r.Sold += sale.Paid
			r.Back += sale.Back
		}
		r.sale(sale, records[sale.ID])
		r.entry(sale, entries[sale.ID], records[sale.ID])
		delete(records, sale.ID)
		delete(entries, sale.ID)
	}
	for source, strays := range records {
		r.add(Duplicated, source, "Shopify has %d orders of it, TikTok none", len(strays))
	}
	for order := range entries {
		r.add(State, order, "the program knows it, TikTok does not")
	}
	if diff := r.Back - r.Refunded; diff != 0 && r.Count(Difference)+r.Count(RefundLost)+r.Count(PaidTwice)+r.Count(Lost)+r.Count(Duplicated) == 0 {
		r.add(Difference, "all", "the sums differ by %s", cents(diff))
	}
	r.sorted()
	return r
}

// sale holds an order against what Shopify has of it.
func (r *Report) sale(s Sale, records []Record) {
	switch {
	case s.Unwanted && len(records) > 0:
		r.add(Duplicated, s.ID, "was not to be written, and is in Shopify %d times", len(records))
		return
	case s.Unwanted:
		return
	case len(records) == 0:
		r.add(Lost, s.ID, "is not in Shopify")
		return
	case len(records) > 1:
		r.add(Duplicated, s.ID, "is in Shopify %d times", len(records))
	}
	record := records[0]
	if record.Shop != s.Shop {
		r.add(Lost, s.ID, "is in %s, belongs in %s", record.Shop, s.Shop)
	}
	if record.Total != s.Paid {
		r.add(Difference, s.ID, "the buyer paid %s, Shopify's total is %s", cents(s.Paid), cents(record.Total))
	}
	bought := map[string]int{}
	for _, u := range s.Units {
		bought[u.SKU]++
	}
	if !maps.Equal(bought, record.Ordered) {
		r.add(Difference, s.ID, "bought were %v, Shopify has %v", bought, record.Ordered)
	}
	r.money(s, record)
	r.parcels(s, record)
}

// money compares what came back.
func (r *Report) money(s Sale, record Record) {
	var refunded int64
	for _, refund := range record.Refunds {
		refunded += refund.Amount
	}
	if refunded != record.Refunded {
		r.add(Difference, s.ID, "Shopify's refunds are %s in sum, its order says %s", cents(refunded), cents(record.Refunded))
	}
	if s.OnTheWay != 0 {
		r.add(RefundLost, s.ID, "%s never came back", cents(s.OnTheWay))
	}
	switch {
	case s.Back < record.Refunded:
		r.add(RefundLost, s.ID, "the buyer has %s back, Shopify refunded %s", cents(s.Back), cents(record.Refunded))
	case s.Back > record.Refunded:
		r.add(PaidTwice, s.ID, "the buyer has %s back, Shopify refunded %s", cents(s.Back), cents(record.Refunded))
	}
	if s.Back > s.Paid {
		r.add(PaidTwice, s.ID, "the buyer paid %s and has %s back", cents(s.Paid), cents(s.Back))
	}
	gone, given := map[string]bool{}, map[string]int{}
	for _, c := range s.Cases {
		for _, unit := range c.Units {
			if gone[unit] {
				r.add(PaidTwice, s.ID, "unit %s went back twice", unit)
			}
			gone[unit] = true
		}
	}
	for _, u := range s.Units {
		if gone[u.ID] {
			given[u.SKU]++
		}
	}
	for sku, n := range record.Removed {
		if n == 0 {
			delete(record.Removed, sku)
		}
	}
	if !maps.Equal(given, record.Removed) {
		r.add(Difference, s.ID, "went back at TikTok: %v, in Shopify: %v", given, record.Removed)
	}
}

// parcels compares what left with what number, carrier and content.
func (r *Report) parcels(s Sale, record Record) {
	tiktok, shopify := map[string]map[string]int{}, map[string]map[string]int{}
	count := func(all map[string]map[string]int, number, carrier, sku string, n int) {
		key := fmt.Sprintf("%s by %s", number, strings.ToLower(strings.TrimSpace(carrier)))
		if all[key] == nil {
			all[key] = map[string]int{}
		}
		all[key][sku] += n
	}
	for _, u := range s.Units {
		if u.Tracking != "" {
			count(tiktok, u.Tracking, u.Carrier, u.SKU, 1)
		}
	}
	for _, p := range record.Parcels {
		for sku, n := range p.Units {
			count(shopify, p.Tracking, p.Carrier, sku, n)
		}
	}
	if !maps.EqualFunc(tiktok, shopify, func(a, b map[string]int) bool { return maps.Equal(a, b) }) {
		r.add(Shipment, s.ID, "left at TikTok: %v, in Shopify: %v", tiktok, shopify)
	}
}

// entry holds the program's own books against both platforms'.
func (r *Report) entry(s Sale, entries []Entry, records []Record) {
	switch {
	case len(entries) > 1:
		r.add(State, s.ID, "the program has it %d times", len(entries))
		return
	case len(entries) == 0 && s.Unwanted:
		return
	case len(entries) == 0:
		r.add(State, s.ID, "the program does not know it")
		return
	}
	e := entries[0]
	if e.Shop != s.Shop {
		r.add(State, s.ID, "the program has it in %s, it belongs in %s", e.Shop, s.Shop)
	}
	wrote := e.State == "written" || e.State == "cancelled" && e.GID != ""
	if wrote == s.Unwanted {
		r.add(State, s.ID, "the program calls it %s", e.State)
	}
	if wrote && !slices.ContainsFunc(records, func(r Record) bool { return r.GID == e.GID }) {
		r.add(State, s.ID, "the program calls it %s, which Shopify does not have", e.GID)
	}
	for _, open := range e.Open {
		r.add(State, s.ID, "open: %s", open)
	}
}
