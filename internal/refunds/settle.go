package refunds

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Settle makes the steps of a draft whose options TikTok has answered: exactly
// the refund's amount, nothing over what TikTok gives back for the units, and
// nothing that would give the buyer more than was paid. Where units may be
// cancelled or refunded, what gives the exact amount is taken.
func Settle(t Truth, d Draft) ([]links.RefundStep, *Halt) {
	s := settling{Truth: t, currency: money.Currency(t.Order.Payment.Currency)}
	chosen := d.cancelling()
	amounts, halt := s.split(d, chosen)
	if halt != nil {
		chosen = d.returning()
		if amounts, halt = s.split(d, chosen); halt != nil {
			return nil, halt
		}
	}
	if halt := s.within(chosen, amounts); halt != nil {
		return nil, halt
	}
	return s.steps(d, chosen, amounts)
}

// picked is the option that was chosen for a group.
type picked struct {
	Option
	units []tiktok.LineItemID
}

// cancelling cancels all that may be cancelled, and that first: what a
// cancellation gives back is fixed when it is made, and was calculated before
// anything else was asked for.
func (d Draft) cancelling() []picked {
	var cancels, rest []picked
	if d.Together != nil {
		cancels = append(cancels, picked{d.Together.Options[0], d.Together.Units})
	}
	for _, g := range d.Groups {
		switch one := (picked{g.Options[0], g.Units}); {
		case one.Kind != links.CancelUnits:
			rest = append(rest, one)
		case d.Together == nil:
			cancels = append(cancels, one)
		}
	}
	return append(cancels, rest...)
}

// returning cancels only what cannot be refunded otherwise.
func (d Draft) returning() []picked {
	all := make([]picked, len(d.Groups))
	for n, g := range d.Groups {
		all[n] = picked{g.Options[len(g.Options)-1], g.Units}
	}
	slices.SortStableFunc(all, func(a, b picked) int { return cancelFirst(a) - cancelFirst(b) })
	return all
}

func cancelFirst(p picked) int {
	if p.Kind == links.CancelUnits {
		return 0
	}
	return 1
}

type settling struct {
	Truth
	currency money.Currency
}

// split gives each option its part of the amount, in minor units: what gives
// back a fixed amount first, then the rest in proportion to what TikTok says is
// the most.
func (s *settling) split(d Draft, options []picked) ([]int64, *Halt) {
	parts := make([]int64, len(options))
	weights := make([]int64, len(options))
	var fixed, most int64
	for n, o := range options {
		if halt := s.answered(o); halt != nil {
			return nil, halt
		}
		minor, halt := s.minor(o.Amount)
		if halt != nil {
			return nil, halt
		}
		if o.Fixed() {
			parts[n], fixed = minor, fixed+minor
		} else {
			weights[n], most = minor, most+minor
		}
	}
	if d.Amount == nil {
		return parts, nil
	}
	rest := d.Amount.Minor() - fixed
	switch {
	case rest < 0 || rest > 0 && most == 0 && fixed > 0, rest == 0 && most > 0:
		return nil, s.notTheSame(options, d.Amount.Minor(), fixed)
	case rest > most:
		return nil, stop(exceptions.RefundExceedsRefundable, "Shopify gave back %s; TikTok gives back at most %s for these goods.", d.Amount.Text(), s.text(fixed+most))
	}
	whole, err := money.FromMinor(rest, s.currency)
	if err != nil {
		return nil, stop(exceptions.RefundNotUnderstood, "Its amounts cannot be read.")
	}
	shares, err := money.Allocate(whole, weights)
	if err != nil {
		return nil, stop(exceptions.RefundNotUnderstood, "Its amounts cannot be split.")
	}
	for n, o := range options {
		if !o.Fixed() {
			parts[n] = shares[n].Minor()
		}
	}
	return parts, nil
}

// answered tells why an option cannot be taken, as TikTok says.
func (s *settling) answered(o picked) *Halt {
	switch {
	case o.Refused != "":
		return stop(exceptions.RefundIneligible, "TikTok does not calculate it: %s.", strings.TrimSuffix(o.Refused, "."))
	case o.Request == "" && !o.Allowed && o.Kind == links.ApproveCancellation:
		return stop(exceptions.CancelOpenAtTikTok, "TikTok does not let the request be approved now.")
	case o.Request == "" && !o.Allowed:
		return stop(exceptions.ReturnOpenAtTikTok, "TikTok does not let the request be approved now.")
	}
	return nil
}

// notTheSame is for an amount that no call can give back: TikTok fixes what a
// cancellation, or the buyer's own request, gives back.
func (s *settling) notTheSame(options []picked, amount, fixed int64) *Halt {
	code := exceptions.RefundPartialUnshipped
	if slices.ContainsFunc(options, func(o picked) bool { return o.Kind == links.ApproveReturn }) {
		code = exceptions.ReturnOpenAtTikTok
	} else if slices.ContainsFunc(options, func(o picked) bool { return o.Kind == links.ApproveCancellation }) {
		code = exceptions.CancelOpenAtTikTok
	} else if amount > fixed {
		code = exceptions.RefundExceedsRefundable
	}
	return stop(code, "Shopify gave back %s; TikTok gives back %s, no more and no less.", s.text(amount), s.text(fixed))
}

