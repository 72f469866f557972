package money

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func amount(t *testing.T, s string, c Currency) Amount {
	t.Helper()
	a, err := Parse(s, c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text     string
		currency Currency
		want     string
		err      error
	}{
		{"12.34", "USD", "12.34", nil},
		{"12", "USD", "12.00", nil},
		{"12.3", "USD", "12.30", nil},
		{"12.340000", "USD", "12.34", nil},
		{"0", "USD", "0.00", nil},
		{"-0.00", "USD", "0.00", nil},
		{"-3.50", "USD", "-3.50", nil},
		{"007.10", "USD", "7.10", nil},
		{"1500", "JPY", "1500", nil},
		{"1500.00", "JPY", "1500", nil},
		{"1.234", "KWD", "1.234", nil},
		{"10000000000000.00", "USD", "10000000000000.00", nil},
		{"12.345", "USD", "", ErrPrecision},
		{"1500.5", "JPY", "", ErrPrecision},
		{"0.0000000000000000000000000001", "USD", "", ErrPrecision},
		{"10000000000000.01", "USD", "", ErrTooLarge},
		{"99999999999999999999999999999", "USD", "", ErrTooLarge},
		{"", "USD", "", ErrMalformed},
		{"-", "USD", "", ErrMalformed},
		{".5", "USD", "", ErrMalformed},
		{"5.", "USD", "", ErrMalformed},
		{"+5", "USD", "", ErrMalformed},
		{"--5", "USD", "", ErrMalformed},
		{" 5", "USD", "", ErrMalformed},
		{"1,000.00", "USD", "", ErrMalformed},
		{"1.2.3", "USD", "", ErrMalformed},
		{"1e3", "USD", "", ErrMalformed},
		{"NaN", "USD", "", ErrMalformed},
		{"٣", "USD", "", ErrMalformed},
		{strings.Repeat("0", 33), "USD", "", ErrMalformed},
		{"5", "usd", "", ErrCurrency},
		{"5", "", "", ErrCurrency},
		{"5", "US", "", ErrCurrency},
	}
	for _, tt := range tests {
		t.Run(tt.text+string(tt.currency), func(t *testing.T) {
			t.Parallel()
			got, err := Parse(tt.text, tt.currency)
			if !errors.Is(err, tt.err) {
				t.Fatalf("Parse(%q, %q) error %v, want %v", tt.text, tt.currency, err, tt.err)
			}
			if err == nil && got.String() != tt.want {
				t.Errorf("Parse(%q, %q) = %s, want %s", tt.text, tt.currency, got, tt.want)
			}
		})
	}
}

func TestArithmetic(t *testing.T) {
	t.Parallel()
	a, b := amount(t, "10.05", "USD"), amount(t, "0.95", "USD")
	sum, err := a.Add(b)
	if err != nil || sum.Text() != "11.00 USD" {
		t.Errorf("Add = %v, %v", sum, err)
	}
	difference, err := b.Sub(a)
	if err != nil || difference.String() != "-9.10" || !difference.IsNegative() || difference.Minor() != -910 {
		t.Errorf("Sub = %v, %v", difference, err)
	}
	three, err := b.Times(3)
	if err != nil || three.String() != "2.85" {
		t.Errorf("Times = %v, %v", three, err)
	}
	if order, err := a.Cmp(b); err != nil || order != 1 {
		t.Errorf("Cmp = %d, %v", order, err)
	}
	if !difference.Neg().Equal(amount(t, "9.1", "USD")) || a.Equal(amount(t, "10.05", "GBP")) {
		t.Error("Equal compares number and currency")
	}
	nothing, err := Sum("USD")
	if err != nil || !nothing.IsZero() || nothing.IsNegative() || nothing.String() != "0.00" {
		t.Errorf("Sum of nothing = %v, %v", nothing, err)
	}
}

