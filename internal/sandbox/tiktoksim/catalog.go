package tiktoksim

import (
	"cmp"
	"fmt"
	"slices"
)

// purchase is a kind of order that the pages offer to place.
type purchase struct {
	Key, Group, Title string
	Says              string // what is bought, and what is odd about it
	Then              string // what a careful connector does with it
	region            string // "": any shop; else the first shop of this market sells it
	status            string // "": as the buyer of the page chooses
	spec              func(goods []Unit) OrderSpec
}

// groups of purchases in the order in which the page shows them.
var groups = []string{"Everyday orders", "Who ships", "Addresses", "Special orders", "Trouble"}

// one is a unit of the n-th product, with changes.
func one(goods []Unit, n int, change ...func(*Unit)) Unit {
	u := goods[n%len(goods)]
	for _, c := range change {
		c(&u)
	}
	return u
}

// parcel is an order of these units with usual shipping.
func parcel(units ...Unit) OrderSpec {
	return OrderSpec{Units: units, Shipping: Shipping{Original: 599, Tax: 49}}
}

// sent is one unit of the first product, going to the usual buyer's address with a change.
func sent(goods []Unit, change func(*Address)) OrderSpec {
	spec, home := parcel(one(goods, 0)), DefaultAddress("US")
	change(&home)
	spec.Address = &home
	return spec
}

func component(u Unit, count int) Component {
	return Component{SKUID: u.SKUID, ProductID: u.ProductID, SellerSKU: u.SellerSKU, Count: count}
}

func free(u *Unit)  { u.Price, u.TaxRate = 0, "" }
func twice(u *Unit) { u.Count = 2 }

// catalog are the orders worth placing.
func catalog() []purchase {
	return slices.Concat(everyday(), shippedByOthers(), addressed(), special(), troublesome())
}

func everyday() []purchase {
	return []purchase{
		{Key: "plain", Group: groups[0], Title: "One mug", Says: "One unit, tax, shipping. Nothing odd.", Then: "Written into Shopify as soon as TikTok releases it.",
			spec: func(g []Unit) OrderSpec { return parcel(one(g, 0)) }},
		{Key: "two-units", Group: groups[0], Title: "Two of the same", Says: "TikTok lists two units and knows no quantity.", Then: "One line with quantity 2 in Shopify.",
			spec: func(g []Unit) OrderSpec { return parcel(one(g, 0, twice)) }},
		{Key: "lines", Group: groups[0], Title: "A full cart with discounts", Says: "Two mugs, a shirt and a cap; the seller and TikTok each pay for a discount.",
			Then: "Prices are what the buyer pays; TikTok's own discount is noted, not counted as revenue.",
			spec: func(g []Unit) OrderSpec {
				return parcel(one(g, 0, twice), one(g, 1, func(u *Unit) { u.SellerDiscount = 240 }), one(g, 2, func(u *Unit) { u.PlatformDiscount = 200 }))
			}},
		{Key: "fees", Group: groups[0], Title: "Fees on top", Says: "A retail delivery fee and a small-order fee beside shipping.", Then: "Each fee is a shipping line of its own name, never something to return.",
			spec: func(g []Unit) OrderSpec {
				spec := parcel(one(g, 2))
				spec.Fees = Fees{RetailDelivery: 29, SmallOrder: 150}
				return spec
			}},
		{Key: "hold", Group: groups[0], Title: "On hold", status: "ON_HOLD", Says: "The buyer may still change their mind: TikTok shows no address for an hour.", Then: "Waits. Nothing is in Shopify until TikTok releases it.",
			spec: func(g []Unit) OrderSpec { return parcel(one(g, 1)) }},
		{Key: "unpaid", Group: groups[0], Title: "Not paid yet", status: "UNPAID", Says: "The buyer has ordered and not paid.", Then: "Waits, like an order on hold.",
			spec: func(g []Unit) OrderSpec { return parcel(one(g, 1)) }},
	}
}

