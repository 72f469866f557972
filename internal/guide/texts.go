package guide

import (
	"fmt"
	"strings"

	"github.com/switchbackhq/switchback/internal/shops"
)

// shopLines name the merchant's TikTok shops with their ids, one a line.
func shopLines(f Facts) string {
	var lines strings.Builder
	for _, c := range f.Connections {
		fmt.Fprintf(&lines, "TikTok Shop: %s, shop id %s, %s\n", orElse(c.Name, "(no name)"), c.TikTokShop, c.Region)
	}
	return orElse(lines.String(), "TikTok Shop: (name and shop id)\n")
}

func h5Request(f Facts) Text {
	return Text{"Request to your TikTok account manager", "Hello,\n\n" +
		"please request H5 Redirect for our shop, as an exception to platform returns: a buyer who starts a return on TikTok Shop shall be led to our own return portal.\n\n" +
		shopLines(f) +
		"Return portal: " + orElse(f.Settings.ReturnPortalURL, "(address of the return portal)") + "\n" +
		"Return app: TikTok Shop Return Proxy App, partner Loop (Pipe17)\n" +
		"Return URL: " + orElse(LinkURL(f.ReturnLink), "(return URL)") + "\n\n" +
		"Please tell us when it is approved, and whether you need anything more from us.\n\n" +
		"Thank you\n" + shopName(f)}
}

func appRequest(f Facts) Text {
	return Text{"To your account manager, when Loop (Pipe17) is not offered", "Hello,\n\n" +
		"the TikTok Shop Return Proxy App does not offer us the partner \"Loop (Pipe17)\". Please have it made available to our shop:\n\n" +
		shopLines(f) + "\nThank you\n" + shopName(f)}
}

func portalTexts() []Text {
	return []Text{
		{"Short, for the field's hint", "Bought on TikTok Shop? Use your TikTok Shop order number and the ZIP code it was shipped to."},
		{"Long, for the top of the portal", "Bought on TikTok Shop? Enter your TikTok Shop order number: open the TikTok app, go to your orders, choose the order and copy the number from its details. " +
			"Then enter the ZIP code of the address it was shipped to. Your e-mail address does not work here, because TikTok does not pass it on to us."},
	}
}

func urlTexts(f Facts) []Text {
	texts := []Text{{"Return link (recommended)", LinkURL(f.ReturnLink)}}
	if direct := PortalURL(f.Settings); direct != "" {
		texts = append(texts, Text{"The portal's own address", direct})
	}
	return texts
}

func outcomeRecipe() Text {
	return Text{"Workflow for Loop", "Loop admin > Policy settings > Workflows > new workflow\n" +
		"When: order tag is tiktok-shop\n" +
		"Then: exclude return outcomes: exchange, store credit (gift card)\n" +
		"Leave: refund to the original payment method"}
}

func shopName(f Facts) string { return orElse(f.Shop.Name, string(f.Shop.Domain)) }

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// stillOff names those that are not on.
func stillOff(switches []Switch) string {
	var off []string
	for _, s := range switches {
		if !s.On {
			off = append(off, s.Name)
		}
	}
	return strings.Join(off, ", ")
}

func tiktokSwitches(s shops.Settings) []Switch {
	return []Switch{{"pull_orders", "Pull orders", s.PullOrders}, {"push_fulfillments", "Push fulfillments", s.PushFulfillments}}
}

func shopifySwitches(s shops.Settings) []Switch {
	return []Switch{{"push_orders", "Push orders", s.PushOrders}, {"pull_fulfillments", "Pull fulfillments", s.PullFulfillments}}
}

func refundSwitches(s shops.Settings) []Switch {
	return []Switch{{"pull_refunds", "Pull refunds", s.PullRefunds}, {"push_refunds", "Push refunds", s.PushRefunds}}
}
