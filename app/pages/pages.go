// Package pages draws the documents that a person sees: the embedded page in
// Shopify's admin, the page that fetches a fresh session token, and the few
// that open outside the admin.
//
// Routes hand each function what it shows; everything is escaped by
// html/template. The package reads nothing itself and sets no headers: who may
// frame a document is the routes' concern.
package pages

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shops"
)

//go:embed templates/*.html static
var files embed.FS

// Static are the scripts and styles that pages load from `/static/`.
func Static() fs.FS {
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // the folder is embedded: a build without it does not compile
	}
	return static
}

var templates = template.Must(template.ParseFS(files, "templates/*.html"))

// Head is what an embedded document loads: App Bridge with the app's key, and Polaris.
type Head struct {
	APIKey string
	// CDNURL is where both scripts come from, without a trailing slash.
	CDNURL string
}

// Home is the first page of the app in the admin.
type Home struct {
	Head        Head
	Shop        shops.Shop
	Connections []shops.Connection
	Settings    shops.Settings
	// Counts are the orders in each state; Exceptions is how many wait for the merchant.
	Counts     map[links.State]int
	Exceptions int
}

// Switch is a switch as the page shows it; Setting is its name in the API.
type Switch struct {
	Setting, Name, What string
	On                  bool
}

// Switches lists those that this version acts on.
func (h Home) Switches() []Switch {
	return []Switch{
		{"pull_orders", "Pull orders", "read orders from TikTok Shop and plan them", h.Settings.PullOrders},
		{"push_orders", "Push orders", "write them into Shopify", h.Settings.PushOrders},
		{"pull_fulfillments", "Pull fulfillments", "read shipments from Shopify and plan what TikTok is told", h.Settings.PullFulfillments},
		{"push_fulfillments", "Push fulfillments", "report them to TikTok Shop", h.Settings.PushFulfillments},
		{"pull_refunds", "Pull refunds", "read refunds from Shopify and plan how TikTok pays them", h.Settings.PullRefunds},
		{"push_refunds", "Push refunds", "have TikTok Shop pay the buyer", h.Settings.PushRefunds},
		{"mirror_shipments", "Mirror shipments", "write into Shopify what was shipped at TikTok", h.Settings.MirrorShipments},
		{"mirror_refunds", "Mirror refunds", "record in Shopify what TikTok cancelled or paid back", h.Settings.MirrorRefunds},
	}
}

// Tally is one line of the order counts.
type Tally struct {
	What string
	N    int
}

// Tallies are the counts in reading order.
func (h Home) Tallies() []Tally {
	return []Tally{
		{"in Shopify", h.Counts[links.Written]},
		{"waiting for TikTok Shop", h.Counts[links.Waiting]},
		{"held, waiting for you", h.Counts[links.Held]},
		{"skipped", h.Counts[links.Skipped]},
		{"cancelled", h.Counts[links.Cancelled]},
	}
}

// offTexts say why a connected shop is not synced.
var offTexts = map[shops.OffReason]string{
	shops.On:                "connected",
	shops.OffByMerchant:     "switched off",
	shops.OffOtherCurrency:  "off: it sells in another currency than your Shopify shop, and amounts are never converted",
	shops.OffNoMarket:       "off: TikTok Shop does not offer what Switchback needs in this market",
	shops.OffTaken:          "off: it is connected to another Shopify shop",
	shops.OffDeauthorized:   "off: the permission was withdrawn at TikTok Shop; connect again",
	shops.OffSellerInactive: "off: the seller is not active at TikTok Shop",
}

// OffText is the state of a connection in words.
func OffText(reason shops.OffReason) string {
	if text, ok := offTexts[reason]; ok {
		return text
	}
	return "off: " + string(reason)
}

// Connected is a connection as a page lists it.
type Connected struct{ ID, Name, Region, Currency, State string }

// Shops are the home page's connections in words.
func (h Home) Shops() []Connected { return Describe(h.Connections) }

// Describe puts connections into words.
func Describe(connections []shops.Connection) []Connected {
	list := make([]Connected, 0, len(connections))
	for _, c := range connections {
		name := c.Name
		if name == "" {
			name = "TikTok shop " + string(c.TikTokShop)
		}
		list = append(list, Connected{ID: string(c.TikTokShop), Name: name, Region: c.Region, Currency: c.Currency, State: OffText(c.Off)})
	}
	return list
}

// Render writes the page.
func (h Home) Render(w io.Writer) error { return render(w, "home.html", h) }

// Bounce is the page that only loads App Bridge, which fetches a session token
// and opens the address in the query's `shopify-reload` with it.
type Bounce struct{ Head Head }

// Render writes the page.
func (b Bounce) Render(w io.Writer) error { return render(w, "bounce.html", b) }

// Notice is a page outside the admin: how something ended, and what to do next.
type Notice struct {
	Title, Text string
	// Shops are the TikTok shops the notice is about, if any.
	Shops []Connected
	// BackURL leads on, if anywhere; BackText is the link's text.
	BackURL, BackText string
}

// Render writes the page.
func (n Notice) Render(w io.Writer) error { return render(w, "notice.html", n) }

func render(w io.Writer, name string, view any) error {
	if err := templates.ExecuteTemplate(w, name, view); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return nil
}
