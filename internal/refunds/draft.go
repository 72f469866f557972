package refunds

import (
	"cmp"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Truth is all that a plan is made from, read just before.
type Truth struct {
	Order tiktok.Order
	Lines []links.Line
	// Refund is the one to plan, with its units; a cancellation in Shopify has no amount.
	Refund links.Refund
	// All are the order's refunds in the ledger, the one to plan among them.
	All         []links.Refund
	Cases       Cases
	Eligibility tiktok.Eligibility
	// Reason is why the goods came back, as ClaimOf found it.
	Reason  string
	Reasons Reasons
}

// Draft is a plan before TikTok was asked for amounts.
type Draft struct {
	Groups []Group
	// Together are the units of all groups that may be cancelled, where they are
	// several: one call cancels them, because what TikTok gives back for the last
	// units of an order, shipping included, is known only if they are asked for at once.
	Together *Group
	// Given is what needs no call: TikTok gave it back without us.
	Given []Given
	// Amount is what the groups give back together; nil for a cancellation, which gives back what TikTok says.
	Amount *money.Amount
}

// Group are units that go in one call: never out of two packages.
type Group struct {
	Units []tiktok.LineItemID
	// Options are the calls that may be right, the better first: at least one.
	Options []Option
}

// Option is one way to give a group's money back. Whoever has the draft fills
// in what TikTok answers.
type Option struct {
	Kind   links.StepKind
	Reason string
	// Request is what Calculate is asked; empty for an approval, of which
	// DecisionEligibility is asked with Case and Decision.
	Request  tiktok.RequestType
	Case     string
	Decision tiktok.Decision

	// Amount answers Calculate: the most for a return, exactly it for a
	// cancellation. For an approval it is set beforehand.
	Amount tiktok.RefundAmount
	// Allowed answers DecisionEligibility.
	Allowed bool
	// Refused is why TikTok does not calculate.
	Refused string
}

// Ask has every option answered, before any is chosen.
func (d *Draft) Ask(answer func(units []tiktok.LineItemID, o *Option) error) error {
	groups := slices.Clone(d.Groups)
	if d.Together != nil {
		groups = append(groups, *d.Together)
	}
	for _, g := range groups {
		for n := range g.Options {
			if g.Options[n].Refused != "" {
				continue
			}
			if err := answer(g.Units, &g.Options[n]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Fixed tells whether the option gives back its amount and no other.
func (o Option) Fixed() bool { return o.Kind != links.OpenReturn }

// DraftOf decides by what each unit is at TikTok now which calls a refund takes.
// Steps that TikTok took before are left out with their units and their money.
func DraftOf(t Truth) (Draft, *Halt) {
	d := draftingOf(t)
	units := remaining(t.Refund)
	open, halt := d.covered(units)
	if halt != nil {
		return Draft{}, halt
	}
	if halt := d.group(open); halt != nil {
		return Draft{}, halt
	}
	draft := Draft{Groups: d.groups, Given: d.given, Together: d.together()}
	if t.Refund.Amount != "" {
		left, err := d.sums.amount()
		if err != nil {
			return Draft{}, stop(exceptions.RefundNotUnderstood, "Its amounts cannot be read.")
		}
		draft.Amount = &left
	}
	return draft, nil
}

// remaining lists the units that no standing step has.
func remaining(r links.Refund) []tiktok.LineItemID {
	return slices.DeleteFunc(slices.Clone(r.Units), func(unit tiktok.LineItemID) bool {
		return slices.ContainsFunc(r.Steps, func(s links.RefundStep) bool { return s.State.Stands() && slices.Contains(s.Units, unit) })
	})
}

// drafting collects groups; sums holds the money that is still to be given back.
type drafting struct {
	Truth
	sums   sums
	groups []Group
	given  []Given
}

// draftingOf begins with the money that no standing step has.
func draftingOf(t Truth) *drafting {
	d := &drafting{Truth: t, sums: sums{currency: money.Currency(t.Order.Payment.Currency)}}
	d.sums.add(t.Refund.Amount)
	for _, step := range t.Refund.Steps {
		if step.State.Stands() {
			d.sums.minor -= d.sums.read(step.Amount)
		}
	}
	return d
}

// group sorts units by what is to be done with them.
func (d *drafting) group(units []tiktok.LineItemID) *Halt {
	for _, unit := range units {
		if d.grouped(unit) {
			continue
		}
		if c := d.Cases.of(unit); c != nil {
			if halt := d.answer(*c, units); halt != nil {
				return halt
			}
			continue
		}
		kinds, halt := kindsFor(d.status(unit), d.Refund.Amount == "")
		if halt != nil {
			return halt
		}
		same := func(other tiktok.LineItemID) bool {
			again, halt := kindsFor(d.status(other), d.Refund.Amount == "")
			return halt == nil && slices.Equal(kinds, again) && d.Cases.of(other) == nil && d.parcel(unit) == d.parcel(other)
		}
		var together []tiktok.LineItemID
		for _, other := range units {
			if same(other) {
				together = append(together, other)
			}
		}
		group, halt := d.options(together, kinds)
		if halt != nil {
			return halt
		}
		d.groups = append(d.groups, group)
	}
	return nil
}

// kindsFor is the matrix: what the seller may do with a unit in that status.
// Units have no PARTIALLY_SHIPPING in TikTok's order document, orders do: where one
// says so all the same, eligibility decides.
func kindsFor(s tiktok.OrderStatus, cancelOnly bool) ([]links.StepKind, *Halt) {
	switch s {
	case tiktok.Unpaid:
		return nil, wait(NotPaidYet)
	case tiktok.OnHold, tiktok.AwaitingShipment:
		return []links.StepKind{links.CancelUnits}, nil
	case tiktok.AwaitingCollection, tiktok.PartiallyShipping:
		if cancelOnly {
			return []links.StepKind{links.CancelUnits}, nil
		}
		return []links.StepKind{links.CancelUnits, links.OpenReturn}, nil
	case tiktok.InTransit, tiktok.Delivered, tiktok.Completed:
		if cancelOnly {
			return nil, stop(exceptions.CancelTooLate, "At TikTok it is %s.", s)
		}
		if s == tiktok.Completed {
			return nil, stop(exceptions.RefundOrderCompleted, "")
		}
		return []links.StepKind{links.OpenReturn}, nil
	}
	return nil, stop(exceptions.RefundNotUnderstood, "TikTok's status %.40q is not known.", string(s))
}

// answer makes a group of what the buyer asked for, where a program may say yes:
// to a request for the same units, and to no return where the order was cancelled.
func (d *drafting) answer(c Case, units []tiktok.LineItemID) *Halt {
	code := exceptions.ReturnOpenAtTikTok
	if !c.Return {
		code = exceptions.CancelOpenAtTikTok
	}
	if c.decision == "" || !sameUnits(c.Units, units) || c.Return && d.Refund.Amount == "" {
		return stop(code, "It is about %s, in units: %d; what Shopify took back, in units: %d.", d.money(c.Amount), len(c.Units), len(units))
	}
	kind := links.ApproveReturn
	if !c.Return {
		kind = links.ApproveCancellation
	}
	d.groups = append(d.groups, Group{Units: c.Units, Options: []Option{{
		Kind: kind, Case: c.ID, Decision: c.decision,
		Amount: tiktok.RefundAmount{RefundTotal: c.Amount, Currency: string(d.sums.currency)},
	}}})
	return nil
}

// options asks eligibility which kinds TikTok takes for the units, and with which reasons.
func (d *drafting) options(units []tiktok.LineItemID, kinds []links.StepKind) (Group, *Halt) {
	group := Group{Units: units}
	var halt *Halt
	for _, kind := range kinds {
		request := tiktok.RequestRefund
		if kind == links.CancelUnits {
			request = tiktok.RequestCancel
		}
		reasons, why := d.allowed(request, units)
		if why != nil {
			halt = cmpHalt(halt, why)
			continue
		}
		reason, why := d.Reasons.choose(kind, d.Reason, reasons)
		if why != nil {
			halt = cmpHalt(halt, why)
			continue
		}
		group.Options = append(group.Options, Option{Kind: kind, Request: request, Reason: reason})
	}
	if len(group.Options) == 0 {
		return Group{}, halt
	}
	return group, nil
}

// together is nil where there are not several groups to cancel. Without a reason
// that TikTok takes for all of them it is no way to go.
func (d *drafting) together() *Group {
	var units []tiktok.LineItemID
	groups := 0
	for _, g := range d.groups {
		if g.Options[0].Kind == links.CancelUnits {
			units = append(units, g.Units...)
			groups++
		}
	}
	if groups < 2 {
		return nil
	}
	units = inOrder(units, d.Lines)
	group, halt := d.options(units, []links.StepKind{links.CancelUnits})
	if halt != nil {
		return &Group{Units: units, Options: []Option{{Kind: links.CancelUnits, Refused: halt.Detail}}}
	}
	return &group
}

func cmpHalt(first, next *Halt) *Halt {
	if first != nil {
		return first
	}
	return next
}

// allowed lists the reasons that TikTok takes for every one of the units.
func (d *drafting) allowed(request tiktok.RequestType, units []tiktok.LineItemID) ([]string, *Halt) {
	var reasons []string
	for n, unit := range units {
		e, told := d.Eligibility.Of(request, unit)
		if !told || !e.Eligible {
			why := strings.TrimSpace(e.IneligibleReason)
			if why == "" {
				why = "it gives no reason"
			}
			return nil, stop(exceptions.RefundIneligible, "TikTok does not take %s for unit %s: %s.", request, unit, strings.TrimSuffix(why, "."))
		}
		if n == 0 {
			reasons = slices.Clone(e.Reasons)
		}
		reasons = slices.DeleteFunc(reasons, func(name string) bool { return !slices.Contains(e.Reasons, name) })
	}
	return reasons, nil
}

func (d *drafting) grouped(unit tiktok.LineItemID) bool {
	return slices.ContainsFunc(d.groups, func(g Group) bool { return slices.Contains(g.Units, unit) })
}

func (d *drafting) item(unit tiktok.LineItemID) tiktok.LineItem {
	for _, item := range d.Order.LineItems {
		if item.ID == unit {
			return item
		}
	}
	return tiktok.LineItem{}
}

// status is the unit's, which may differ from its order's; the order's where the
// unit has none.
func (d *drafting) status(unit tiktok.LineItemID) tiktok.OrderStatus {
	return cmp.Or(d.item(unit).DisplayStatus, d.Order.Status)
}

// parcel is the unit's package; units that are not shipped have none.
func (d *drafting) parcel(unit tiktok.LineItemID) tiktok.PackageID {
	if unshipped(d.status(unit)) {
		return ""
	}
	return d.item(unit).PackageID
}

func (d *drafting) decimal(minor int64) string {
	a, err := money.FromMinor(minor, d.sums.currency)
	if err != nil {
		return ""
	}
	return a.String()
}

func (d *drafting) text(minor int64) string {
	a, err := money.FromMinor(minor, d.sums.currency)
	if err != nil {
		return "an amount that cannot be read"
	}
	return a.Text()
}

func (d *drafting) money(decimal string) string { return d.text(d.sums.read(decimal)) }
