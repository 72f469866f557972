package tiktoksim

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/sandbox/frame"
)

// orderPage is one order with everything that can happen to it.
type orderPage struct {
	frame.Page
	ID, Number, Shop, Kind, Currency, ZIP string
	Placed                                time.Time
	Status                                badge
	Units                                 []unitView
	Sums                                  []sumView
	Address                               []string // lines as TikTok shows them now; empty while it shows none
	Message, Note, Email                  string
	Parcels                               []parcelView
	Cases                                 []caseView
	Timeline                              []entry
	Links                                 []frame.Link // where to look at it next

	Steps      []step
	Statuses   []choice
	Carriers   []choice
	AskKinds   []choice // what the buyer can ask for now
	GiveKinds  []choice // what the seller or TikTok can do now
	ReturnLink string
	Buyer      Address // as the buyer knows it
	Rules      AftersaleRules
}

// unitView is one unit.
type unitView struct {
	ID, Product, Variant, SKU, SKUID, Sale, List, Tax, Tracking string
	Status                                                      badge
	Gift                                                        bool
	Parts                                                       []string
	toShip, free                                                bool
}

// Shippable are the units that no parcel holds; Free are those that no case has spoken for.
func (p orderPage) Shippable() []unitView {
	return slices.DeleteFunc(slices.Clone(p.Units), func(u unitView) bool { return !u.toShip })
}

// Free are the units that no case has spoken for.
func (p orderPage) Free() []unitView {
	return slices.DeleteFunc(slices.Clone(p.Units), func(u unitView) bool { return !u.free })
}

// sumView is an amount of the order.
type sumView struct {
	Name, Amount string
	Total        bool
}

// step is a button that lets an order's life go on, and what follows from it.
type step struct{ Label, Action, Field, Value, Says string }

func (s *Sim) webOrder(w http.ResponseWriter, r *http.Request) {
	s.showOrder(w, r, http.StatusOK, r.PathValue("id"), nil)
}

// showOrder draws an order's page. Of an order that does not exist the list tells.
func (s *Sim) showOrder(w http.ResponseWriter, r *http.Request, status int, id string, refused error) {
	deliveries := s.Deliveries()
	s.mu.Lock()
	o := s.orders[id]
	if o == nil {
		s.mu.Unlock()
		if refused == nil {
			status, refused = http.StatusNotFound, fmt.Errorf("there is no order %q", id)
		}
		s.showOrders(w, r, status, refused)
		return
	}
	view := s.viewOf(o)
	view.Timeline = s.timelineOf(o, deliveries)
	external := ""
	for _, e := range o.external {
		external = e.ID
	}
	s.mu.Unlock()
	view.Page = s.around(r, "", "Order "+id)
	view.Refused = sentence(refused)
	view.Links = s.opts.Neighbors.Links(id, external, view.Buyer.PostalCode)
	frame.Show(w, status, pageTemplates, "order", view)
}

// viewOf is what the page shows of an order; the lock is held.
func (s *Sim) viewOf(o *order) orderPage {
	doc := o.visible()
	address := object(doc["recipient_address"])
	p := orderPage{
		ID: o.id, Number: o.id, Shop: o.shop.name, Kind: o.describe(), Currency: o.currency(), ZIP: text(address["postal_code"]),
		Placed: time.Unix(integer(doc["create_time"]), 0), Status: badgeOf(o.status()), Sums: o.sums(),
		Message: text(doc["buyer_message"]), Note: text(doc["seller_note"]), Email: text(doc["buyer_email"]),
		Parcels: o.parcels(), Steps: o.steps(), Buyer: o.buyer(), Rules: s.rules(o),
	}
	for _, name := range []string{"name", "address_line1", "address_line2"} {
		p.Address = append(p.Address, text(address[name]))
	}
	var place []string
	for _, level := range districts(address) {
		place = append([]string{text(level["address_name"])}, place...)
	}
	p.Address = append(p.Address, joinFilled(" ", p.ZIP, text(address["post_town"])), strings.Join(place, ", "), text(address["phone_number"]))
	p.Address = slices.DeleteFunc(p.Address, func(line string) bool { return line == "" })
	for _, l := range o.lines() {
		p.Units = append(p.Units, o.unit(l))
	}
	for _, a := range o.cases {
		p.Cases = append(p.Cases, a.view())
	}
	for _, st := range slices.DeleteFunc(slices.Clone(statuses), func(st string) bool { return st == "PARTIALLY_SHIPPING" }) {
		p.Statuses = append(p.Statuses, choice{st, badgeOf(st).Text, st == o.status()})
	}
	for _, c := range providersOf(o.shop) {
		p.Carriers = append(p.Carriers, choice{Value: c.ID, Text: c.Name})
	}
	p.AskKinds, p.GiveKinds = o.asks()
	p.ReturnLink = returnLink(s.returnURL, o.id, p.Buyer.PostalCode)
	return p
}

