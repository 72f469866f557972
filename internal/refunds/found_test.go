package refunds_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/mappings"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// poll makes one round over returns and cancellations and does what it found.
// It returns how many orders it found.
func (s *scene) poll() int {
	s.Helper()
	s.Clock.Pass(5 * time.Minute)
	poller := &refunds.Poller{Store: s.Store, TikTok: s.forwarder.TikTok.(*tiktok.Client), Interval: 5 * time.Minute, Now: s.Clock.Now}
	s.Must(poller.Poll(s.Context(), refunds.PollArgs{}))
	for _, job := range s.Jobs.Take(refunds.PollShopArgs{}.Kind()) {
		s.Must(s.RunJob(func() error { return poller.PollShop(s.Context(), job.(refunds.PollShopArgs)) }))
	}
	return s.work()
}

// work does the jobs of this leg that are in the queue.
func (s *scene) work() int {
	s.Helper()
	jobs := s.Jobs.Take(refunds.ForwardArgs{}.Kind())
	for _, job := range jobs {
		s.Must(s.RunJob(func() error { return s.forwarder.Forward(s.Context(), job.(refunds.ForwardArgs)) }))
	}
	return len(jobs)
}

// missed is a sweep's look at the order: what it finds is done. It returns whether it found anything.
func (s *scene) missed(id tiktok.OrderID) bool {
	s.Helper()
	settings, err := s.Store.Settings(s.Context(), shop)
	s.Must(err)
	marks, err := s.forwarder.Shopify.OrderMarks(s.Context(), shop, s.Row(id).ShopifyOrder)
	s.Must(err)
	jobs, err := (&refunds.Missed{Ledger: s.Store}).Missing(s.Context(), settings, s.Row(id), *marks, "sweep:1")
	s.Must(err)
	s.Must(s.Store.Enqueue(s.Context(), jobs...))
	s.work()
	return len(jobs) > 0
}

func TestEveryShopifyWebhookIsLost(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id := s.delivered()
	if s.missed(id) {
		t.Error("an order without refunds was looked at")
	}
	refund := s.refund(id, -1, "MUG-12-SAGE", 1)
	if !s.missed(id) || s.missed(id) {
		t.Error("a refund was not found, or found twice")
	}
	s.forward(id)
	if got := s.ledger(refund); got.State != links.RefundCompleted {
		t.Errorf("the refund is %s (%s)", got.State, got.Reason)
	}
	unpaid := s.Written(tiktoksim.OrderSpec{})
	s.Must(s.Shopify.CancelOrder(string(shop), string(s.Row(unpaid).ShopifyOrder), shopifysim.CancelSpec{}))
	if !s.missed(unpaid) || s.missed(unpaid) {
		t.Error("a cancellation was not found, or found twice")
	}
	if cases := s.TikTok.Aftersales(string(unpaid)); len(cases) == 0 || !cases[0].Cancel {
		t.Errorf("TikTok has %+v", cases)
	}
	s.Set(func(settings *shops.Settings) { settings.PullRefunds = false })
	s.refund(id, -1, "MUG-12-SAGE", 1)
	if s.missed(id) {
		t.Error("the switch is off")
	}
}

func TestEveryTikTokWebhookIsLost(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id, other := s.delivered(), s.delivered()
	s.Must(s.TikTok.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{PayLater: true}))
	refund := s.refund(id, -1, "MUG-12-SAGE", 1)
	s.forward(id)
	if got := s.ledger(refund); got.State != links.RefundSent {
		t.Fatalf("the refund is %s (%s)", got.State, got.Reason)
	}
	s.poll()
	s.Must(s.TikTok.PayBack(s.TikTok.Aftersales(string(id))[0].ID))
	_, err := s.TikTok.OpenReturn(string(other), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(other, "TEE-BLK-L"), By: "SYSTEM"})
	s.Must(err)
	if found := s.poll(); found != 2 {
		t.Errorf("found %d orders, want 2", found)
	}
	if got := s.ledger(refund); got.State != links.RefundCompleted {
		t.Errorf("the refund is %s (%s)", got.State, got.Reason)
	}
	if got := s.Order(other).Refunded; got != s.back(other) || got == 0 {
		t.Errorf("Shopify has %d on record, the buyer got %d", got, s.back(other))
	}
	s.WantCodes(id)
	s.WantCodes(other)
	if found := s.poll(); found != 0 {
		t.Errorf("%d orders were looked at again", found)
	}
}

