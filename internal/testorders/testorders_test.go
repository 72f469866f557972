package testorders_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/graphql/admin"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/loopcheck"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/testorders"
)

func outcomes(run testorders.Run) map[testorders.StepName]testorders.Outcome {
	all := map[testorders.StepName]testorders.Outcome{}
	for _, step := range run.Steps {
		all[step.Name] = step.Outcome
	}
	return all
}

// passed is what a run without trouble comes to, where Loop is not asked.
func passed() map[testorders.StepName]testorders.Outcome {
	return map[testorders.StepName]testorders.Outcome{
		testorders.Product: testorders.OK, testorders.Write: testorders.OK, testorders.Find: testorders.OK, testorders.Loop: testorders.Information,
		testorders.Refund: testorders.OK, testorders.Cancel: testorders.OK, testorders.Delete: testorders.OK,
	}
}

// watched looks at the order just before it is cancelled.
type watched struct {
	testorders.Shopify
	look func()
}

func (w watched) CancelOrder(ctx context.Context, s shopify.Domain, order shopify.GID, reason admin.OrderCancelReason, restock bool, note string) (string, error) {
	w.look()
	return w.Shopify.CancelOrder(ctx, s, order, reason, restock, note)
}

func TestATestOrderGoesTheWayOfARealOne(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	mug := s.sells()
	s.loop, s.loopErr = loopcheck.Answer{Found: true, Message: "Loop finds the order."}, nil
	var order shopifysim.Order
	s.runner.Shopify = watched{s.client, func() { order = s.shopify.Orders(string(shop))[0] }}
	run := s.send()
	want := passed()
	want[testorders.Loop] = testorders.OK
	if diff := cmp.Diff(want, outcomes(run)); diff != "" || run.State != testorders.Passed || run.FinishedAt == nil {
		t.Errorf("%s\n%+v", diff, run)
	}
	if !regexp.MustCompile(`^TEST-[0-9]{18}$`).MatchString(string(run.ID)) || len(s.asked) != 1 || s.asked[0] != string(run.ID) {
		t.Errorf("number %s, loop was asked about %v", run.ID, s.asked)
	}
	s.gone()

	if !order.Test || !order.Transactions[0].Test || order.Transactions[0].Gateway != orders.Gateway || order.Total != 1200 || order.Name != string(run.ID) ||
		order.SourceIdentifier != string(run.ID) || order.Lines[0].VariantGID != mug.GID || order.InventoryBehavior != "BYPASS" || order.Note == "" {
		t.Errorf("the order was %+v", order)
	}
	if len(order.Refunds) != 1 || order.Refunded != 1200 || order.FinancialStatus != "REFUNDED" {
		t.Errorf("refunds %+v", order.Refunds)
	}
	if stock := s.shopify.Variants(string(shop))[0].Stock; stock != 3 || len(s.shopify.Emails()) != 0 {
		t.Errorf("stock %d, e-mails %v", stock, s.shopify.Emails())
	}
	entries, err := s.store.Timeline(t.Context(), shop, run.ID)
	if err != nil || len(entries) < 14 { // seven steps, and the calls between them
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// Each mutation is cut off after its commit and before it, and each read once;
// whatever is lost, the order is written once and taken away.
func TestARunGoesOnAfterACut(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"orderCreate", "refundCreate", "orderCancel", "orderDelete", "productVariants", "orderByIdentifier", "order", "orders", "job"} {
		for _, kind := range []chaos.Kind{chaos.CutAfter, chaos.CutBefore, chaos.Malformed, chaos.ServerError, chaos.Throttled} {
			t.Run(op+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				s.sells()
				s.faults.Add(op, chaos.Fault{Kind: kind}, 1)
				run := s.send()
				if diff := cmp.Diff(passed(), outcomes(run)); diff != "" || run.State != testorders.Passed {
					t.Errorf("%s\n%+v", diff, run.Steps)
				}
				s.gone()
			})
		}
	}
}

// An order that comes into being long after its connection was lost is neither written twice nor left behind.
func TestALateOrderIsCleanedAway(t *testing.T) {
	t.Parallel()
	for _, rule := range []shopifysim.DuplicateRule{shopifysim.RefuseDuplicate, shopifysim.DropDuplicateMetafield} {
		for _, late := range []time.Duration{5 * time.Second, 62 * time.Second} {
			s := setUp(t, func(o *shopifysim.Options) { o.Duplicate = rule })
			s.sells()
			s.faults.Add("orderCreate", chaos.Fault{Kind: chaos.LateCommit, After: late}, 1)
			run := s.send()
			if s.gone(); run.State != testorders.Passed {
				t.Errorf("after %v: %+v", late, run.Steps)
			}
		}
	}
}

