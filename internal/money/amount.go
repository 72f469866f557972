// Package money is an amount with its currency, exact to the currency's
// smallest unit, and what the app does with amounts: add, compare, split and
// find a tax rate.
//
// Features and the ledger call it; platform clients hand over decimal strings
// and get decimal strings back. It never rounds an amount, never converts a
// currency and never holds a float.
package money

import (
	"errors"
	"fmt"
	"strings"

	"github.com/govalues/decimal"
)

var (
	// ErrMalformed is returned for text that is no plain decimal number.
	ErrMalformed = errors.New("not a decimal amount")
	// ErrPrecision is returned for an amount finer than its currency.
	ErrPrecision = errors.New("more decimals than the currency has")
	// ErrTooLarge is returned for an amount that no order has.
	ErrTooLarge = errors.New("amount out of range")
	// ErrCurrency is returned for a code that is no currency, and when two currencies meet.
	ErrCurrency = errors.New("currencies do not fit")
)

const (
	// maxMinor bounds every amount, in minor units, so that no sum overflows.
	maxMinor = 1_000_000_000_000_000
	// maxText bounds what is parsed: sign, 16 digits before the point, zeros after it.
	maxText = 32
)

// Amount is a sum of money. The zero value has no currency and fits to nothing;
// start from Zero, Parse or FromMinor.
type Amount struct {
	// value always has the currency's own scale.
	value    decimal.Decimal
	currency Currency
}

// Zero is nothing, in a currency.
func Zero(c Currency) (Amount, error) { return FromMinor(0, c) }

// FromMinor is n of the currency's smallest units: cents for USD, yen for JPY.
func FromMinor(n int64, c Currency) (Amount, error) {
	if err := c.Validate(); err != nil {
		return Amount{}, err
	}
	value, err := decimal.New(n, c.Exponent())
	if err != nil {
		return Amount{}, fmt.Errorf("%d minor units of %s: %w", n, c, ErrTooLarge)
	}
	return bounded(value, c)
}

// Parse reads "12.34", "-3" or "12.3400" as an amount of c. Zeros beyond the
// currency's decimals are accepted, other digits there are ErrPrecision. Signs
// other than one leading minus, exponents, separators and spaces are ErrMalformed.
func Parse(s string, c Currency) (Amount, error) {
	if err := c.Validate(); err != nil {
		return Amount{}, err
	}
	if !plain(s) {
		return Amount{}, fmt.Errorf("%q: %w", clip(s), ErrMalformed)
	}
	// The decimals are looked at in the text: a parser that keeps 19 digits would
	// round a longer number before anybody could object.
	whole, decimals, _ := strings.Cut(s, ".")
	decimals = strings.TrimRight(decimals, "0")
	if len(decimals) > c.Exponent() {
		return Amount{}, fmt.Errorf("%q in %s: %w", clip(s), c, ErrPrecision)
	}
	value, err := decimal.ParseExact(whole+"."+decimals, c.Exponent())
	if err != nil {
		return Amount{}, fmt.Errorf("%q: %w", clip(s), ErrTooLarge)
	}
	return bounded(value, c)
}

// plain tells whether s is an optional minus, digits, and optionally a point with digits.
func plain(s string) bool {
	if len(s) > maxText {
		return false
	}
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	digits, point := 0, false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '.' && !point && digits > 0:
			point, digits = true, 0
		default:
			return false
		}
	}
	return digits > 0
}

func bounded(value decimal.Decimal, c Currency) (Amount, error) {
	if value.Coef() > maxMinor {
		return Amount{}, fmt.Errorf("%s %s: %w", value, c, ErrTooLarge)
	}
	return Amount{value: value, currency: c}, nil
}

// Currency is the amount's own.
func (a Amount) Currency() Currency { return a.currency }

// Minor counts the currency's smallest units.
func (a Amount) Minor() int64 {
	n := int64(a.value.Coef())
	if a.value.IsNeg() {
		return -n
	}
	return n
}

// String is the number alone, with exactly the currency's decimals: "12.30", "1500".
func (a Amount) String() string { return a.value.String() }

// Text is the number with its currency: "12.30 USD".
func (a Amount) Text() string { return a.String() + " " + string(a.currency) }

// Add is a + b; ErrCurrency when they differ in currency.
func (a Amount) Add(b Amount) (Amount, error) {
	if err := a.fits(b); err != nil {
		return Amount{}, err
	}
	sum, err := a.value.Add(b.value)
	if err != nil {
		return Amount{}, fmt.Errorf("%s + %s: %w", a.Text(), b.Text(), ErrTooLarge)
	}
	return bounded(sum, a.currency)
}

// Sub is a - b; ErrCurrency when they differ in currency.
func (a Amount) Sub(b Amount) (Amount, error) { return a.Add(b.Neg()) }

// Neg is -a.
func (a Amount) Neg() Amount { return Amount{value: a.value.Neg(), currency: a.currency} }

// Times is a taken n times.
func (a Amount) Times(n int) (Amount, error) {
	if err := a.currency.Validate(); err != nil {
		return Amount{}, err
	}
	factor, err := decimal.New(int64(n), 0)
	if err == nil {
		var product decimal.Decimal
		if product, err = a.value.MulExact(factor, a.currency.Exponent()); err == nil {
			return bounded(product, a.currency)
		}
	}
	return Amount{}, fmt.Errorf("%d times %s: %w", n, a.Text(), ErrTooLarge)
}

// Cmp is -1, 0 or 1 as a is less than, equal to or more than b; ErrCurrency when they differ in currency.
func (a Amount) Cmp(b Amount) (int, error) {
	if err := a.fits(b); err != nil {
		return 0, err
	}
	return a.value.Cmp(b.value), nil
}

// Equal tells whether a and b are the same number of the same currency.
func (a Amount) Equal(b Amount) bool {
	return a.currency == b.currency && a.value.Cmp(b.value) == 0
}

// IsZero tells whether a is nothing.
func (a Amount) IsZero() bool { return a.value.IsZero() }

// IsNegative tells whether a is less than nothing.
func (a Amount) IsNegative() bool { return a.value.IsNeg() }

// Sum adds amounts of currency c; without any it is nothing of c.
func Sum(c Currency, amounts ...Amount) (Amount, error) {
	sum, err := Zero(c)
	for _, amount := range amounts {
		if err == nil {
			sum, err = sum.Add(amount)
		}
	}
	return sum, err
}

func (a Amount) fits(b Amount) error {
	if a.currency == "" || a.currency != b.currency {
		return fmt.Errorf("%q and %q: %w", a.currency, b.currency, ErrCurrency)
	}
	return nil
}

// clip bounds hostile text before it enters an error.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
