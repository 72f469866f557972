package shopify

import (
	"errors"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
)

// standing reads the order and fails the test when it is not there.
func (b *simBench) standing(t *testing.T, order GID) *Standing {
	t.Helper()
	s, err := b.client.Standing(t.Context(), testShop, order, 2)
	if err != nil || s == nil {
		t.Fatalf("standing of %s: %v, %v", order, s, err)
	}
	return s
}

// mugs refunds one of the order's two mugs with its tax.
func mugs(s *Standing, amount string) admin.RefundInput {
	return admin.RefundInput{
		OrderId: string(s.ID), Note: ptr("ref 1"), Notify: ptr(false),
		RefundLineItems: []*admin.RefundLineItemInput{
			{LineItemId: string(s.Lines[0].ID), Quantity: 1, RestockType: ptr(admin.RefundLineItemRestockTypeCancel)},
		},
		Transactions: []*admin.OrderTransactionInput{{
			OrderId: string(s.ID), ParentId: ptr(string(s.Sales[0].ID)), Gateway: s.Sales[0].Gateway,
			Kind: admin.OrderTransactionKindRefund, Amount: amount,
		}},
	}
}

func TestARefundIsMadeOncePerKey(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{Script: &chaos.Script{}}, shopifysim.ShopSpec{})
	created, err := b.create(t, tiktokID)
	if err != nil {
		t.Fatal(err)
	}
	before := b.standing(t, created.Order.ID)
	if before.Total != "26.6" || before.Refunded != "0.0" || len(before.Sales) != 1 || !before.Whole || before.Lines[0].Current != 2 || before.Lines[0].Unfulfilled != 2 {
		t.Fatalf("standing %+v", before)
	}
	first, err := b.client.CreateRefund(t.Context(), testShop, mugs(before, "10.80"), "key")
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.client.CreateRefund(t.Context(), testShop, mugs(before, "10.80"), "key")
	if err != nil || again != first {
		t.Errorf("repeated: %s, %v, want %s", again, err, first)
	}
	var refused UserErrors
	if _, err := b.client.CreateRefund(t.Context(), testShop, mugs(before, "10.70"), "key"); !errors.As(err, &refused) || !refused.Mentions("idempotency") {
		t.Errorf("another body under the key: %v", err)
	}
	if _, err := b.client.CreateRefund(t.Context(), testShop, mugs(before, "20.00"), "other key"); !errors.As(err, &refused) {
		t.Errorf("more than is left: %v", err)
	}
	after := b.standing(t, created.Order.ID)
	if after.Refunded != "10.8" || after.Current != "15.8" || after.Lines[0].Current != 1 || len(after.Refunds) != 1 || after.Refunds[0].Note != "ref 1" || after.Refunds[0].ID != first {
		t.Errorf("standing %+v", after)
	}
}

func TestACancelledOrder(t *testing.T) {
	t.Parallel()
	now := noon
	b := simulated(t, shopifysim.Options{CancelTakes: time.Minute, Now: func() time.Time { return now }}, shopifysim.ShopSpec{})
	b.client.Now, b.app.Now = func() time.Time { return now }, func() time.Time { return now }
	created, err := b.create(t, tiktokID)
	if err != nil {
		t.Fatal(err)
	}
	order := created.Order.ID
	job, err := b.client.CancelOrder(t.Context(), testShop, order, admin.OrderCancelReasonCustomer, true, "Cancelled at TikTok Shop")
	if err != nil {
		t.Fatal(err)
	}
	done, err := b.client.JobDone(t.Context(), testShop, job)
	if err != nil || done || b.standing(t, order).CancelledAt != "" {
		t.Fatalf("done at once: %t, %v", done, err)
	}
	now = now.Add(time.Minute)
	done, err = b.client.JobDone(t.Context(), testShop, job)
	if s := b.standing(t, order); err != nil || !done || s.CancelledAt == "" || s.Lines[0].Current != 0 {
		t.Errorf("done %t, %v, standing %+v", done, err, s)
	}
	var refused UserErrors
	if _, err := b.client.CancelOrder(t.Context(), testShop, order, admin.OrderCancelReasonCustomer, true, ""); !errors.As(err, &refused) || !refused.Has("INVALID") {
		t.Errorf("cancelled twice: %v", err)
	}
	if _, err := b.client.CancelOrder(t.Context(), testShop, "gid://shopify/Order/1", admin.OrderCancelReasonCustomer, true, ""); !errors.As(err, &refused) || !refused.Has("NOT_FOUND") {
		t.Errorf("an order that is not there: %v", err)
	}
	if emails := b.sim.Emails(); len(emails) != 0 {
		t.Errorf("the customer was told: %v", emails)
	}
}

func TestAnAddressIsReadAndReplaced(t *testing.T) {
	t.Parallel()
	b := simulated(t, shopifysim.Options{}, shopifysim.ShopSpec{})
	created, err := b.create(t, tiktokID)
	if err != nil {
		t.Fatal(err)
	}
	order := created.Order.ID
	address, err := b.client.OrderAddress(t.Context(), testShop, order)
	if want := (Address{FirstName: "Ada", ZIP: "10001-1234", CountryCode: "US"}); err != nil || address != want {
		t.Fatalf("address %+v, %v, want %+v", address, err, want)
	}
	if err := b.client.UpdateAddress(t.Context(), testShop, order, admin.MailingAddressInput{LastName: ptr("Byron"), Zip: ptr("10002")}); err != nil {
		t.Fatal(err)
	}
	address, err = b.client.OrderAddress(t.Context(), testShop, order)
	if want := (Address{LastName: "Byron", ZIP: "10002"}); err != nil || address != want {
		t.Errorf("address %+v, %v, want %+v", address, err, want)
	}
	var refused UserErrors
	if err := b.client.UpdateAddress(t.Context(), testShop, "gid://shopify/Order/1", admin.MailingAddressInput{}); !errors.As(err, &refused) {
		t.Errorf("an order that is not there: %v", err)
	}
}