// stopped is a process that is killed before the nth commit.
type stopped struct {
	testorders.Book
	left int
}

var errKilled = errors.New("killed")

func (b *stopped) SaveTestOrder(ctx context.Context, run testorders.Run, jobs ...testorders.Job) error {
	if b.left == 0 {
		return errKilled
	}
	b.left--
	return b.Book.SaveTestOrder(ctx, run, jobs...)
}

func TestARunGoesOnWhereTheProcessWasKilled(t *testing.T) {
	t.Parallel()
	for n := range 9 {
		s := setUp(t)
		s.sells()
		run := s.start()
		killed := *s.runner
		killed.Book = &stopped{s.store, n}
		for range 3 { // Shopify takes its time to cancel
			if err := killed.Run(t.Context(), testorders.Args{Shop: shop, Order: run.ID}); errors.Is(err, errKilled) {
				break
			}
			s.pass(2 * time.Second)
		}
		run = s.finish(run)
		if diff := cmp.Diff(passed(), outcomes(run)); diff != "" || run.State != testorders.Passed {
			t.Errorf("killed before commit %d: %s\n%+v", n, diff, run.Steps)
		}
		if s.gone(); s.calls("orderCreate") != 1 {
			t.Errorf("killed before commit %d: %d orders were sent", n, s.calls("orderCreate"))
		}
	}
}

// Two jobs of one run, as after a crash: one goes on, the other stops.
func TestASecondJobOfTheSameRunDoesNothing(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.sells()
	run := s.start()
	overtaking := *s.runner
	overtaking.Book = &overtaken{s.store}
	if err := overtaking.Run(t.Context(), testorders.Args{Shop: shop, Order: run.ID}); err != nil {
		t.Errorf("overtaken: %v", err)
	}
	if n := s.calls("orderCreate"); n != 0 {
		t.Errorf("%d orders were sent", n)
	}
}

type overtaken struct{ testorders.Book }

func (overtaken) SaveTestOrder(context.Context, testorders.Run, ...testorders.Job) error {
	return testorders.ErrOvertaken
}

func TestASecondClickStartsNothing(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.sells()
	first, again := s.start(), s.start()
	if first.ID != again.ID || len(s.jobs) != 1 {
		t.Errorf("%s and %s, jobs %v", first.ID, again.ID, s.jobs)
	}
	s.pass(2 * time.Hour) // nothing happened: the job is lost
	if again = s.start(); first.ID != again.ID || len(s.jobs) != 2 {
		t.Errorf("a lost job: %s and %s, jobs %v", first.ID, again.ID, s.jobs)
	}
	if run := s.finish(first); run.State != testorders.Passed || s.calls("orderCreate") != 1 {
		t.Errorf("%+v", run)
	}
	if next := s.start(); next.ID == first.ID {
		t.Error("a run that is over was started again")
	}
	err := s.runner.Run(t.Context(), testorders.Args{Shop: shop, Order: "TEST-000000000000000000"})
	if fault.Of(err) != fault.Dead {
		t.Errorf("a run that is not there: %v", err)
	}
}

func TestWithoutAProductThereIsACustomLine(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	_, err := s.shopify.AddVariant(string(shop), shopifysim.VariantSpec{SKU: "OLD", Status: "ARCHIVED"})
	s.must(err)
	run := s.send()
	if step := s.step(run, testorders.Product); run.State != testorders.Passed || step.Outcome != testorders.Information || !strings.Contains(step.Message, "without a product") {
		t.Errorf("%+v", run)
	}
	s.gone()
}

func TestMissingScopes(t *testing.T) {
	t.Parallel()
	s := setUp(t, func(o *shopifysim.Options) { o.Scopes = []string{"read_orders", "read_products"} })
	s.sells()
	run := s.send()
	if step := s.step(run, testorders.Write); run.State != testorders.Failed || step.Outcome != testorders.NotOK || !strings.Contains(step.Message, "write_orders") {
		t.Errorf("without write_orders: %+v", run)
	}
	if len(run.Steps) != 2 || s.calls("orderCancel") != 0 {
		t.Errorf("went on without an order: %+v", run.Steps)
	}
	s.gone()
}

