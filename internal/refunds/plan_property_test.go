package refunds_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

var anyStatus = rapid.SampledFrom([]tiktok.OrderStatus{
	tiktok.OnHold, tiktok.AwaitingShipment, tiktok.AwaitingCollection, tiktok.InTransit, tiktok.InTransit, tiktok.Delivered, tiktok.Delivered,
})

// anySituation is an order of up to eight units, some in requests or paid back, and a refund of some.
func anySituation(t *rapid.T) situation {
	var c situation
	var paid int64
	counts := map[string]int{}
	for n := range rapid.IntRange(1, 8).Draw(t, "units") {
		unit := struct {
			ID            tiktok.LineItemID
			Line, Gone    string
			Status        tiktok.OrderStatus
			Package       tiktok.PackageID
			Most, Written string
		}{ID: tiktok.LineItemID(fmt.Sprint(n + 1)), Status: anyStatus.Draw(t, "status")}
		unit.Line = rapid.SampledFrom([]string{"mug", "tee", "cap"}).Draw(t, "line")
		unit.Package = tiktok.PackageID(rapid.SampledFrom([]string{"P1", "P2", "P3"}).Draw(t, "package"))
		most := rapid.Int64Range(0, 3000).Draw(t, "most")
		unit.Most = c.decimal(most)
		paid += most
		counts[unit.Line]++
		c.Units = append(c.Units, unit)
	}
	c.Paid, c.Shipping = c.decimal(paid), "0.00"
	lines := map[string]int{}
	for _, line := range []string{"mug", "tee", "cap"} {
		if n := rapid.IntRange(0, counts[line]).Draw(t, "of "+line); n > 0 {
			lines[line] = n
		}
	}
	amount := rapid.Int64Range(1, paid+1).Draw(t, "amount")
	if rapid.Bool().Draw(t, "less a fee") { // what is often right
		amount = max(1, paid*int64(sumOf(lines))/int64(len(c.Units)))
	}
	for n := range rapid.IntRange(0, 2).Draw(t, "returns") {
		i := rapid.IntRange(0, len(c.Units)-1).Draw(t, "of unit")
		c.Returns = append(c.Returns, returned(fmt.Sprint(n+1), tiktok.RoleBuyer, c.Units[i].Most, c.Units[i].ID,
			rapid.SampledFrom([]tiktok.ReturnStatus{tiktok.ReturnPending, tiktok.ReturnSuccess, tiktok.ReturnComplete, tiktok.ReturnWithdrawn}).Draw(t, "is")))
	}
	c.Refund = &struct {
		Lines                     map[string]int
		Restock, Currency, Reason string
		Tags                      []string
		Transactions              []shopify.RefundTransaction
	}{Lines: lines, Transactions: []shopify.RefundTransaction{{Amount: c.decimal(amount)}}}
	return c
}

func sumOf(lines map[string]int) int {
	n := 0
	for _, quantity := range lines {
		n += quantity
	}
	return n
}

func returned(id string, role tiktok.Role, amount string, unit tiktok.LineItemID, status tiktok.ReturnStatus) tiktok.Return {
	money := tiktok.RefundAmount{Currency: "USD", RefundTotal: amount}
	return tiktok.Return{
		ID: tiktok.ReturnID(id), Type: tiktok.ReturnRefund, Status: status, Role: role, Amount: money,
		Lines: []tiktok.ReturnLine{{Unit: unit, Amount: money}},
	}
}

// Whatever is planned gives back the refund to the cent, each unit once, none for
// more than TikTok gives back for it; and the same question has the same answer.
func TestAnyPlan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anySituation(t)
		truth, steps, halt := c.planned()
		_, again, same := c.planned()
		if diff := cmp.Diff(steps, again); diff != "" || !cmp.Equal(halt, same) {
			t.Fatalf("another plan of the same: %s", diff)
		}
		if halt != nil {
			if len(steps) > 0 || halt.State == "" || halt.Reason == "" {
				t.Fatalf("stopped with %d steps: %+v", len(steps), halt)
			}
			return
		}
		wholesome(t, c, truth, steps)
		keys := map[string]bool{}
		for _, step := range steps {
			var most int64
			for _, u := range c.Units {
				if slices.Contains(step.Units, u.ID) {
					most += c.minor(u.Most)
				}
			}
			if c.minor(step.Amount) > most || c.minor(step.Amount) < 0 {
				t.Fatalf("step %d gives back %s of at most %s", step.Number, step.Amount, c.decimal(most))
			}
			if key := step.Call.Key; key != "" && keys[key] {
				t.Fatalf("two calls have the key %s", key)
			}
			keys[step.Call.Key] = true
		}
	})
}

