package orders_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shops"
)

// TestTheMerchantMayWriteADifference: held at first, then written to the cent with a line for what is unexplained.
func TestTheMerchantMayWriteADifference(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{Unexplained: 300})
	s.Bring(id)
	open, err := s.Store.OrderExceptions(t.Context(), shop, id)
	s.Must(err)
	if len(open) != 1 || open[0].Code != exceptions.TotalsMismatch {
		t.Fatalf("open: %+v", open)
	}
	// The switch is off at first, so that the choice has to outlive one attempt.
	s.Set(func(settings *shops.Settings) { settings.PushOrders = false })
	s.Must((&orders.Desk{Files: s.Store}).ResolveException(t.Context(), open[0], "write_difference", "agreed with TikTok"))
	s.work()
	if row := s.Row(id); row.State != links.Held || row.Reason != orders.PushOff || row.Totals != links.WriteDifference("3.00 USD") {
		t.Fatalf("%s (%s), chosen %q", row.State, row.Reason, row.Totals)
	}
	s.Set(func(settings *shops.Settings) { settings.PushOrders = true })
	row, written := s.written(id)
	last := written.ShippingLines[len(written.ShippingLines)-1]
	if row.Total != "22.49" || written.Total != 2249 || last.Title != "Other TikTok charges" || last.Price != 300 || written.FinancialStatus != "PAID" {
		t.Errorf("written with %s: %+v", row.Total, written)
	}
	entries, err := s.Store.Timeline(t.Context(), shop, id)
	s.Must(err)
	noted := false
	for _, e := range entries {
		noted = noted || e.Facts["choice"] == "write_difference 3.00 USD" && e.Facts["note"] == "agreed with TikTok"
	}
	if !noted || len(s.Codes(id)) != 0 {
		t.Errorf("the timeline says nothing of the choice, or %v is open", s.Codes(id))
	}
}

// TestADifferenceNeverMakesAWrongTotal: whatever TikTok leaves unexplained, the order adds up to what the buyer
// paid, no price is negative, and what cannot be taken off stays a mismatch.
func TestADifferenceNeverMakesAWrongTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := plainOrder()
		paid := amount(t, rapid.Int64Range(0, 6000).Draw(t, "paid"))
		o.Payment.TotalAmount = paid.String()
		in := input(o)
		missing, err := paid.Sub(amount(t, 2547))
		if err != nil {
			t.Fatal(err)
		}
		in.Difference = missing.Text()
		c, err := orders.Convert(in)
		if paid.Minor() < 148 { // less than the tax: it cannot be taken off
			if codeOf(err) != string(exceptions.TotalsMismatch) {
				t.Fatalf("paid %s: %v", paid, err)
			}
			return
		}
		if err != nil || !c.Total.Equal(paid) {
			t.Fatalf("paid %s: %s, %v", paid, c.Total, err)
		}
		other := slices.ContainsFunc(c.Order.CustomAttributes, func(a *admin.OrderCreateCustomAttributeInput) bool {
			return a.Key == "TikTok other charges" || a.Key == "TikTok other discount"
		})
		if other != (paid.Minor() != 2547) {
			t.Fatalf("paid %s, recorded: %t", paid, other)
		}
		checkSums(t, c)
	})
}

func amount(t rapid.TB, minor int64) money.Amount {
	t.Helper()
	a, err := money.FromMinor(minor, "USD")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAnotherDifferenceIsAskedAboutAgain: the merchant agreed to 3.00; TikTok changes the order before it is
// written, and nobody agreed to that.
func TestAnotherDifferenceIsAskedAboutAgain(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.Place(tiktoksim.OrderSpec{Unexplained: 300})
	s.Bring(id)
	agree := func() {
		t.Helper()
		open, err := s.Store.OrderExceptions(t.Context(), shop, id)
		s.Must(err)
		if len(open) != 1 || open[0].Code != exceptions.TotalsMismatch {
			t.Fatalf("open: %+v", open)
		}
		s.Must((&orders.Desk{Files: s.Store}).ResolveException(t.Context(), open[0], "write_difference", ""))
	}
	agree()
	s.correct(id, `"22.49"`, `"29.49"`)
	s.work()
	if row := s.Row(id); row.State != links.Held || !slices.Equal(s.Codes(id), []exceptions.Code{exceptions.TotalsMismatch}) || len(s.InShopify(id)) != 0 {
		t.Fatalf("order is %s (%s), exceptions %v", row.State, row.Reason, s.Codes(id))
	}
	agree() // to 10.00
	s.work()
	if row := s.Row(id); row.State != links.Written || row.Total != "29.49" {
		t.Errorf("order is %s (%s) with %s", row.State, row.Reason, row.Total)
	}
}

// What is taken off may exceed what there is: no single amount is missing, and agreeing to one is refused.
func TestOnlyADifferenceCanBeAgreedTo(t *testing.T) {
	t.Parallel()
	e := exceptions.New(shop, "576900000000010001", exceptions.TotalsMismatch, "TikTok takes off 9.00 USD beyond shipping, but the units cost 1.00 USD only.", time.Unix(0, 0))
	err := (&orders.Desk{}).ResolveException(t.Context(), e, "write_difference", "")
	if !errors.Is(err, exceptions.ErrNoChoice) {
		t.Errorf("got %v", err)
	}
}
