package shopifysim

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// exponent is the number of decimals of a currency (ISO 4217); two unless it is listed here.
func exponent(currency string) int {
	switch currency {
	case "JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

// minor reads a decimal string as minor units of a currency. Decimals that the currency does not have are an error.
func minor(amount, currency string) (int64, error) {
	exp := exponent(currency)
	whole, frac, _ := strings.Cut(amount, ".")
	frac = strings.TrimRight(frac, "0")
	if len(frac) > exp {
		return 0, fmt.Errorf("%s has more decimals than %s", amount, currency)
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", exp-len(frac)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is no amount of %s", amount, currency)
	}
	return n, nil
}

// fixed writes minor units with all the decimals of the currency: "12.30".
func fixed(n int64, currency string) string {
	exp := exponent(currency)
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := fmt.Sprintf("%0*d", exp+1, n)
	if exp == 0 {
		return sign + digits
	}
	return sign + digits[:len(digits)-exp] + "." + digits[len(digits)-exp:]
}

// decimal writes minor units as MoneyV2.amount does, with one decimal at least and no zero behind it: "12.3", "10.0".
func decimal(n int64, currency string) string {
	s := fixed(n, currency)
	if !strings.Contains(s, ".") {
		return s + ".0"
	}
	s = strings.TrimRight(s, "0")
	if strings.HasSuffix(s, ".") {
		s += "0"
	}
	return s
}

// taxOf computes a tax from its rate, half a minor unit rounded up; with included, the price contains it.
func taxOf(price int64, rate *big.Rat, included bool) int64 {
	part := new(big.Rat).Mul(new(big.Rat).SetInt64(price), rate)
	if included {
		part.Quo(part, new(big.Rat).Add(big.NewRat(1, 1), rate))
	}
	part.Add(part, big.NewRat(1, 2))
	return new(big.Int).Div(part.Num(), part.Denom()).Int64()
}

// bag is a MoneyBag; presentment and shop money are one, because the simulated shops sell in one currency.
func bag(n int64, currency string) object {
	m := money(n, currency)
	return object{typ: "MoneyBag", fields: map[string]any{"shopMoney": m, "presentmentMoney": m}}
}

func money(n int64, currency string) object {
	return object{typ: "MoneyV2", fields: map[string]any{"amount": decimal(n, currency), "currencyCode": currency}}
}
