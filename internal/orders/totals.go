package orders

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// charges are a bill explained: amounts that add up to total, none below nothing.
type charges struct {
	// units are those that were not cancelled, at what is left of their price.
	units       []unit
	shipping    money.Amount
	shippingTax money.Amount
	// shippingRate is of the fee that TikTok names, before anything is taken off.
	shippingRate money.Rate
	fees         []part
	// total is what the buyer paid, less price and tax of cancelled units.
	total money.Amount
}

// explain finds the parts that make up total_amount, from all units, then
// leaves out what was cancelled and takes off what is negative.
func (b *bill) explain() (charges, error) {
	counted := b.countedParts()
	if b.err != nil {
		return charges{}, b.err
	}
	sum := b.sum(counted)
	switch difference := b.sub(b.total, sum); {
	case b.err != nil:
		return charges{}, b.err
	case difference.IsZero():
	case difference.Text() == b.agreed:
		rest := remainder(difference)
		b.parts, counted = append(b.parts, rest), append(counted, rest)
	default:
		return charges{}, b.unexplained(sum)
	}
	c := charges{total: b.total, shipping: b.shipping, shippingTax: b.shippingTax}
	c.shippingRate = b.rate("", b.shippingTax, b.shipping, b.included)
	off := b.zero()
	if c.shipping.IsNegative() {
		off, c.shipping = c.shipping.Neg(), b.zero()
	}
	for _, p := range counted {
		if p.amount.IsNegative() {
			off = b.sub(off, p.amount)
		} else {
			c.fees = append(c.fees, p)
		}
	}
	for _, u := range b.units {
		if u.Cancelled() {
			c.total = b.sub(c.total, b.charged(u))
		} else {
			c.units = append(c.units, u)
		}
	}
	if err := b.takeOff(&c, off); err != nil {
		return charges{}, err
	}
	return c, b.err
}

// remainder is a part that TikTok gives no name.
func remainder(difference money.Amount) part {
	if difference.IsNegative() {
		return part{code: "other_discount", title: "Other TikTok discount", amount: difference}
	}
	return part{code: "other_charges", title: "Other TikTok charges", amount: difference}
}

// charged is what a unit adds to total_amount.
func (b *bill) charged(u unit) money.Amount {
	sum := u.price
	if !b.included {
		for _, t := range u.taxes {
			sum = b.add(sum, t.amount)
		}
	}
	return sum
}

// base is what must be in total_amount: units, shipping and their tax.
func (b *bill) base() money.Amount {
	sum := b.shipping
	if !b.included {
		sum = b.add(sum, b.shippingTax)
	}
	for _, u := range b.units {
		sum = b.add(sum, b.charged(u))
	}
	return sum
}

func (b *bill) sum(parts []part) money.Amount {
	sum := b.base()
	for _, p := range parts {
		sum = b.add(sum, p.amount)
	}
	return sum
}

// countedParts are the further parts that are in total_amount. TikTok's formula
// for it leaves them out and its documents do not say which are charged on top
// and which are inside another amount (a co-funded discount may be taken off
// shipping_fee already), so the sum decides: all of them count, unless only
// leaving some out, as few as possible, makes it exact.
func (b *bill) countedParts() []part {
	if b.err != nil {
		return nil
	}
	missing := b.sub(b.total, b.base()).Minor()
	for left := range len(b.parts) + 1 {
		for out := range 1 << len(b.parts) {
			if bits.OnesCount(uint(out)) == left && b.without(out) == missing {
				return slices.DeleteFunc(slices.Clone(b.parts), func(p part) bool { return out>>slices.Index(b.parts, p)&1 == 1 })
			}
		}
	}
	return b.parts
}

// without adds up the parts whose bit is not set in out, in minor units.
func (b *bill) without(out int) int64 {
	sum := int64(0)
	for n, p := range b.parts {
		if out>>n&1 == 0 {
			sum += p.amount.Minor()
		}
	}
	return sum
}

// takeOff reduces shipping first, then unit prices in proportion, never below nothing.
func (b *bill) takeOff(c *charges, off money.Amount) error {
	fromShipping := b.minor(min(off.Minor(), c.shipping.Minor()))
	c.shipping = b.sub(c.shipping, fromShipping)
	off = b.sub(off, fromShipping)
	if b.err != nil || off.IsZero() {
		return b.err
	}
	left := b.zero()
	for _, u := range c.units {
		left = b.add(left, u.price)
	}
	if left.Minor() < off.Minor() {
		return mismatch("TikTok takes off ", off.Text(), " beyond shipping, but the units cost ", left.Text(), " only.")
	}
	shares, err := money.Allocate(off, prices(c.units))
	if err != nil {
		return fmt.Errorf("take %s off the units: %w", off.Text(), err)
	}
	for n := range c.units {
		c.units[n].price = b.sub(c.units[n].price, shares[n])
	}
	return b.err
}

// unexplained shows the sum.
func (b *bill) unexplained(sum money.Amount) error {
	units, taxes := b.zero(), b.shippingTax
	for _, u := range b.units {
		units = b.add(units, u.price)
		for _, t := range u.taxes {
			taxes = b.add(taxes, t.amount)
		}
	}
	parts := []string{"units " + units.String(), "shipping " + b.shipping.String()}
	if !b.included {
		parts = append(parts, "tax "+taxes.String())
	}
	for _, p := range b.parts {
		parts = append(parts, p.title+" "+p.amount.String())
	}
	difference := b.sub(b.total, sum)
	if b.err != nil {
		return b.err
	}
	return mismatch("Together ", strings.Join(parts, " + "), " = ", sum.Text(), "; the buyer paid ", b.total.Text(),
		differenceIs, difference.Text(), ".")
}

const differenceIs = "; the difference is "

// differenceIn reads the difference back from the sentence that told it to the
// merchant: what was read is what was agreed to. Empty where it names none.
func differenceIn(message string) string {
	_, amount, _ := strings.Cut(message, differenceIs)
	return strings.TrimSuffix(amount, ".")
}

// taxIncluded tells whether prices of this order contain the tax: by its
// market, else by the country it goes to.
func taxIncluded(market string, o tiktok.Order) bool {
	m, found := tiktok.MarketOf(market)
	if !found && o.RecipientAddress != nil {
		m, _ = tiktok.MarketOf(o.RecipientAddress.RegionCode)
	}
	return m.TaxIncluded
}
