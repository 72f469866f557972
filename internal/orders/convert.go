package orders

import (
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Input is everything that the Shopify form of an order depends on.
type Input struct {
	Order      tiktok.Order
	Shop       shops.Shop
	Connection shops.Connection
	Settings   shops.Settings
	Variants   Variants
	// Difference, such as "3.00 USD", is what the merchant agreed to have written as a part of its own where exactly
	// that cannot be explained of the total; empty for nothing.
	Difference string
	// Test makes an order that Shopify knows as a test and that takes no stock.
	Test bool
}

// Conversion is an order as Shopify is to have it.
type Conversion struct {
	Order   admin.OrderCreateOrderInput
	Options admin.OrderCreateOptionsInput
	// Lines are the ledger's, one for each of Order.LineItems and in their order, without Shopify's ids.
	Lines []links.Line
	// Total is what the Shopify order adds up to.
	Total   money.Amount
	Notices []Notice
}

// Convert makes the Shopify form of a TikTok order. It does not ask whether the
// order should be written: that is Decide's. Its error is a *fault.Act with the
// code of what a person must mend: currency_mismatch, order_not_understood,
// totals_mismatch, sku_unmatched or sku_ambiguous.
func Convert(in Input) (Conversion, error) {
	if detail := otherCurrency(in.Order, in.Shop.Currency); detail != "" {
		return Conversion{}, fault.NeedsMerchant(string(exceptions.CurrencyMismatch), detail, nil)
	}
	b := readBill(in.Order, taxIncluded(in.Connection.Region, in.Order))
	b.agreed = in.Difference
	c, err := b.explain()
	if err != nil {
		return Conversion{}, err
	}
	if len(c.units) == 0 {
		return Conversion{}, notUnderstood("Every unit is cancelled.")
	}
	picks, err := choose(c.units, in.Variants, in.Settings.UnmappedSKU)
	if err != nil {
		return Conversion{}, err
	}
	conversion := Conversion{
		Order:   admin.OrderCreateOrderInput{Currency: new(admin.CurrencyCode(b.currency)), TaxesIncluded: &b.included},
		Options: options(in), Total: c.total, Notices: addressNotices(in.Order),
	}
	order := &conversion.Order
	identify(order, in)
	order.CustomAttributes = attributes(in, b)
	order.ShippingAddress = shippingAddress(in.Order.RecipientAddress)
	order.LineItems, conversion.Lines = b.lines(c.units, picks)
	for n, line := range conversion.Lines {
		conversion.Lines[n].TookStock = line.Variant != "" && *conversion.Options.InventoryBehaviour != admin.OrderCreateInputsInventoryBehaviorBypass
	}
	order.ShippingLines = b.shippingLines(in.Order, c)
	pay(order, in, c.total)
	if in.Test {
		order.Test = new(true)
	}
	return conversion, b.err
}

// pay records that the buyer paid TikTok. Shopify takes no transaction of
// nothing, so an order that costs nothing is called paid instead.
func pay(order *admin.OrderCreateOrderInput, in Input, total money.Amount) {
	if total.IsZero() {
		order.FinancialStatus = new(admin.OrderCreateFinancialStatusPaid)
		return
	}
	sale := &admin.OrderCreateOrderTransactionInput{
		Kind: new(admin.OrderTransactionKindSale), Status: new(admin.OrderTransactionStatusSuccess),
		Gateway: new(Gateway), AmountSet: bag(total), ProcessedAt: order.ProcessedAt,
	}
	if in.Order.PaidTime != 0 {
		sale.ProcessedAt = new(time.Unix(in.Order.PaidTime, 0).UTC().Format(time.RFC3339))
	}
	if in.Test {
		sale.Test = new(true)
	}
	order.Transactions = []*admin.OrderCreateOrderTransactionInput{sale}
}

// options say what writing does to the shop's stock, and that nobody gets an
// e-mail. Goods that are in TikTok's warehouse or have left are not counted
// again; an order of which a part has left still reserves the rest.
func options(in Input) admin.OrderCreateOptionsInput {
	behavior := admin.OrderCreateInputsInventoryBehaviorBypass
	if !in.Test && !byPlatform(in.Order) && !allShipped(in.Order) {
		behavior = behaviorOf(in.Settings.InventoryBehaviour)
	}
	return admin.OrderCreateOptionsInput{InventoryBehaviour: &behavior, SendReceipt: new(false), SendFulfillmentReceipt: new(false)}
}

// behaviorOf is the setting in Shopify's words; unset, the default for orders that are paid already.
func behaviorOf(setting shops.InventoryBehaviour) admin.OrderCreateInputsInventoryBehavior {
	switch setting {
	case shops.Bypass:
		return admin.OrderCreateInputsInventoryBehaviorBypass
	case shops.DecrementObeyingPolicy:
		return admin.OrderCreateInputsInventoryBehaviorDecrementObeyingPolicy
	default:
		return admin.OrderCreateInputsInventoryBehaviorDecrementIgnoringPolicy
	}
}