// history is an order that lives: refunds in Shopify, requests of the buyer's,
// calls that are taken, refused, or lost with or without effect. TikTok checks
// nothing here, so that what holds is our own doing.
type history struct {
	*rapid.T
	c       situation
	lines   []links.Line
	refunds []links.Refund
	next    int
}

func TestAnyHistoryKeepsTheSumRule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := &history{T: t, c: anySituation(t)}
		h.c.Returns, h.c.Refund = nil, nil
		if paid := h.c.minor(h.c.Paid); paid > 1 { // discounts: less than the units' worth
			h.c.Paid = h.c.decimal(rapid.Int64Range(paid/2, paid).Draw(t, "paid"))
		}
		h.lines = h.c.truth().Lines
		h.Repeat(map[string]func(*rapid.T){
			"refund": h.refund, "buyer": h.buyer, "forward": h.forward, "settle": h.settle, "book": h.book, "": h.check,
		})
	})
}

// refund is a new one in Shopify of a unit that stands.
func (h *history) refund(t *rapid.T) {
	i := rapid.IntRange(0, len(h.lines)-1).Draw(t, "line")
	h.next++
	s := shopify.Refund{
		ID: shopify.GID(fmt.Sprintf("gid://shopify/Refund/%d", h.next)), Order: "gid://shopify/Order/1",
		Lines: []shopify.RefundLine{{Line: h.lines[i].ShopifyLine, Quantity: rapid.IntRange(1, 3).Draw(t, "quantity"), RestockType: "RETURN"}},
	}
	units, halt := refunds.Assign(s, h.lines, refunds.CasesOf(h.c.Returns, h.c.Cancellations))
	if halt != nil {
		return
	}
	for n := range h.lines[i].Units {
		if slices.Contains(units, h.lines[i].Units[n].ID) {
			h.lines[i].Units[n].Gone = string(s.ID)
		}
	}
	h.refunds = append(h.refunds, links.Refund{
		ID: s.ID, State: links.RefundWaiting, Units: units, Currency: "USD", Amount: h.c.decimal(rapid.Int64Range(1, 4000).Draw(t, "amount")),
	})
}

// buyer asks for a unit that is in no request, as far as TikTok has money for it.
func (h *history) buyer(t *rapid.T) {
	u := h.c.Units[rapid.IntRange(0, len(h.c.Units)-1).Draw(t, "unit")]
	amount := min(h.c.minor(u.Most), h.c.minor(h.c.Paid)-h.given())
	inFlight := slices.ContainsFunc(h.refunds, func(r links.Refund) bool {
		return slices.ContainsFunc(r.Steps, func(s links.RefundStep) bool { return s.State.Stands() })
	})
	if amount <= 0 || inFlight || slices.ContainsFunc(h.live(), func(c refunds.Case) bool { return slices.Contains(c.Units, u.ID) }) {
		return
	}
	h.next++
	h.c.Returns = append(h.c.Returns, returned(fmt.Sprint(h.next), tiktok.RoleBuyer, h.c.decimal(amount), u.ID,
		rapid.SampledFrom([]tiktok.ReturnStatus{tiktok.ReturnPending, tiktok.ReturnComplete}).Draw(t, "is")))
}

func (h *history) live() []refunds.Case {
	return slices.DeleteFunc(refunds.CasesOf(h.c.Returns, h.c.Cancellations), func(c refunds.Case) bool { return c.Phase() == tiktok.PhaseClosed })
}

func (h *history) given() int64 {
	var sum int64
	for _, c := range h.live() {
		sum += h.c.minor(c.Amount)
	}
	return sum
}

// forward plans one refund and makes its calls.
func (h *history) forward(t *rapid.T) {
	if len(h.refunds) == 0 {
		return
	}
	r := &h.refunds[rapid.IntRange(0, len(h.refunds)-1).Draw(t, "refund")]
	unknown := slices.ContainsFunc(r.Steps, func(s links.RefundStep) bool { return s.State == links.StepSent })
	if r.State.Over() || r.State == links.RefundSent || unknown {
		return
	}
	truth := h.c.truth()
	truth.Lines, truth.Refund, truth.All = h.lines, *r, h.refunds
	draft, halt := refunds.DraftOf(truth)
	if halt == nil {
		h.c.answer(draft)
		var steps []links.RefundStep
		if steps, halt = refunds.Settle(truth, draft); halt == nil {
			r.State, r.Steps = links.RefundSending, append(slices.Clone(r.Steps), steps...)
			h.send(t, r)
			return
		}
	}
	if halt.State == links.RefundSatisfied {
		r.State = links.RefundSatisfied
	}
}

