package tiktoksim

import (
	"fmt"
	"math/big"
	"strings"
)

// Amounts inside the simulator are integer minor units (cents, pence, yen); on the wire they are decimal strings.

func exponent(currency string) int {
	switch currency {
	case "JPY", "VND", "IDR", "KRW":
		return 0
	default:
		return 2
	}
}

// decimal writes minor units as TikTok does: "12.50", "-3.00", "1200" for a currency without minor units.
func decimal(minor int64, currency string) string {
	e := exponent(currency)
	if e == 0 {
		return fmt.Sprint(minor)
	}
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	digits := fmt.Sprintf("%0*d", e+1, minor)
	return sign + digits[:len(digits)-e] + "." + digits[len(digits)-e:]
}

// parseDecimal reads a decimal string as minor units; ok is false for anything that is not a whole number of them.
func parseDecimal(text, currency string) (minor int64, ok bool) {
	r, ok := new(big.Rat).SetString(text)
	if !ok || strings.ContainsAny(text, "eE/") {
		return 0, false
	}
	scale := int64(1)
	for range exponent(currency) {
		scale *= 10
	}
	r.Mul(r, new(big.Rat).SetInt64(scale))
	return r.Num().Int64(), r.IsInt() && r.Num().IsInt64()
}

// taxOn is rate × amount, rounded half away from zero to a minor unit. An empty rate is no tax.
func taxOn(minor int64, rate string) (int64, error) {
	if rate == "" {
		return 0, nil
	}
	r, ok := new(big.Rat).SetString(rate)
	if !ok {
		return 0, fmt.Errorf("tax rate %q is not a decimal", rate)
	}
	r.Mul(r, new(big.Rat).SetInt64(minor))
	num := new(big.Int).Lsh(r.Num(), 1)
	half := new(big.Int).Set(r.Denom())
	if num.Sign() < 0 {
		half.Neg(half)
	}
	return new(big.Int).Quo(num.Add(num, half), new(big.Int).Lsh(r.Denom(), 1)).Int64(), nil
}
