package money

import (
	"errors"
	"fmt"

	"github.com/govalues/decimal"
)

// ErrRate is returned for what is no tax rate from 0 to 1.
var ErrRate = errors.New("not a rate from 0 to 1")

// rateDecimals is how finely a rate is told when it must be found from amounts.
const rateDecimals = 6

// Rate is a share of a price, from 0 to 1: 0.0825 is 8.25 %. The zero value is 0.
type Rate struct{ value decimal.Decimal }

// ParseRate reads "0.0825". Anything that is no plain decimal from 0 to 1 is
// ErrRate, percentages too: what "8" means is not guessed.
func ParseRate(s string) (Rate, error) {
	if !plain(s) {
		return Rate{}, fmt.Errorf("%q: %w", clip(s), ErrRate)
	}
	value, err := decimal.Parse(s)
	if err != nil || value.IsNeg() || value.Cmp(value.One()) > 0 {
		return Rate{}, fmt.Errorf("%q: %w", clip(s), ErrRate)
	}
	return Rate{value: value.Trim(0)}, nil
}

// RateOf is tax as a share of price, rounded to six decimals; both in one
// currency, the price above nothing and the tax from nothing up to the price.
func RateOf(tax, price Amount) (Rate, error) {
	if err := tax.fits(price); err != nil {
		return Rate{}, err
	}
	if price.IsZero() || price.IsNegative() || tax.IsNegative() || tax.value.Cmp(price.value) > 0 {
		return Rate{}, fmt.Errorf("%s of %s: %w", tax.Text(), price.Text(), ErrRate)
	}
	value, err := tax.value.Quo(price.value)
	if err != nil {
		return Rate{}, fmt.Errorf("%s of %s: %w", tax.Text(), price.Text(), ErrRate)
	}
	return Rate{value: value.Round(rateDecimals).Trim(0)}, nil
}

// String is the plain decimal: "0.0825".
func (r Rate) String() string { return r.value.String() }

// IsZero tells whether r is 0.
func (r Rate) IsZero() bool { return r.value.IsZero() }