// districts are the levels of an address, of an order that came as JSON or was built here.
func districts(address map[string]any) []map[string]any {
	if built, ok := address["district_info"].([]map[string]any); ok {
		return built
	}
	var levels []map[string]any
	for _, level := range list(address["district_info"]) {
		levels = append(levels, object(level))
	}
	return levels
}

// buyer is the address as the buyer knows it, hidden or not.
func (o *order) buyer() Address {
	if o.spec != nil {
		return *o.spec.Address
	}
	a := object(o.doc["recipient_address"])
	return Address{
		FirstName: text(a["first_name"]), LastName: text(a["last_name"]), Phone: text(a["phone_number"]), Region: text(a["region_code"]),
		PostalCode: text(a["postal_code"]), Line1: text(a["address_line1"]), Line2: text(a["address_line2"]), City: text(a["post_town"]),
	}
}

// describe names what is special about an order.
func (o *order) describe() string {
	var words []string
	for field, word := range map[string]string{"is_sample_order": "sample", "is_replacement_order": "replacement", "is_exchange_order": "exchange"} {
		if is, _ := o.doc[field].(bool); is {
			words = append(words, word)
		}
	}
	switch {
	case text(o.doc["fulfillment_type"]) == "FULFILLMENT_BY_TIKTOK":
		words = append(words, "fulfilled by TikTok")
	case text(o.doc["shipping_type"]) == "TIKTOK":
		words = append(words, "TikTok Shipping")
	default:
		words = append(words, "shipped by the seller")
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

func (o *order) unit(l map[string]any) unitView {
	id, status := text(l["id"]), text(l["display_status"])
	gift, _ := l["is_gift"].(bool)
	u := unitView{
		ID: id, Product: text(l["product_name"]), Variant: text(l["sku_name"]), SKU: text(l["seller_sku"]), SKUID: text(l["sku_id"]),
		Sale: text(l["sale_price"]), List: text(l["original_price"]), Tracking: text(l["tracking_number"]), Status: badgeOf(status), Gift: gift,
		toShip: text(l["package_id"]) == "" && status == "AWAITING_SHIPMENT" && o.status() != "ON_HOLD", free: status != "CANCELLED" && o.caseOf(id) == nil,
	}
	for _, tax := range list(l["item_tax"]) {
		u.Tax = text(object(tax)["tax_amount"])
	}
	for _, part := range list(l["combined_listing_skus"]) {
		p := object(part)
		u.Parts = append(u.Parts, fmt.Sprintf("%v × %s", p["sku_count"], text(p["seller_sku"])))
	}
	return u
}

// amounts are the parts of an order's payment as the page names them.
var amounts = []struct {
	field, name string
	less        bool
}{
	{"original_total_product_price", "Goods at list price", false}, {"seller_discount", "The seller's discount", true},
	{"platform_discount", "TikTok's discount", true}, {"original_shipping_fee", "Shipping", false},
	{"shipping_fee_seller_discount", "Shipping paid by the seller", true}, {"shipping_fee_platform_discount", "Shipping paid by TikTok", true},
	{"shipping_fee_cofunded_discount", "Shipping paid by both", true}, {"tax", "Tax", false}, {"retail_delivery_fee", "Retail delivery fee", false},
	{"small_order_fee", "Small-order fee", false}, {"handling_fee", "Handling", false}, {"buyer_service_fee", "Buyer service fee", false},
	{"item_insurance_fee", "Item insurance", false}, {"item_insurance_tax", "Tax on item insurance", false},
	{"shipping_insurance_fee", "Shipping insurance", false}, {"payment_platform_discount", "Payment discount by TikTok", true},
	{"payment_discount_service_fee", "Payment discount service fee", false}, {"distance_fee", "Distance fee", false},
}

// sums are the order's money: what it is made of, what the buyer pays, what came back.
func (o *order) sums() []sumView {
	payment, currency := object(o.doc["payment"]), o.currency()
	var rows []sumView
	for _, a := range amounts {
		minor, _ := parseDecimal(text(payment[a.field]), currency)
		if minor == 0 {
			continue
		}
		if a.less {
			minor = -minor
		}
		rows = append(rows, sumView{Name: a.name, Amount: decimal(minor, currency)})
	}
	rows = append(rows, sumView{"The buyer pays", text(payment["total_amount"]) + " " + currency, true})
	m := o.money()
	if m.OnTheWay != 0 {
		rows = append(rows, sumView{Name: "Asked for, or on its way back", Amount: decimal(m.OnTheWay, currency)})
	}
	if m.Back != 0 {
		rows = append(rows, sumView{"The buyer has back", decimal(m.Back, currency) + " " + currency, true})
	}
	return rows
}

// steps are what usually comes next.
func (o *order) steps() []step {
	var steps []step
	switch o.status() {
	case "UNPAID":
		steps = append(steps, step{"The buyer pays", "status", "status", "ON_HOLD", "TikTok's hour of remorse begins."})
	case "ON_HOLD":
		steps = append(steps, step{"The hour is over", "status", "status", "AWAITING_SHIPMENT", "TikTok releases the order and shows its address. Switchback writes it into Shopify."})
	case "DELIVERED":
		steps = append(steps, step{"The return window ends", "status", "status", "COMPLETED", "Nothing can be returned or refunded at TikTok any more."})
	}
	for _, p := range o.parcels() {
		for _, scan := range p.Scans {
			steps = append(steps, step{scan.Label, "/packages/" + url.PathEscape(p.ID), "status", scan.Status, "Parcel " + p.Number + ". " + scan.Says})
		}
	}
	if o.spec != nil && o.spec.masks() {
		steps = append(steps, step{"TikTok shows the address", "unmask", "", "", "Name, street and ZIP are no longer starred out."})
	}
	return steps
}

// asks are what the buyer can ask for now, and what the seller or TikTok can do.
func (o *order) asks() (buyer, seller []choice) {
	if !slices.ContainsFunc(o.lines(), func(l map[string]any) bool {
		return text(l["display_status"]) != "CANCELLED" && o.caseOf(text(l["id"])) == nil
	}) {
		return nil, nil
	}
	status := o.status()
	if rank(status) <= rank("AWAITING_COLLECTION") {
		buyer = append(buyer, choice{Value: "CANCEL", Text: "to cancel"})
	}
	if len(unshipped(o)) > 0 {
		seller = append(seller, choice{Value: "CANCEL", Text: "cancel units that are not shipped"})
	}
	if rank(status) >= rank("PARTIALLY_SHIPPING") && rank(status) <= rank("DELIVERED") {
		buyer = append(buyer, choice{Value: "REFUND", Text: "for the money, keeping the goods"},
			choice{Value: "RETURN_AND_REFUND", Text: "to send it back for the money"}, choice{Value: "REPLACEMENT", Text: "for a replacement"})
		seller = append(seller, choice{Value: "REFUND", Text: "give the money back"})
	}
	return buyer, seller
}
