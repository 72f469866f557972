package orders_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/orders"
)

func TestNormalizeZIP(t *testing.T) {
	t.Parallel()
	tests := []struct{ region, zip, want string }{
		{"US", "73301", "73301"},
		{"US", " 73301 ", "73301"},
		{"US", "73301-0042", "73301"},
		{"US", "73301–0042", "73301"},
		{"US", "733010042", "73301"},
		{"", "73301-0042", "73301"},
		{"GB", "sw1a 2aa", "SW1A2AA"},
		{"GB", "SW1A2AA", "SW1A2AA"},
		{"JP", "100-0001", "1000001"},
		{"BR", "01310-100", "01310100"},
		{"DE", "733010042", "733010042"},
		{"US", "1234567890", "1234567890"},
		{"US", "7****", "7****"},
		{"US", "", ""},
	}
	for _, tt := range tests {
		if got := orders.NormalizeZIP(tt.region, tt.zip); got != tt.want {
			t.Errorf("NormalizeZIP(%q, %q) = %q, want %q", tt.region, tt.zip, got, tt.want)
		}
	}
}

// TestNormalizeZIPIsStable: what was normalized once stays as it is, however it was written.
func TestNormalizeZIPIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		region := rapid.SampledFrom([]string{"US", "GB", ""}).Draw(t, "region")
		zip := rapid.StringMatching(`[ ]?[A-Za-z0-9]{1,5}[ -]?[A-Za-z0-9]{0,4}`).Draw(t, "zip")
		once := orders.NormalizeZIP(region, zip)
		if twice := orders.NormalizeZIP(region, once); twice != once {
			t.Fatalf("%q became %q, then %q", zip, once, twice)
		}
	})
}

func TestMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"7****": true, "D***": true, "••": true, "＊": true, "73301": false, "": false, "#4 & Co.": false} {
		if orders.Masked(text) != want {
			t.Errorf("Masked(%q) = %t", text, !want)
		}
	}
}
