package pages

import "testing"

// What the platforms and the ledger call things is said as a person says it;
// ids, numbers and sentences stay as they are.
func TestWordsAreReadable(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"RETURN_OR_REFUND_REQUEST_SUCCESS": "Return or refund request success",
		"partly_sent":                      "Partly sent",
		"576900000030000019":               "576900000030000019",
		"webhook:7628000000000000149":      "webhook:7628000000000000149",
		"MUG_12":                           "MUG_12",
		"Mixed_Case":                       "Mixed_Case",
		"an answer was lost":               "an answer was lost",
		"_":                                "_",
		"":                                 "",
	} {
		if got := factText("answer", value); got != want {
			t.Errorf("%q is shown as %q, want %q", value, got, want)
		}
	}
	if got := factText("reason", "push_refunds_off"); got != reasons["push_refunds_off"] {
		t.Errorf("a reason is shown as %q", got)
	}
	for name, want := range map[string]string{
		"ecom_order_delivered_refund_reason_damaged_seller":                      "Damaged seller",
		"ecom_order_delivered_refund_and_return_reason_not_match_description_uk": "Not match description uk",
		"out_of_stock": "Out of stock",
	} {
		if got := reasonText(name); got != want {
			t.Errorf("reason %q is shown as %q, want %q", name, got, want)
		}
	}
}

// Amounts have their currency's decimals, however a platform wrote them.
func TestAmountsHaveTheirDecimals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ amount, currency, want string }{
		{"12.0", "USD", "12.00 USD"},
		{"0", "USD", "0.00 USD"},
		{"1500.00", "JPY", "1500 JPY"},
		{"-3.5", "GBP", "-3.50 GBP"},
		{"", "USD", "–"},
		{"much", "USD", "much USD"},
	} {
		if got := (Frame{}).Amount(c.amount, c.currency); got != c.want {
			t.Errorf("%q in %s is shown as %q, want %q", c.amount, c.currency, got, c.want)
		}
	}
}
