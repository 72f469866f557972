package refunds_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// situation is a case as testdata keeps it: what both sides and the ledger say.
// README.md there describes the fields.
type situation struct {
	Paid, Currency, Shipping string
	Units                    []struct {
		ID            tiktok.LineItemID
		Line, Gone    string
		Status        tiktok.OrderStatus
		Package       tiktok.PackageID
		Most, Written string
	}
	Refund *struct {
		Lines                     map[string]int
		Restock, Currency, Reason string
		Tags                      []string
		Transactions              []shopify.RefundTransaction
	}
	Steps         []links.RefundStep
	Others        []links.Refund
	Returns       []tiktok.Return
	Cancellations []tiktok.Cancellation
	Ineligible    map[tiktok.RequestType]string
	Reasons       map[tiktok.RequestType][]string
	Uncalculated  map[tiktok.RequestType]string
	Calculates    string // the currency in which TikTok calculates
	NotAllowed    bool
	Table         map[string]string
}

const theRefund = "gid://shopify/Refund/1"

func lineGID(line string) shopify.GID { return shopify.GID("gid://shopify/LineItem/" + line) }

func (c situation) currency() money.Currency { return money.Currency(cmp.Or(c.Currency, "USD")) }

// truth is what a plan is made from, but the refund.
func (c situation) truth() refunds.Truth {
	t := refunds.Truth{
		Order:   tiktok.Order{ID: "576900000000010001", Payment: tiktok.Payment{Currency: string(c.currency()), TotalAmount: c.Paid}},
		Cases:   refunds.CasesOf(c.Returns, c.Cancellations),
		Reasons: refunds.ReasonsOf(c.Table),
		Refund:  links.Refund{Shop: "demo.myshopify.com", Order: "576900000000010001", ID: theRefund, Steps: c.Steps},
	}
	for _, u := range c.Units {
		t.Order.LineItems = append(t.Order.LineItems, tiktok.LineItem{ID: u.ID, DisplayStatus: u.Status, PackageID: u.Package})
		at := slices.IndexFunc(t.Lines, func(l links.Line) bool { return l.ShopifyLine == lineGID(u.Line) })
		if at < 0 {
			at, t.Lines = len(t.Lines), append(t.Lines, links.Line{ShopifyLine: lineGID(u.Line), UnitPrice: cmp.Or(u.Written, u.Most)})
		}
		t.Lines[at].Quantity++
		t.Lines[at].Units = append(t.Lines[at].Units, links.Unit{ID: u.ID, Status: u.Status, Package: u.Package, Gone: u.Gone})
		for request, reasons := range c.reasons(u.Status) {
			e := tiktok.UnitEligibility{Request: request, Units: []tiktok.LineItemID{u.ID}, Eligible: true, Reasons: reasons}
			if why, no := c.Ineligible[request]; no {
				e.Eligible, e.IneligibleReason = false, why
			}
			t.Eligibility = append(t.Eligibility, e)
		}
	}
	return t
}

// reasons are those that TikTok takes for a unit in a status; none: not eligible.
func (c situation) reasons(s tiktok.OrderStatus) map[tiktok.RequestType][]string {
	all := map[tiktok.RequestType][]string{
		tiktok.RequestCancel: {"seller_cancel_reason_out_of_stock", "seller_cancel_paid_reason_buyer_requested_cancellation"},
		tiktok.RequestRefund: {"ecom_order_delivered_refund_reason_not_match_description_seller", "ecom_order_delivered_refund_reason_damaged_seller"},
	}
	for request, names := range c.Reasons {
		all[request] = names
	}
	switch s {
	case tiktok.OnHold, tiktok.AwaitingShipment:
		delete(all, tiktok.RequestRefund)
	case tiktok.InTransit, tiktok.Delivered:
		delete(all, tiktok.RequestCancel)
	case tiktok.AwaitingCollection, tiktok.PartiallyShipping:
	default:
		return nil
	}
	return all
}

