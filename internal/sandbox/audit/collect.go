package audit

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
)

// Collect reads the platforms' books of some shops: shops has the Shopify shop
// of each TikTok shop. Orders that were never paid for or left to cancel before
// they could be sent are named in unwanted.
func Collect(tiktok *tiktoksim.Sim, shopify *shopifysim.Sim, shops map[string]string, unwanted map[string]bool) (Books, error) {
	var b Books
	for _, id := range tiktok.OrderIDs() {
		order, _ := tiktok.Order(id)
		domain, ours := shops[order.ShopID]
		if !ours {
			continue
		}
		sale, err := saleOf(tiktok, order)
		if err != nil {
			return Books{}, err
		}
		sale.Shop, sale.Unwanted = domain, unwanted[id]
		b.Sales = append(b.Sales, sale)
	}
	for _, domain := range shops {
		for _, order := range shopify.Orders(domain) {
			b.Records = append(b.Records, recordOf(domain, order))
		}
	}
	return b, nil
}

func saleOf(tiktok *tiktoksim.Sim, order tiktoksim.Order) (Sale, error) {
	var doc struct {
		Lines []struct {
			ID       string `json:"id"`
			SKU      string `json:"seller_sku"`
			Tracking string `json:"tracking_number"`
			Carrier  string `json:"shipping_provider_name"`
		} `json:"line_items"`
	}
	if err := json.Unmarshal(order.Raw, &doc); err != nil {
		return Sale{}, fmt.Errorf("read order %s: %w", order.ID, err)
	}
	money, _ := tiktok.Money(order.ID)
	sale := Sale{ID: order.ID, Paid: money.Paid, Back: money.Back, OnTheWay: money.OnTheWay}
	for _, l := range doc.Lines {
		u := Unit{ID: l.ID, SKU: l.SKU, Tracking: l.Tracking}
		if l.Tracking != "" {
			u.Carrier = l.Carrier
		}
		sale.Units = append(sale.Units, u)
	}
	for _, c := range tiktok.Aftersales(order.ID) {
		if strings.HasSuffix(c.Status, "_COMPLETE") {
			sale.Cases = append(sale.Cases, Case{ID: c.ID, Units: c.LineIDs, Amount: c.Amount})
		}
	}
	return sale, nil
}

func recordOf(domain string, o shopifysim.Order) Record {
	r := Record{Shop: domain, GID: o.GID, Source: o.SourceIdentifier, Total: o.Total, Refunded: o.Refunded, Ordered: map[string]int{}, Removed: map[string]int{}}
	skus := map[string]string{}
	for _, l := range o.Lines {
		skus[l.GID] = l.SKU
		r.Ordered[l.SKU] += l.Quantity
		r.Removed[l.SKU] += l.Removed
	}
	for _, f := range o.Fulfillments {
		if f.Status == "CANCELLED" {
			continue
		}
		p := Parcel{Tracking: strings.Join(f.Numbers, "+"), Carrier: f.Company, Units: map[string]int{}}
		for _, l := range f.Lines {
			p.Units[skus[l.LineGID]] += l.Quantity
		}
		r.Parcels = append(r.Parcels, p)
	}
	for _, refund := range o.Refunds {
		one := Refund{GID: refund.GID}
		for _, t := range refund.Transactions {
			if t.Kind == "REFUND" && t.Status == "SUCCESS" {
				one.Amount += t.Amount
			}
		}
		r.Refunds = append(r.Refunds, one)
	}
	return r
}
