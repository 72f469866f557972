package refunds

import (
	"slices"

	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Cases are what TikTok has of an order after the sale: its returns and its
// cancellations, in one form.
type Cases []Case

// Case is a return or a cancellation at TikTok.
type Case struct {
	ID     string
	Return bool
	Role   tiktok.Role
	Units  []tiktok.LineItemID
	// Amount is what it gives back, a decimal.
	Amount string
	// Reason and Created (unix seconds) tell our own request from another of the same units.
	Reason  string
	Created int64

	phase    tiktok.Phase
	currency string
	// next is the id under which an edited request goes on.
	next string
	// unit holds what TikTok names as each unit's share: of a bundle one for each component.
	unit map[tiktok.LineItemID][]string
	// goodsCameBack: the seller has, or gets, the goods.
	goodsCameBack bool
	// decision is what says yes to the buyer's request as it stands; empty where nothing does.
	decision tiktok.Decision
}

// Phase is what the case means for the buyer's money.
func (c Case) Phase() tiktok.Phase { return c.phase }

// CasesOf brings TikTok's lists into one form.
func CasesOf(returns []tiktok.Return, cancellations []tiktok.Cancellation) Cases {
	var cases Cases
	for _, r := range returns {
		c := Case{
			ID: string(r.ID), Return: true, Role: r.Role, Units: r.Units(), Amount: r.Amount.RefundTotal, Reason: r.Reason,
			Created: r.CreateTime, phase: r.Status.Phase(), currency: r.Amount.Currency, unit: map[tiktok.LineItemID][]string{}, decision: decisionOn(r),
			goodsCameBack: r.Type == tiktok.ReturnAndRefund && r.TrackingNumber != "",
		}
		for _, line := range r.Lines {
			c.unit[line.Unit] = append(c.unit[line.Unit], line.Amount.RefundTotal)
		}
		if r.Next != "0" {
			c.next = string(r.Next)
		}
		cases = append(cases, c)
	}
	for _, n := range cancellations {
		c := Case{
			ID: string(n.ID), Role: n.Role, Units: n.Units(), Amount: n.Amount.RefundTotal, Reason: n.Reason,
			Created: n.CreateTime, phase: n.Status.Phase(), currency: n.Amount.Currency, unit: map[tiktok.LineItemID][]string{},
		}
		for _, line := range n.Lines {
			c.unit[line.Unit] = append(c.unit[line.Unit], line.Amount.RefundTotal)
		}
		if n.Type == tiktok.CancelByBuyer && n.Status == tiktok.CancelPending {
			c.decision = tiktok.ApproveRequestCancel
		}
		cases = append(cases, c)
	}
	return cases
}

// live tells whether the case may still give money back, or did.
func (c Case) live() bool { return c.phase != tiktok.PhaseClosed && c.next == "" }

// settled tells whether the buyer has the money or gets it without anybody's doing.
func (c Case) settled() bool { return c.phase == tiktok.PhasePaid || c.phase == tiktok.PhaseApproved }

// decisionOn is the decision that gives the buyer the money of an open return.
// An offer of part of the money, a dispute, and what somebody other than the buyer
// asked for are not decided by a program.
func decisionOn(r tiktok.Return) tiktok.Decision {
	if r.Role != tiktok.RoleBuyer || r.ArbitrationStatus == "IN_PROGRESS" || r.PartialRefund != nil || r.SellerProposed != "" && r.SellerProposed != string(r.Type) {
		return ""
	}
	switch {
	case r.Status == tiktok.ReturnPending && r.Type == tiktok.ReturnRefund:
		return tiktok.ApproveRefund
	case r.Status == tiktok.ReturnPending && r.Type == tiktok.ReturnAndRefund:
		return tiktok.ApproveReturn
	case r.Status == tiktok.ReturnBuyerShipped && r.Type == tiktok.ReturnAndRefund:
		return tiktok.ApproveReceivedPackage
	}
	return ""
}

// of is the live case that a unit is in; nil for none. A unit that was paid for
// once counts as that, whatever else is asked for it.
func (t Cases) of(unit tiktok.LineItemID) *Case {
	var found *Case
	for i := range t {
		if t[i].live() && slices.Contains(t[i].Units, unit) && (found == nil || t[i].settled()) {
			found = &t[i]
		}
	}
	return found
}

// Find is the case with that id, or what became of it when it was edited; nil
// when TikTok does not have it.
func (t Cases) Find(id string) *Case {
	for range len(t) {
		i := slices.IndexFunc(t, func(c Case) bool { return c.ID == id })
		if i < 0 || t[i].next == "" {
			return t.at(i)
		}
		id = t[i].next
	}
	return nil
}

func (t Cases) at(i int) *Case {
	if i < 0 {
		return nil
	}
	return &t[i]
}