func shippedByOthers() []purchase {
	return []purchase{
		{Key: "tiktok-shipping", Group: groups[1], Title: "TikTok Shipping", Says: "TikTok's carrier fetches the parcel; name and street are starred out.", Then: "Written with the tag tiktok-shipping; the shipment is copied from TikTok.",
			spec: func(g []Unit) OrderSpec {
				spec := parcel(one(g, 0))
				spec.ShippingType = "TIKTOK"
				return spec
			}},
		{Key: "fbt", Group: groups[1], Title: "Fulfilled by TikTok", Says: "The goods lie in TikTok's warehouse.", Then: "Waits until TikTok has shipped, so that nobody else picks it.",
			spec: func(g []Unit) OrderSpec {
				spec := parcel(one(g, 0, twice))
				spec.FulfillmentType, spec.ShippingType = "FULFILLMENT_BY_TIKTOK", "TIKTOK"
				return spec
			}},
		{Key: "on-its-way", Group: groups[1], Title: "Shipped already", status: "IN_TRANSIT", Says: "Somebody shipped it in Seller Center before any app saw it.", Then: "Written as shipped: a warehouse never ships it twice.",
			spec: func(g []Unit) OrderSpec { return parcel(one(g, 1)) }},
	}
}

func addressed() []purchase {
	return []purchase{
		{Key: "zip4", Group: groups[2], Title: "ZIP+4", Says: "The address says 73301-0042.", Then: "Kept to the letter; Loop finds it by 73301 too.",
			spec: func(g []Unit) OrderSpec { return sent(g, func(a *Address) { a.PostalCode = "73301-0042" }) }},
		{Key: "zip-missing", Group: groups[2], Title: "No ZIP", Says: "The seller ships, and the address has no ZIP.", Then: "Held: it can be neither shipped nor found in Loop. Change the address to free it.",
			spec: func(g []Unit) OrderSpec { return sent(g, func(a *Address) { a.PostalCode = "" }) }},
		{Key: "zip-masked", Group: groups[2], Title: "Everything masked", Says: "TikTok Shipping, and even the ZIP is starred out.", Then: "Written and listed as not findable, until TikTok shows the address.",
			spec: func(g []Unit) OrderSpec {
				spec := parcel(one(g, 0))
				spec.ShippingType, spec.MaskPostalCode = "TIKTOK", true
				return spec
			}},
		{Key: "uk", Group: groups[2], Title: "United Kingdom, in pounds", region: "GB", Says: "The British shop sells in GBP, to SW1A 2AA.", Then: "A shop in another currency than Shopify's stays off, with the reason.",
			spec: func(g []Unit) OrderSpec {
				return OrderSpec{Units: []Unit{one(g, 0, func(u *Unit) { u.TaxRate = "" })}, Shipping: Shipping{Original: 399}}
			}},
	}
}

func special() []purchase {
	return []purchase{
		{Key: "gift", Group: groups[3], Title: "With a free gift", Says: "A shirt, and a mug for nothing.", Then: "Two lines, one of them at 0.00.",
			spec: func(g []Unit) OrderSpec {
				return parcel(one(g, 1), one(g, 0, free, func(u *Unit) { u.Gift = true }))
			}},
		{Key: "sample", Group: groups[3], Title: "Sample for a creator", Says: "The creator pays nothing.", Then: "An order of 0.00, paid, without a payment.",
			spec: func(g []Unit) OrderSpec { return OrderSpec{Units: []Unit{one(g, 0, free)}, Sample: true} }},
		{Key: "replacement", Group: groups[3], Title: "Replacement", Says: "Sent again because the first one broke; nothing to pay.", Then: "An order of 0.00 of its own.",
			spec: func(g []Unit) OrderSpec { return OrderSpec{Units: []Unit{one(g, 0, free)}, Replacement: true} }},
		{Key: "exchange", Group: groups[3], Title: "Exchange", Says: "Another size instead of the first; nothing to pay.", Then: "An order of 0.00 of its own.",
			spec: func(g []Unit) OrderSpec { return OrderSpec{Units: []Unit{one(g, 1, free)}, Exchange: true} }},
		{Key: "bundle", Group: groups[3], Title: "Virtual bundle", Says: "One thing to buy, made of two mugs and a cap.", Then: "Written as what was bought; the parts are known.",
			spec: func(g []Unit) OrderSpec {
				return parcel(one(g, 0, func(u *Unit) {
					u.Price, u.Components = 4900, []Component{component(one(g, 0), 2), component(one(g, 2), 1)}
				}))
			}},
	}
}