// A round goes on where it was cut, and rounds that fail come again.
func TestAPollThatIsCut(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	var ids []tiktok.OrderID
	for range 60 { // more than a page
		id := s.Written(tiktoksim.OrderSpec{Units: []tiktoksim.Unit{tiktoksim.SampleUnit()}})
		s.Must(s.TikTok.SetStatus(string(id), "DELIVERED"))
		_, err := s.TikTok.OpenReturn(string(id), tiktoksim.ReturnRequest{By: "SYSTEM"})
		s.Must(err)
		ids = append(ids, id)
	}
	s.Faults.Add(tiktoksim.OpReturnSearch, chaos.Fault{Kind: chaos.CutBefore}, 1)
	s.Faults.Add(tiktoksim.OpCancelSearch, chaos.Fault{Kind: chaos.ServerError, Status: 502}, 1)
	if found := s.poll(); found < len(ids) {
		t.Errorf("found %d of %d", found, len(ids))
	}
	for _, id := range ids {
		if s.Order(id).Refunded == 0 {
			t.Errorf("order %s has no record of its return", id)
		}
	}
}

func TestNothingIsPolledThatIsNotSynced(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Set(func(settings *shops.Settings) { settings.PullOrders, settings.PullRefunds = false, false })
	s.poll()
	if n := s.Calls(tiktoksim.OpReturnSearch) + s.Calls(tiktoksim.OpCancelSearch); n != 0 {
		t.Errorf("TikTok was asked %d times", n)
	}
}

func TestHeldRefundsAreApproved(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Set(func(settings *shops.Settings) { settings.PushRefunds = false })
	id, other := s.delivered(), s.delivered()
	one, two := s.refund(id, 1000, "MUG-12-SAGE", 1), s.refund(other, 1949, "MUG-12-SAGE", 1)
	s.forward(id)
	s.forward(other)
	if s.Calls(tiktoksim.OpReturnCreate) != 0 {
		t.Fatal("something was sent")
	}
	desk := &refunds.Desk{Files: s.Store, Now: s.Clock.Now}
	held, err := desk.Held(s.Context(), shop, refunds.PushOff)
	if diff := cmp.Diff([]refunds.Held{{Currency: "USD", Count: 2, Total: "29.49"}}, held); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if err := desk.Approve(s.Context(), shop, one, "gid://shopify/Refund/1"); !errors.Is(err, links.ErrNotFound) || s.work() != 0 {
		t.Errorf("an unknown refund: %v", err)
	}
	planned := s.ledger(one).Steps[0].Call
	s.Must(desk.Approve(s.Context(), shop, one))
	s.work()
	s.forward(id)
	if got := s.ledger(one); got.State != links.RefundCompleted || got.ApprovedAt == nil || got.Steps[0].Call.Key != planned.Key {
		t.Errorf("approved, it is %s (%s), sent %v, was planned %v", got.State, got.Reason, got.Steps, planned)
	}
	if err := desk.Approve(s.Context(), shop, one); !errors.Is(err, refunds.ErrNotHeld) {
		t.Errorf("approved twice: %v", err)
	}
	if got := s.ledger(two); got.State != links.RefundHeld || s.back(other) != 0 {
		t.Errorf("the other one is %s", got.State)
	}
}

