package pages

import (
	"io"
	"net/url"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
)

// Orders is the page that lists orders.
type Orders struct {
	Frame
	// Query is what is looked for: a TikTok number, a name in Shopify or a ZIP. State
	// and Leg are the filters as they stand in the address.
	Query, State, Leg string
	Found             []links.Listed
	// Next is the cursor of the page with older orders, empty on the last; Later
	// tells that this is not the first page.
	Next  string
	Later bool
	// Connected tells whether any TikTok shop is, Pulling whether orders are read.
	Connected, Pulling bool
	// Number is what was typed into the import box and refused.
	Number string
}

// Render writes the page.
func (o Orders) Render(w io.Writer) error { return renderEmbedded(w, "orders.html", o) }

// OrdersPath is the page's address.
const OrdersPath = "/orders"

// Filtered tells whether less than everything is listed.
func (o Orders) Filtered() bool { return o.Query != "" || o.State != "" || o.Leg != "" }

// Older is the address of the next page.
func (o Orders) Older() string {
	query := url.Values{"cursor": {o.Next}}
	for name, value := range map[string]string{"query": o.Query, "state": o.State, "leg": o.Leg} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return OrdersPath + "?" + query.Encode()
}

// Pick is something that a list is filtered by.
type Pick struct {
	Value, Text string
	Picked      bool
}

// States are the filters by how far orders are.
func (o Orders) States() []Pick {
	list := []Pick{{"", "Every state", o.State == ""}}
	for _, s := range []links.State{links.Waiting, links.Held, links.Written, links.Skipped, links.Cancelled} {
		list = append(list, Pick{string(s), OrderBadge(s).Text, o.State == string(s)})
	}
	return list
}

// Excepted is the filter by what waits for a person.
const Excepted = "waiting_for_you"

// Legs are the filters by what happens to orders in Shopify.
func (o Orders) Legs() []Pick {
	list := []Pick{{"", "All orders", o.Leg == ""}, {Excepted, "Waiting for you", o.Leg == Excepted}}
	for _, leg := range []string{links.NoShipments, links.ShipmentsHeld, links.ShipmentsSending, links.ShipmentsPartly, links.ShipmentsDone} {
		value := "shipments." + leg
		list = append(list, Pick{value, "Shipments: " + ShipmentsBadge(leg).Text, o.Leg == value})
	}
	for _, leg := range refundLegs {
		value := "refunds." + leg
		list = append(list, Pick{value, "Refunds: " + RefundsBadge(leg).Text, o.Leg == value})
	}
	return list
}

// refundLegs are the states of the leg of refunds, what needs a person first.
var refundLegs = []string{
	string(links.RefundStopped), string(links.RefundPartlySent), string(links.RefundHeld), string(links.RefundWaiting), string(links.RefundSending),
	string(links.RefundSent), string(links.RefundCompleted), links.RefundsRecorded, links.NoRefunds,
}

// Row is an order of the list.
type Row struct {
	links.Order
	Path                     string
	State, Shipments, Refund Badge
	// Name is Shopify's where it is not TikTok's number.
	Name string
	// Excepted tells whether something about it waits for a person.
	Excepted bool
	// Due is TikTok's deadline for shipping; zero where nothing is left to ship.
	Due time.Time
}

// Rows are the orders found.
func (o Orders) Rows() []Row {
	list := make([]Row, len(o.Found))
	for n, f := range o.Found {
		list[n] = Row{
			Order: f.Order, Excepted: f.Excepted, Path: OrderPath(f.ID),
			State: OrderBadge(f.State), Shipments: ShipmentsBadge(f.Shipments.State), Refund: RefundsBadge(f.Refunds.State),
		}
		if f.ShopifyName != string(f.ID) {
			list[n].Name = f.ShopifyName
		}
		if f.ShipBy > 0 {
			list[n].Due = time.Unix(f.ShipBy, 0)
		}
	}
	return list
}