func troublesome() []purchase {
	return []purchase{
		{Key: "sku-unknown", Group: groups[4], Title: "SKU that Shopify lacks", Says: "A poster, which nobody has listed in Shopify.", Then: "Held until the SKU is mapped to a variant.",
			spec: func(g []Unit) OrderSpec {
				return parcel(one(g, 0, func(u *Unit) {
					u.SKUID, u.SellerSKU, u.ProductName, u.SKUName = "1729900000000090909", "POSTER-A2", "Kiln Poster", "A2"
				}))
			}},
		{Key: "sku-empty", Group: groups[4], Title: "No SKU at all", Says: "The seller never filled the field in.", Then: "Held until TikTok's own SKU id is mapped.",
			spec: func(g []Unit) OrderSpec {
				return parcel(one(g, 0, func(u *Unit) { u.SKUID, u.SellerSKU = "1729900000000080808", "" }))
			}},
		{Key: "totals", Group: groups[4], Title: "Total that does not add up", Says: "The buyer paid 1.37 more than all the parts that TikTok names.", Then: "Held, with the sum shown: a total is never guessed.",
			spec: func(g []Unit) OrderSpec {
				spec := parcel(one(g, 0))
				spec.Unexplained = 137
				return spec
			}},
		{Key: "no-email", Group: groups[4], Title: "No e-mail", Says: "TikTok does not tell any address for the buyer's mail.", Then: "Written without one: none is invented.",
			spec: func(g []Unit) OrderSpec {
				spec := parcel(one(g, 0))
				spec.NoBuyerEmail = true
				return spec
			}},
		{Key: "hostile", Group: groups[4], Title: "Hostile names", Says: "Markup, scripts and formulas in every field that a buyer or seller fills in.", Then: "Shown as text, everywhere.",
			spec: hostile},
	}
}

// hostile is an order whose buyer tries what buyers try.
func hostile(g []Unit) OrderSpec {
	spec := sent(g, func(a *Address) {
		a.FirstName, a.LastName = `<script>alert("buyer")</script>`, `"><img src=x onerror=alert(1)>`
		a.Line1, a.Line2, a.City = `1 </textarea><svg onload=alert(1)> Road`, `{{7*7}} ${7*7} ' OR 1=1 --`, "Austin\u202e"
	})
	spec.Units[0].ProductName, spec.Units[0].SKUName = `Mug <b onmouseover="alert(1)">bold</b>`, `Sage"><iframe src="javascript:alert(1)">`
	spec.BuyerMessage, spec.SellerNote = `=HYPERLINK("http://example.test","click")`, `</script><script>alert("seller")</script>`
	return spec
}

// buy places an order of the catalog, in the shop or in one of the market that the case needs.
func (s *Sim) buy(shopID, key string, held bool) (orderID string, err error) {
	all := catalog()
	i := slices.IndexFunc(all, func(p purchase) bool { return p.Key == key })
	if i < 0 {
		return "", fmt.Errorf("place order: there is no case %q", key)
	}
	p := all[i]
	spec := p.spec(s.products())
	spec.Status = cmp.Or(p.status, startStatus(held))
	if p.region != "" {
		shopID = s.shopIn(p.region)
	}
	if spec.Replacement || spec.Exchange {
		spec.SourceOrderID = s.latest(shopID)
	}
	return s.PlaceOrder(shopID, spec)
}

func startStatus(held bool) string {
	if held {
		return "ON_HOLD"
	}
	return "AWAITING_SHIPMENT"
}

// shopIn is the first shop of a market; empty when there is none.
func (s *Sim) shopIn(region string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sh := s.findShopBy(func(sh *shop) bool { return sh.region == region }); sh != nil {
		return sh.id
	}
	return ""
}

// latest is the shop's newest order; empty when it has none.
func (s *Sim) latest(shopID string) string {
	ids := s.OrderIDs()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Backward(ids) {
		if o := s.orders[id]; o != nil && o.shop.id == shopID {
			return id
		}
	}
	return ""
}
