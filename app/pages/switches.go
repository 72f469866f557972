package pages

import (
	"strings"

	"github.com/switchbackhq/switchback/internal/shops"
)

// Switch is a switch as a page shows it; Setting is its name in the API.
type Switch struct {
	Setting, Name, What string
	On                  bool
}

// Sentence is What as one.
func (s Switch) Sentence() string { return strings.ToUpper(s.What[:1]) + s.What[1:] + "." }

// Switches are the merchant's eight in the order in which they are turned on.
func Switches(s shops.Settings) []Switch {
	return []Switch{
		{"pull_orders", "Pull orders", "read orders from TikTok Shop and plan them", s.PullOrders},
		{"push_orders", "Push orders", "write them into Shopify", s.PushOrders},
		{"pull_fulfillments", "Pull fulfillments", "read shipments from Shopify and plan what TikTok is told", s.PullFulfillments},
		{"push_fulfillments", "Push fulfillments", "report them to TikTok Shop", s.PushFulfillments},
		{"pull_refunds", "Pull refunds", "read refunds from Shopify and plan how TikTok pays them", s.PullRefunds},
		{"push_refunds", "Push refunds", "have TikTok Shop pay the buyer", s.PushRefunds},
		{"mirror_shipments", "Mirror shipments", "write into Shopify what was shipped at TikTok", s.MirrorShipments},
		{"mirror_refunds", "Mirror refunds", "record in Shopify what TikTok cancelled or paid back", s.MirrorRefunds},
	}
}
