package tiktoksim

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDecimalRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		minor := rapid.Int64().Draw(rt, "minor")
		if minor == -1<<63 {
			minor++
		}
		for _, cur := range []string{"USD", "GBP", "JPY"} {
			if got, ok := parseDecimal(decimal(minor, cur), cur); !ok || got != minor {
				rt.Fatalf("%s %d: came back as %d, %v", cur, minor, got, ok)
			}
		}
	})
}

func TestDecimalWriting(t *testing.T) {
	t.Parallel()
	for want, minor := range map[string]int64{"0.00": 0, "0.05": 5, "-0.05": -5, "12.50": 1250} {
		if got := decimal(minor, "USD"); got != want {
			t.Errorf("%d = %q, want %q", minor, got, want)
		}
	}
	if got := decimal(1200, "JPY"); got != "1200" {
		t.Errorf("yen = %q", got)
	}
	for _, bad := range []string{"", "1.234", "1e2", "1/2", "abc", "99999999999999999999"} {
		if v, ok := parseDecimal(bad, "USD"); ok {
			t.Errorf("%q was read as %d", bad, v)
		}
	}
}

func TestTaxRoundsHalfUp(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		minor int64
		rate  string
		want  int64
	}{{1800, "0.0825", 149}, {2250, "0.0825", 186}, {1500, "0.0825", 124}, {100, "", 0}, {50, "0.01", 1}, {49, "0.01", 0}, {-50, "0.01", -1}} {
		if got, err := taxOn(tc.minor, tc.rate); err != nil || got != tc.want {
			t.Errorf("tax on %d at %q = %d, %v, want %d", tc.minor, tc.rate, got, err, tc.want)
		}
	}
}