func (h *history) send(t *rapid.T, r *links.Refund) {
	for n := range r.Steps {
		step := &r.Steps[n]
		if step.State != links.StepPlanned {
			continue
		}
		if step.Call.Op == "" {
			step.State, step.Completed = links.StepCompleted, step.Amount
			continue
		}
		outcome := rapid.SampledFrom([]string{"taken", "taken", "refused", "lost before", "lost after"}).Draw(t, "outcome")
		if outcome == "taken" || outcome == "lost after" {
			h.take(step)
		}
		switch outcome {
		case "taken":
			step.State = links.StepAccepted
		case "refused":
			step.State = links.StepRefused
		default:
			step.State = links.StepSent
			if step.Kind != links.ApproveReturn {
				step.Case = ""
			}
		}
		if outcome != "taken" {
			r.Steps = slices.DeleteFunc(r.Steps, func(s links.RefundStep) bool { return s.State == links.StepPlanned })
			return
		}
	}
}

// take is what TikTok does with a call.
func (h *history) take(step *links.RefundStep) {
	if step.Kind == links.ApproveReturn {
		for n := range h.c.Returns {
			if string(h.c.Returns[n].ID) == step.Case {
				h.c.Returns[n].Status = tiktok.ReturnSuccess
			}
		}
		return
	}
	h.next++
	step.Case = fmt.Sprint(h.next)
	money := tiktok.RefundAmount{Currency: "USD", RefundTotal: step.Amount}
	if step.Kind == links.CancelUnits {
		made := tiktok.Cancellation{ID: tiktok.CancelID(step.Case), Type: tiktok.CancelPlain, Status: tiktok.CancelSuccess, Role: tiktok.RoleSeller, Amount: money}
		for _, unit := range step.Units {
			made.Lines = append(made.Lines, tiktok.CancelLine{Unit: unit})
		}
		h.c.Cancellations = append(h.c.Cancellations, made)
		return
	}
	made := returned(step.Case, tiktok.RoleSeller, step.Amount, "", tiktok.ReturnSuccess)
	made.Lines = nil
	for _, unit := range step.Units {
		made.Lines = append(made.Lines, tiktok.ReturnLine{Unit: unit})
	}
	h.c.Returns = append(h.c.Returns, made)
}

// settle has TikTok pay, or give up, one of the seller's returns.
func (h *history) settle(t *rapid.T) {
	if len(h.c.Returns) == 0 {
		return
	}
	one := &h.c.Returns[rapid.IntRange(0, len(h.c.Returns)-1).Draw(t, "return")]
	if one.Status == tiktok.ReturnSuccess {
		one.Status = rapid.SampledFrom([]tiktok.ReturnStatus{tiktok.ReturnComplete, tiktok.ReturnComplete, tiktok.ReturnRejected}).Draw(t, "ends")
	}
}

// book follows TikTok, and sends again what was lost without effect.
func (h *history) book(t *rapid.T) {
	for n := range h.refunds {
		r := &h.refunds[n]
		if r.State.Over() || len(r.Steps) == 0 {
			continue
		}
		var taken []string
		for m, other := range h.refunds {
			for _, step := range other.Steps {
				if m != n && step.Case != "" {
					taken = append(taken, step.Case)
				}
			}
		}
		truth := h.c.truth()
		*r = refunds.Booked(*r, truth.Cases, taken)
		for m := range r.Steps {
			if r.Steps[m].State == links.StepSent && rapid.Bool().Draw(t, "again") {
				h.take(&r.Steps[m])
				r.Steps[m].State = links.StepAccepted
			}
		}
	}
}

func (h *history) check(t *rapid.T) {
	if given, paid := h.given(), h.c.minor(h.c.Paid); given > paid {
		t.Fatalf("the buyer paid %d and gets %d", paid, given)
	}
	seen := map[tiktok.LineItemID]string{}
	for _, c := range h.live() {
		for _, unit := range c.Units {
			if seen[unit] != "" {
				t.Fatalf("unit %s is in %s and %s", unit, seen[unit], c.ID)
			}
			seen[unit] = c.ID
		}
	}
	for _, r := range h.refunds {
		var asked int64
		for _, step := range r.Steps {
			if step.State.Stands() {
				asked += h.c.minor(step.Amount)
			}
		}
		if asked > h.c.minor(r.Amount) {
			t.Fatalf("%s gives back %s and TikTok was asked for %d", r.ID, r.Amount, asked)
		}
	}
}
