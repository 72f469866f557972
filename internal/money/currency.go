package money

import "fmt"

// Currency is an ISO 4217 code, three capital letters.
type Currency string

// exponents lists the currencies of ISO 4217 whose smallest unit is not a hundredth.
var exponents = map[Currency]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
	"RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// Validate tells whether c has the form of a currency code.
func (c Currency) Validate() error {
	if len(c) == 3 && capital(c[0]) && capital(c[1]) && capital(c[2]) {
		return nil
	}
	return fmt.Errorf("%q: %w", clip(string(c)), ErrCurrency)
}

func capital(b byte) bool { return b >= 'A' && b <= 'Z' }

// Exponent is how many decimals c has: 2 for USD, 0 for JPY.
func (c Currency) Exponent() int {
	if exponent, listed := exponents[c]; listed {
		return exponent
	}
	return 2
}
