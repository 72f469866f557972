package sandbox

import (
	"embed"
	"net/http"

	"github.com/switchbackhq/switchback/internal/sandbox/frame"
)

//go:embed pages/*.html
var startFiles embed.FS

var startTemplates = frame.Parse(nil, startFiles, "pages/*.html")

// startPage is where a person begins: what this is, the way of an order in one picture, and what to try first.
type startPage struct {
	frame.Page
	Places []place
	Steps  []tryStep
	// Portal, SellerCenter, Orders and AppPage are where the picture leads.
	Portal, SellerCenter, Orders, AppPage string
}

// place is one of the simulated platforms, or the program itself.
type place struct {
	Name, Says string
	Links      []frame.Link
}

// tryStep is something to try; Href is where it begins.
type tryStep struct {
	Title, Says string
	Link        frame.Link
}

// start draws the page that lists the platforms.
func (w *World) start(out http.ResponseWriter, _ *http.Request) {
	seller, orders, app := w.URL.TikTok+"/sandbox/tiktok", w.admin("/orders"), w.admin("/apps/switchback/")
	frame.Show(out, http.StatusOK, startTemplates, "start", startPage{
		Page:   frame.Page{Look: "sandbox", Brand: "Switchback sandbox", BrandHref: "/", Title: "Start"},
		Portal: w.portal(), SellerCenter: seller, Orders: orders, AppPage: app,
		Places: []place{
			{"TikTok Shop Seller Center", "Be the buyer and the seller: place orders, move them along, cancel, return.", []frame.Link{
				{Text: "Orders", Href: seller}, {Text: "Place an order", Href: seller + "/new"}, {Text: "Notifications", Href: seller + "/notifications"}}},
			{"Shopify admin", "Be the merchant: orders that arrived, with the order block, to ship and to refund.", []frame.Link{
				{Text: "Orders in Shopify", Href: orders}, {Text: "Switchback in the admin", Href: app}}},
			{"Loop return portal", "Be the buyer again: find an order by its TikTok number and ZIP, and return it.", []frame.Link{
				{Text: "Return portal", Href: w.portal()}}},
			{"Switchback itself", "The program in the middle, the same as in life.", []frame.Link{
				{Text: "Health", Href: w.app + "/healthz"}, {Text: "Ready to serve", Href: w.app + "/readyz"}}},
		},
		Steps: []tryStep{
			{"Place an order at TikTok", "Take a plain one first: it is released at once.", frame.Link{Text: "Choose a case", Href: seller + "/new"}},
			{"Watch it arrive in Shopify", "Its name is the TikTok number. The block on its page says how far everything is.", frame.Link{Text: "Open the orders", Href: orders}},
			{"Ship it", "Mark it as fulfilled in Shopify, and look at its page in Seller Center: the parcel is there. Then let the carrier deliver it.", frame.Link{Text: "Open the orders", Href: orders}},
			{"Return it as the buyer", "On its page in Seller Center choose Return as the buyer: Loop opens with number and ZIP filled in.", frame.Link{Text: "Open Seller Center", Href: seller}},
			{"Follow the money", "Loop refunded in Shopify, and TikTok paid the buyer, once, to the cent. Switchback shows both sides.", frame.Link{Text: "Open Switchback", Href: app}},
		},
	})
}