// within keeps the rule that everything given back and on its way, whoever
// began it, is at most what the buyer paid.
func (s *settling) within(options []picked, amounts []int64) *Halt {
	paid := sums{currency: s.currency}
	paid.add(s.Order.Payment.TotalAmount)
	spent := sums{currency: s.currency}
	var cases []string
	for _, c := range s.Cases {
		approving := slices.ContainsFunc(options, func(o picked) bool { return o.Case == c.ID })
		if c.live() && !approving {
			spent.add(c.Amount)
		}
		cases = append(cases, c.ID)
	}
	for _, refund := range s.All {
		for _, step := range refund.Steps {
			if step.State.Stands() && step.Kind != links.GivenByTikTok && !slices.Contains(cases, step.Case) {
				spent.add(step.Amount)
			}
		}
	}
	spent.minor += s.unlisted()
	before := spent.minor
	for _, amount := range amounts {
		spent.minor += amount
	}
	switch {
	case paid.err != nil || spent.err != nil:
		return stop(exceptions.RefundNotUnderstood, "What the buyer paid, or was given back, cannot be read.")
	case spent.minor > paid.minor:
		return stop(exceptions.RefundExceedsRefundable, "The buyer paid %s; %s of it went back or is on its way, and %s more would be too much.",
			s.text(paid.minor), s.text(before), s.text(spent.minor-before))
	}
	return nil
}

// unlisted is what units are worth that are cancelled with no case at TikTok: the
// buyer has the money for them all the same.
func (s *settling) unlisted() int64 {
	d := drafting{Truth: s.Truth, sums: sums{currency: s.currency}}
	var sum int64
	for _, item := range s.Order.LineItems {
		if item.Cancelled() && s.Cases.of(item.ID) == nil {
			sum += d.worth(item.ID)
		}
	}
	return sum
}

// steps writes the calls, and after them what needs none: a return of nothing,
// and what TikTok gave back without us.
func (s *settling) steps(d Draft, options []picked, amounts []int64) ([]links.RefundStep, *Halt) {
	number := 0
	for _, step := range s.Refund.Steps {
		if step.State != links.StepPlanned { // the same plan made anew has the same numbers, and keys
			number = max(number, step.Number)
		}
	}
	var calls, rest []links.RefundStep
	for n, o := range options {
		step := links.RefundStep{
			Kind: o.Kind, Units: o.units, Amount: s.decimal(amounts[n]), Reason: o.Reason,
			State: links.StepPlanned, Attempt: s.refusedBefore(o.units), Case: o.Case,
		}
		if amounts[n] == 0 && !o.Fixed() {
			rest = append(rest, step)
			continue
		}
		number++
		step.Number = number
		call, err := s.call(step, o.Option)
		if err != nil {
			return nil, stop(exceptions.RefundNotUnderstood, "The call cannot be made: %v.", err)
		}
		step.Call = call
		calls = append(calls, step)
	}
	for _, given := range d.Given {
		rest = append(rest, links.RefundStep{
			Kind: links.GivenByTikTok, Units: given.Units, Amount: given.Amount, State: links.StepPlanned, Case: given.Case,
		})
	}
	for n := range rest {
		number++
		rest[n].Number = number
	}
	return append(calls, rest...), nil
}

func (s *settling) call(step links.RefundStep, o Option) (tiktok.Write, error) {
	key := s.key(step, o)
	switch step.Kind {
	case links.CancelUnits:
		return tiktok.CancelUnits{OrderID: s.Order.ID, Units: step.Units, Reason: step.Reason}.Write()
	case links.OpenReturn:
		return tiktok.Refund{
			OrderID: s.Order.ID, Units: step.Units, Reason: step.Reason, Total: step.Amount, Currency: string(s.currency), Key: key,
		}.Write()
	case links.ApproveReturn:
		return tiktok.Approval{
			ReturnID: tiktok.ReturnID(o.Case), Decision: o.Decision, BuyerKeepsItem: o.Decision == tiktok.ApproveReturn, Key: key,
		}.Write()
	case links.ApproveCancellation:
		return tiktok.CancelApproval(tiktok.CancelID(o.Case), key)
	}
	return tiktok.Write{}, fmt.Errorf("%q is no kind of step", step.Kind)
}

// key names one call: the same step asks under the same key, one that TikTok
// refused and that is asked again under another.
func (s *settling) key(step links.RefundStep, o Option) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s|%s|%s|%d|%d|%s|%s|%s|%s|%s", s.Refund.Shop, s.Order.ID, s.Refund.ID, step.Number, step.Attempt,
		step.Kind, step.Amount, step.Reason, o.Case, o.Decision)
	for _, unit := range step.Units {
		_, _ = fmt.Fprintf(h, "|%s", unit)
	}
	return "switchback-" + hex.EncodeToString(h.Sum(nil)[:16])
}

// refusedBefore counts the calls for one of the units that TikTok refused.
func (s *settling) refusedBefore(units []tiktok.LineItemID) int {
	n := 0
	for _, step := range s.Refund.Steps {
		shared := slices.ContainsFunc(step.Units, func(u tiktok.LineItemID) bool { return slices.Contains(units, u) })
		if step.State == links.StepRefused && shared {
			n++
		}
	}
	return n
}

func (s *settling) minor(a tiktok.RefundAmount) (int64, *Halt) {
	if a.Currency != string(s.currency) {
		return 0, stop(exceptions.RefundCurrency, "TikTok calculates in %.8q, the order is in %s.", a.Currency, s.currency)
	}
	sum := sums{currency: s.currency}
	sum.add(a.RefundTotal)
	if sum.err != nil || sum.minor < 0 || a.RefundTotal == "" {
		return 0, stop(exceptions.RefundNotUnderstood, "TikTok's amount cannot be read.")
	}
	return sum.minor, nil
}

func (s *settling) decimal(minor int64) string {
	a, err := money.FromMinor(minor, s.currency)
	if err != nil {
		return ""
	}
	return a.String()
}

func (s *settling) text(minor int64) string { return s.decimal(minor) + " " + string(s.currency) }
