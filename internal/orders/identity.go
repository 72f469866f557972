package orders

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// The marks that an order of ours carries in Shopify.
const (
	// Tag is on every order, so that merchants' automations can tell it.
	Tag = "tiktok-shop"
	// TagShippedByTikTok is on an order whose parcel TikTok moves, TagFulfilledByTikTok
	// on one that TikTok also packs.
	TagShippedByTikTok   = "tiktok-shipping"
	TagFulfilledByTikTok = "tiktok-fbt"
	// SourceName says where the order came from. Shopify may show its own word
	// instead, as attribution is for sales channels: nothing depends on it.
	SourceName = "tiktok-shop"
	// Gateway names the payment: a merchant sees that no refund of it moves money in Shopify.
	Gateway = "TikTok Shop"
)

// The metafield that makes an order unique: Shopify refuses a second one with
// the same value and finds it without its search index.
const (
	MetafieldNamespace = "$app"
	MetafieldKey       = "tiktok_order_id"
	metafieldType      = "id"
)

// orderName is what buyers type into Loop: TikTok's number, with the merchant's own letters around it.
func orderName(id tiktok.OrderID, s shops.Settings) string {
	return s.OrderNamePrefix + string(id) + s.OrderNameSuffix
}

// identify marks the order as TikTok's.
func identify(order *admin.OrderCreateOrderInput, in Input) {
	id := string(in.Order.ID)
	order.Name = new(orderName(in.Order.ID, in.Settings))
	order.SourceIdentifier, order.SourceName = &id, new(SourceName)
	order.SourceUrl = new(tiktok.SellerCenterURL(in.Connection.Region, in.Order.ID))
	order.Metafields = []*admin.MetafieldInput{{
		Namespace: new(MetafieldNamespace), Key: new(MetafieldKey), Type: new(metafieldType), Value: &id,
	}}
	order.Tags = tags(in.Order, in.Settings)
	if in.Order.CreateTime != 0 {
		order.ProcessedAt = new(in.Order.CreatedAt().Format(time.RFC3339))
	}
	if in.Settings.OrderEmail == shops.RelayEmail && email.MatchString(in.Order.BuyerEmail) {
		order.Email = &in.Order.BuyerEmail
		order.Customer = &admin.OrderCreateCustomerInput{ToUpsert: customer(in.Order)}
	}
}

func tags(o tiktok.Order, s shops.Settings) []string {
	all := []string{Tag}
	switch {
	case byPlatform(o):
		all = append(all, TagFulfilledByTikTok)
	case o.ShippedByTikTok():
		all = append(all, TagShippedByTikTok)
	}
	for _, tag := range s.Tags {
		if !slices.ContainsFunc(all, func(known string) bool { return strings.EqualFold(known, tag) }) {
			all = append(all, tag)
		}
	}
	return all
}

// email is the form of an address that Shopify will take; a masked one has it not.
var email = regexp.MustCompile(`^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+){1,8}$`)

// customer is found or made by e-mail. It gets no phone, which must be unique
// among customers, and no part of a name that TikTok hides.
func customer(o tiktok.Order) *admin.OrderCreateUpsertCustomerAttributesInput {
	c := &admin.OrderCreateUpsertCustomerAttributesInput{Email: &o.BuyerEmail}
	if o.RecipientAddress == nil {
		return c
	}
	if first, last := recipient(*o.RecipientAddress); !Masked(first + last) {
		c.FirstName, c.LastName = text(first), text(last)
	}
	return c
}

// attributes record what Shopify has no field for. Amounts name their currency.
func attributes(in Input, b *bill) []*admin.OrderCreateCustomAttributeInput {
	var all []*admin.OrderCreateCustomAttributeInput
	record := func(key, value string) {
		if !blank(value) {
			all = append(all, &admin.OrderCreateCustomAttributeInput{Key: key, Value: value})
		}
	}
	amount := func(key string, a money.Amount) {
		if !a.IsZero() {
			record(key, a.Text())
		}
	}
	o, p := in.Order, in.Order.Payment
	record("TikTok Shop Order ID", string(o.ID))
	record("TikTok Shop name", in.Connection.Name)
	record("TikTok Shop order kind", kindOf(o))
	amount("TikTok platform discount", b.read("platform_discount", p.PlatformDiscount))
	amount("TikTok platform shipping discount", b.read("shipping_fee_platform_discount", p.ShippingFeePlatformDiscount))
	for _, part := range b.parts {
		a := part.amount
		if a.IsNegative() { // a discount says so in its name
			a = a.Neg()
		}
		amount("TikTok "+strings.ToLower(strings.Replace(part.title, "TikTok ", "", 1)), a)
	}
	return all
}

// kindOf says in words what is special about an order that costs nothing.
func kindOf(o tiktok.Order) string {
	var kinds []string
	of := func(is bool, kind string, source tiktok.OrderID) {
		if is && source != "" {
			kind += " of " + string(source)
		}
		if is {
			kinds = append(kinds, kind)
		}
	}
	of(o.IsSampleOrder, "sample", "")
	of(o.IsReplacementOrder, "replacement", o.ReplacedOrderID)
	of(o.IsExchangeOrder, "exchange", o.ExchangeSourceOrderID)
	return strings.Join(kinds, ", ")
}