func TestAnOldRefundWaitsForAPersonThoughPushIsOn(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Set(func(settings *shops.Settings) { settings.PushRefunds = false })
	id := s.delivered()
	refund := s.refund(id, -1, "MUG-12-SAGE", 1)
	s.forward(id)
	s.Clock.Pass(8 * 24 * time.Hour)
	s.Set(func(settings *shops.Settings) { settings.PushRefunds = true })
	releaser := &refunds.Releaser{Store: s.Store, Interval: time.Minute, Now: s.Clock.Now}
	for _, job := range s.Jobs.Take(refunds.ReleaseArgs{}.Kind()) {
		s.Must(releaser.Release(s.Context(), job.(refunds.ReleaseArgs)))
	}
	if s.work() == 0 {
		t.Error("nothing was released")
	}
	if got := s.ledger(refund); got.State != links.RefundHeld || got.Reason != refunds.ApprovalNeeded || s.back(id) != 0 {
		t.Fatalf("it is %s (%s)", got.State, got.Reason)
	}
	s.Must((&refunds.Desk{Files: s.Store}).Approve(s.Context(), shop, refund))
	s.work()
	s.forward(id)
	if got := s.ledger(refund); got.State != links.RefundCompleted {
		t.Errorf("approved, it is %s (%s)", got.State, got.Reason)
	}
}

// A changed table is kept with the looks at what waited for it.
func TestAnAnswerAboutReasonsReleasesWhatWaited(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	rows := []mappings.Reason{{Shopify: mappings.AnyReason, TikTok: "ecom_x"}}
	s.Must((&refunds.Desk{Files: s.Store}).ChangeReasons(s.Context(), shop, rows))
	var codes []exceptions.Code
	for _, job := range s.Jobs.Take(refunds.ResumeArgs{}.Kind()) {
		codes = append(codes, job.(refunds.ResumeArgs).Code)
	}
	if !slices.Equal(codes, []exceptions.Code{exceptions.RefundReasonNeeded, exceptions.CancelReasonNeeded}) {
		t.Errorf("looks at %v", codes)
	}
	table, err := s.Store.RefundReasons(s.Context(), shop)
	if err != nil || refunds.ReasonsOf(table).Refund != "ecom_x" {
		t.Errorf("%v, %v", table, err)
	}
}

// What Shopify and TikTok say of the money is compared from the ledger.
func TestTheReportAddsUp(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	id, other, held := s.delivered(), s.delivered(), s.delivered()
	s.refund(id, 1000, "MUG-12-SAGE", 1)
	s.refund(id, -1, "TEE-BLK-L", 1)
	_, err := s.TikTok.OpenReturn(string(other), tiktoksim.ReturnRequest{LineIDs: s.unitsOf(other, "TEE-BLK-L"), By: "SYSTEM"})
	s.Must(err)
	for range 3 {
		s.forward(id)
		s.forward(other)
	}
	s.Set(func(settings *shops.Settings) { settings.PushRefunds = false })
	s.refund(held, 500, "MUG-12-SAGE", 1)
	s.forward(held)
	reporter := &refunds.Reporter{Records: s.Store}
	rows, totals, err := reporter.Since(s.Context(), shop, s.Clock.Now().Add(-time.Hour))
	s.Must(err)
	if len(rows) != 3 || len(totals) != 1 {
		t.Fatalf("rows %v, totals %v", rows, totals)
	}
	got := totals[0]
	if got.Completed.Minor() != s.back(id) || got.Mirrored.Minor() != s.back(other) || got.Difference.Minor() != 500 || !got.Over.IsZero() || got.Open != 1 {
		t.Errorf("got %+v", got)
	}
	if some, _, err := reporter.Between(s.Context(), shop, s.Clock.Now().Add(-time.Hour), s.Clock.Now().Add(time.Hour)); err != nil || len(some) != len(rows) {
		t.Errorf("of a period around all: %v, %v", some, err)
	}
	if none, _, err := reporter.Between(s.Context(), shop, s.Clock.Now().Add(-time.Hour), s.Clock.Now().Add(-time.Hour)); err != nil || len(none) != 0 {
		t.Errorf("of no time: %v, %v", none, err)
	}
	if _, totals, err := reporter.Since(s.Context(), shop, s.Clock.Now().Add(time.Hour)); err != nil || len(totals) != 0 {
		t.Errorf("of the future: %v, %v", totals, err)
	}
	var nobody shopify.Domain = "corduroy.myshopify.com"
	if rows, _, err := reporter.Since(s.Context(), nobody, time.Time{}); err != nil || len(rows) != 0 {
		t.Errorf("another shop sees %v, %v", rows, err)
	}
}
