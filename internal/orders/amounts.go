package orders

import (
	"fmt"
	"strings"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/money"
)

// calc reads and adds amounts of one currency. It keeps the first thing that
// went wrong, so that a sum reads as a sum; whoever uses it looks at err before
// the result leaves the package.
type calc struct {
	currency money.Currency
	err      error
}

func (c *calc) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *calc) minor(n int64) money.Amount {
	a, err := money.FromMinor(n, c.currency)
	if err != nil {
		c.fail(notUnderstood("%v.", err))
	}
	return a
}

func (c *calc) zero() money.Amount { return c.minor(0) }

// read is an amount that TikTok may leave out, which makes it nothing.
func (c *calc) read(field, text string) money.Amount {
	if text == "" || c.err != nil {
		return c.zero()
	}
	a, err := money.Parse(text, c.currency)
	if err != nil {
		c.fail(notUnderstood("%s is %v.", field, err))
		return c.zero()
	}
	return a
}

// need is an amount without which there is no order. It is never negative.
func (c *calc) need(field, text string) money.Amount {
	a := c.read(field, text)
	if c.err == nil && (text == "" || a.IsNegative()) {
		c.fail(notUnderstood("%s is missing or negative.", field))
	}
	return a
}

func (c *calc) add(amounts ...money.Amount) money.Amount {
	if c.err != nil {
		return money.Amount{}
	}
	sum, err := money.Sum(c.currency, amounts...)
	if err != nil {
		c.fail(notUnderstood("Amounts cannot be added: %v.", err))
	}
	return sum
}

func (c *calc) sub(a, b money.Amount) money.Amount { return c.add(a, b.Neg()) }

func (c *calc) times(n int, a money.Amount) money.Amount {
	if c.err != nil {
		return money.Amount{}
	}
	product, err := a.Times(n)
	if err != nil {
		c.fail(notUnderstood("Amounts cannot be added: %v.", err))
	}
	return product
}

// rate is TikTok's own rate when it is one, else tax as a share of the price it
// was taken on. Shopify goes by the amount but refuses a tax without a rate
// (TAX_LINE_RATE_MISSING), which 0 may count as: where no share can be told, as
// with a taxed gift, it is the whole.
func (c *calc) rate(given string, tax, price money.Amount, included bool) money.Rate {
	if rate, err := money.ParseRate(given); err == nil && (!rate.IsZero() || tax.IsZero()) {
		return rate
	}
	if included {
		price = c.sub(price, tax)
	}
	rate, err := money.RateOf(tax, price)
	if tax.IsZero() || err == nil && !rate.IsZero() {
		return rate
	}
	whole, err := money.ParseRate("1")
	if err != nil {
		c.fail(err)
	}
	return whole
}

func notUnderstood(format string, args ...any) error {
	return fault.NeedsMerchant(string(exceptions.OrderNotUnderstood), fmt.Sprintf(format, args...), nil)
}

func mismatch(parts ...string) error {
	return fault.NeedsMerchant(string(exceptions.TotalsMismatch), strings.Join(parts, ""), nil)
}