func TestWhatLoopSaysIsInformation(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.sells()
	s.loop, s.loopErr = loopcheck.Answer{Message: "Loop does not know an order of this name."}, nil
	run := s.send()
	if step := s.step(run, testorders.Loop); run.State != testorders.Passed || step.Outcome != testorders.Information || !strings.Contains(step.Message, "does not know") {
		t.Errorf("%+v", run)
	}
	s.gone()
}

// refusing is a Shopify that does not take some of what it is asked.
type refusing struct {
	testorders.Shopify
	refund, cancel, remove bool
}

func (r refusing) CreateRefund(ctx context.Context, s shopify.Domain, in admin.RefundInput, key string) (shopify.GID, error) {
	if r.refund {
		return "", shopify.UserErrors{{Message: "Refunds are locked"}}
	}
	return r.Shopify.CreateRefund(ctx, s, in, key)
}

func (r refusing) CancelOrder(ctx context.Context, s shopify.Domain, order shopify.GID, reason admin.OrderCancelReason, restock bool, note string) (string, error) {
	if r.cancel {
		return "", shopify.UserErrors{{Message: "Cancelling is locked"}}
	}
	return r.Shopify.CancelOrder(ctx, s, order, reason, restock, note)
}

func (r refusing) DeleteOrder(ctx context.Context, s shopify.Domain, order shopify.GID) error {
	if r.remove {
		return shopify.UserErrors{{Code: "INVALID", Message: "Deleting is locked"}}
	}
	return r.Shopify.DeleteOrder(ctx, s, order)
}

func TestARefusalIsToldAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refusing
		failed map[testorders.StepName]string
		left   int
	}{
		"refund": {refusing{refund: true}, map[testorders.StepName]string{testorders.Refund: "Refunds are locked"}, 0},
		"delete": {refusing{remove: true}, map[testorders.StepName]string{testorders.Delete: "https://" + string(shop) + "/admin/orders/"}, 1},
		"cancel": {refusing{cancel: true}, map[testorders.StepName]string{testorders.Cancel: "Cancelling is locked", testorders.Delete: "Delete order TEST-"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			s.sells()
			c.Shopify = s.client
			s.runner.Shopify = c.refusing
			run := s.send()
			want := passed()
			for step, words := range c.failed {
				want[step] = testorders.NotOK
				if message := s.step(run, step).Message; !strings.Contains(message, words) {
					t.Errorf("%s says %q", step, message)
				}
			}
			if diff := cmp.Diff(want, outcomes(run)); diff != "" || run.State != testorders.Failed {
				t.Errorf("%s: %+v", diff, run)
			}
			if left := s.shopify.Orders(string(shop)); len(left) != c.left {
				t.Errorf("%d orders are left", len(left))
			}
		})
	}
}

// A Shopify that is down for good ends the run within its patience, and what may be left is named.
func TestAnOutageEndsTheRun(t *testing.T) {
	t.Parallel()
	for op, words := range map[string]string{"orderCreate": "looked for below", "orderDelete": "Delete order TEST-"} {
		s := setUp(t)
		s.sells()
		s.faults.Add(op, chaos.Fault{Kind: chaos.ServerError}, 1000)
		began := s.Now()
		run := s.send()
		told := false
		for _, step := range run.Steps {
			told = told || step.Outcome == testorders.NotOK && strings.Contains(step.Message, words)
		}
		if took := s.Now().Sub(began); run.State != testorders.Failed || !told || took > time.Hour {
			t.Errorf("%s is down: after %v %+v", op, took, run)
		}
	}
}

func TestAPersonWhoDeletesTheOrderFirst(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.sells()
	s.runner.Shopify = vanishing{s.client}
	run := s.send()
	if run.State != testorders.Failed || s.step(run, testorders.Refund).Outcome != testorders.NotOK || s.step(run, testorders.Delete).Outcome != testorders.OK {
		t.Errorf("%+v", run)
	}
}

type vanishing struct{ *shopify.Client }

func (v vanishing) Standing(ctx context.Context, s shopify.Domain, order shopify.GID, _ int) (*shopify.Standing, error) {
	_, err := v.CancelOrder(ctx, s, order, admin.OrderCancelReasonOther, false, "")
	return nil, err
}