func TestArithmeticRefuses(t *testing.T) {
	t.Parallel()
	usd, gbp, most := amount(t, "1", "USD"), amount(t, "1", "GBP"), amount(t, "10000000000000", "USD")
	refusals := map[string]func() error{
		"add":          func() error { _, err := usd.Add(gbp); return err },
		"sub":          func() error { _, err := usd.Sub(gbp); return err },
		"cmp":          func() error { _, err := usd.Cmp(gbp); return err },
		"sum":          func() error { _, err := Sum("USD", usd, gbp); return err },
		"none":         func() error { _, err := Amount{}.Add(Amount{}); return err },
		"times none":   func() error { _, err := Amount{}.Times(2); return err },
		"rate":         func() error { _, err := RateOf(usd, gbp); return err },
		"no such code": func() error { _, err := FromMinor(1, "dollar"); return err },
	}
	for name, refuse := range refusals {
		if err := refuse(); !errors.Is(err, ErrCurrency) {
			t.Errorf("%s: %v, want ErrCurrency", name, err)
		}
	}
	if _, err := most.Add(amount(t, "0.01", "USD")); !errors.Is(err, ErrTooLarge) {
		t.Errorf("sum beyond the bound: %v", err)
	}
	if _, err := most.Times(1 << 40); !errors.Is(err, ErrTooLarge) {
		t.Errorf("product beyond the bound: %v", err)
	}
}

func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]Currency{"USD", "GBP", "JPY", "KWD", "CLF"}).Draw(t, "currency")
		minor := rapid.Int64Range(-maxMinor, maxMinor).Draw(t, "minor")
		a, err := FromMinor(minor, currency)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(a.String(), currency)
		if err != nil || back.Minor() != minor || !back.Equal(a) || back.String() != a.String() {
			t.Fatalf("%d %s became %q became %v, %v", minor, currency, a, back, err)
		}
	})
}

func TestRate(t *testing.T) {
	t.Parallel()
	tests := []struct{ tax, price, want string }{
		{"1.48", "18.00", "0.082222"},
		{"1.65", "20.00", "0.0825"},
		{"0.00", "20.00", "0"},
		{"20.00", "20.00", "1"},
		{"0.01", "3.00", "0.003333"},
		{"0.02", "3.00", "0.006667"},
	}
	for _, tt := range tests {
		got, err := RateOf(amount(t, tt.tax, "USD"), amount(t, tt.price, "USD"))
		if err != nil || got.String() != tt.want {
			t.Errorf("RateOf(%s, %s) = %s, %v, want %s", tt.tax, tt.price, got, err, tt.want)
		}
	}
	for _, bad := range [][2]string{{"1", "0"}, {"1", "-2"}, {"-1", "2"}, {"3", "2"}} {
		if _, err := RateOf(amount(t, bad[0], "USD"), amount(t, bad[1], "USD")); !errors.Is(err, ErrRate) {
			t.Errorf("RateOf(%s, %s): %v, want ErrRate", bad[0], bad[1], err)
		}
	}
	for text, want := range map[string]string{"0.0825": "0.0825", "0.20": "0.2", "0": "0", "1.000": "1"} {
		if rate, err := ParseRate(text); err != nil || rate.String() != want || rate.IsZero() != (want == "0") {
			t.Errorf("ParseRate(%q) = %s, %v, want %s", text, rate, err, want)
		}
	}
	for _, bad := range []string{"", "8.25", "-0.1", "8%", "1.0000001", "1e-2"} {
		if rate, err := ParseRate(bad); !errors.Is(err, ErrRate) {
			t.Errorf("ParseRate(%q) = %s, %v, want ErrRate", bad, rate, err)
		}
	}
}

func ExampleAllocate() {
	total, _ := Parse("10.00", "USD")
	parts, _ := Allocate(total, []int64{1, 1, 1})
	fmt.Println(parts[0], parts[1], parts[2])
	// Output: 3.34 3.33 3.33
}