// shopifyRefund is the refund as Shopify tells it.
func (c situation) shopifyRefund() shopify.Refund {
	s := shopify.Refund{
		ID: theRefund, Order: "gid://shopify/Order/1", Currency: cmp.Or(c.Refund.Currency, string(c.currency())), OrderTags: c.Refund.Tags,
	}
	lines := make([]string, 0, len(c.Refund.Lines))
	for line := range c.Refund.Lines {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	for _, line := range lines {
		s.Lines = append(s.Lines, shopify.RefundLine{Line: lineGID(line), Quantity: c.Refund.Lines[line], RestockType: cmp.Or(c.Refund.Restock, "RETURN")})
	}
	for _, t := range c.Refund.Transactions {
		t.Kind, t.Status, t.Gateway = cmp.Or(t.Kind, "REFUND"), cmp.Or(t.Status, "SUCCESS"), cmp.Or(t.Gateway, refunds.Gateway)
		s.Transactions = append(s.Transactions, t)
	}
	if c.Refund.Reason != "" {
		s.Return = &shopify.RefundReturn{Reasons: []shopify.ReturnReason{{Code: c.Refund.Reason}}}
	}
	return s
}

// planned is what a plan of the case says, all the way from Shopify's refund to the calls.
func (c situation) planned() (refunds.Truth, []links.RefundStep, *refunds.Halt) {
	t := c.truth()
	if c.Refund == nil { // the order was cancelled in Shopify
		t.Refund.ID = "gid://shopify/Order/1"
		for _, line := range t.Lines {
			for _, unit := range line.Units {
				if unit.Gone == "" {
					t.Refund.Units = append(t.Refund.Units, unit.ID)
				}
			}
		}
	} else {
		s := c.shopifyRefund()
		claim, halt := refunds.ClaimOf(s, c.currency())
		if halt != nil {
			return t, nil, halt
		}
		t.Refund.Amount, t.Reason = claim.Amount.String(), claim.Reason
		if t.Refund.Units, halt = refunds.Assign(s, t.Lines, t.Cases); halt != nil {
			return t, nil, halt
		}
	}
	t.All = append(slices.Clone(c.Others), t.Refund)
	draft, halt := refunds.DraftOf(t)
	if halt != nil {
		return t, nil, halt
	}
	c.answer(draft)
	steps, halt := refunds.Settle(t, draft)
	return t, steps, halt
}

// answer fills in what TikTok says: a unit's most, and the order's shipping with the last of its units.
func (c situation) answer(d refunds.Draft) {
	_ = d.Ask(func(units []tiktok.LineItemID, option *refunds.Option) error {
		sum := c.minor("0")
		for _, u := range c.Units {
			if slices.Contains(units, u.ID) {
				sum += c.minor(cmp.Or(u.Most, "0"))
			}
		}
		if len(units) == len(c.Units) {
			sum += c.minor(cmp.Or(c.Shipping, "0"))
		}
		option.Allowed, option.Refused = !c.NotAllowed, c.Uncalculated[option.Request]
		if option.Request != "" {
			option.Amount = tiktok.RefundAmount{Currency: cmp.Or(c.Calculates, string(c.currency())), RefundTotal: c.decimal(sum)}
		}
		return nil
	})
}

func (c situation) minor(text string) int64 {
	a, err := money.Parse(text, c.currency())
	if err != nil {
		panic(err) // a fault of the case
	}
	return a.Minor()
}

func (c situation) decimal(minor int64) string {
	a, err := money.FromMinor(minor, c.currency())
	if err != nil {
		panic(err)
	}
	return a.String()
}

// told is a plan in lines that a person can read.
func told(steps []links.RefundStep, halt *refunds.Halt) string {
	var b strings.Builder
	fact := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, " %s=%s", name, value)
		}
	}
	if halt != nil {
		b.WriteString(string(halt.State))
		fact("code", string(halt.Code))
		fact("reason", halt.Reason)
		fact("case", halt.Case)
		fact("detail", halt.Detail)
		return b.String() + "\n"
	}
	for _, step := range steps {
		fmt.Fprintf(&b, "%d %s", step.Number, step.Kind)
		units := make([]string, len(step.Units))
		for n, unit := range step.Units {
			units[n] = string(unit)
		}
		fact("units", strings.Join(units, ","))
		fact("amount", step.Amount)
		fact("state", string(step.State))
		fact("case", step.Case)
		if step.Attempt > 0 {
			fact("attempt", fmt.Sprint(step.Attempt))
		}
		if step.Call.Op != "" {
			fmt.Fprintf(&b, "\n  %s %s\n  %s", step.Call.Method, step.Call.Path, step.Call.Body)
		}
		b.WriteString("\n")
	}
	return cmp.Or(b.String(), "nothing\n")
}

// tester is what *testing.T and *rapid.T have in common here.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
}

// wholesome checks what is true of every plan.
func wholesome(t tester, c situation, truth refunds.Truth, steps []links.RefundStep) {
	t.Helper()
	var sum int64
	seen := map[tiktok.LineItemID]bool{}
	for _, step := range append(standing(truth.Refund.Steps), steps...) {
		sum += c.minor(step.Amount)
		parcels := map[tiktok.PackageID]bool{}
		for _, unit := range step.Units {
			if seen[unit] || !slices.Contains(truth.Refund.Units, unit) {
				t.Errorf("unit %s is in two steps, or none of the refund's", unit)
			}
			seen[unit] = true
			i := slices.IndexFunc(truth.Order.LineItems, func(l tiktok.LineItem) bool { return l.ID == unit })
			parcels[truth.Order.LineItems[i].PackageID] = true
		}
		if step.Kind == links.OpenReturn && len(parcels) != 1 {
			t.Errorf("step %d is about %d parcels", step.Number, len(parcels))
		}
	}
	if len(seen) != len(truth.Refund.Units) {
		t.Errorf("%d of %d units are in a step", len(seen), len(truth.Refund.Units))
	}
	if truth.Refund.Amount != "" && sum != c.minor(truth.Refund.Amount) {
		t.Errorf("the steps give back %s of %s", c.decimal(sum), truth.Refund.Amount)
	}
}

func standing(steps []links.RefundStep) []links.RefundStep {
	return slices.DeleteFunc(slices.Clone(steps), func(s links.RefundStep) bool { return !s.State.Stands() })
}
