package tiktok_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// sold is an order of n mugs in a status, and its units.
func (r *rig) sold(t *testing.T, n int, status string) (tiktok.OrderID, []tiktok.LineItemID) {
	t.Helper()
	unit := tiktoksim.SampleUnit()
	unit.Count = n
	id, err := r.sim.PlaceOrder(usShop, tiktoksim.OrderSpec{Units: []tiktoksim.Unit{unit}, Status: status, Shipping: tiktoksim.Shipping{Original: 500}})
	check(t, err)
	order, _ := r.sim.Order(id)
	var units []tiktok.LineItemID
	for _, line := range order.LineIDs {
		units = append(units, tiktok.LineItemID(line))
	}
	return tiktok.OrderID(id), units
}

func (r *rig) refund(t *testing.T, id tiktok.OrderID, total, key string, units ...tiktok.LineItemID) (tiktok.Written, error) {
	t.Helper()
	w, err := tiktok.Refund{OrderID: id, Units: units, Reason: notDescribed, Total: total, Currency: "USD", Key: key}.Write()
	check(t, err)
	return r.Send(t.Context(), usSeat, w)
}

func TestRefundGoesRound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, units := r.sold(t, 2, "DELIVERED")
	eligible, err := r.Eligibility(t.Context(), usSeat, id, tiktok.RequestRefund, tiktok.RequestCancel)
	check(t, err)
	may, said := eligible.Of(tiktok.RequestRefund, units[1])
	if !said || !may.Eligible || !slices.Contains(may.Reasons, notDescribed) || len(may.Units) != 2 {
		t.Errorf("refund: %+v", may)
	}
	if no, said := eligible.Of(tiktok.RequestCancel, units[1]); !said || no.Eligible || no.IneligibleCode != 25001003 {
		t.Errorf("cancel: %+v", no)
	}
	if _, said := eligible.Of(tiktok.RequestReturnAndRefund, units[1]); said {
		t.Error("an answer to what was not asked")
	}
	most, err := r.Calculate(t.Context(), usSeat, id, tiktok.RequestRefund, notDescribed, units[:1])
	check(t, err)
	want := tiktok.RefundAmount{Currency: "USD", RefundTotal: "19.49", RefundSubtotal: "18.00", RefundShippingFee: "0.00", RefundTax: "1.49"}
	if diff := cmp.Diff(want, most); diff != "" {
		t.Errorf("calculated (-want +got):\n%s", diff)
	}
	if _, err := r.Calculate(t.Context(), usSeat, id, tiktok.RequestRefund, notDescribed, nil); err == nil {
		t.Error("the whole order was calculated where no unit was named")
	}
	written, err := r.refund(t, id, "15.00", "key-1", units[0])
	check(t, err)
	if written.ReturnStatus != tiktok.ReturnSuccess || written.RequestID == "" {
		t.Errorf("answer %+v", written)
	}
	returns, err := r.OrderReturns(t.Context(), usSeat, id)
	check(t, err)
	if len(returns) != 1 || returns[0].ID != written.ReturnID || returns[0].Role != tiktok.RoleSeller || returns[0].Amount.RefundTotal != "15.00" ||
		returns[0].Status.Phase() != tiktok.PhasePaid || !slices.Equal(returns[0].Units(), units[:1]) || returns[0].Lines[0].Amount.RefundTotal != "15.00" {
		t.Errorf("returns %+v", returns)
	}
	records, err := r.ReturnRecords(t.Context(), usSeat, written.ReturnID)
	check(t, err)
	if len(records) != 2 || records[0].Role != tiktok.RoleSeller {
		t.Errorf("records %+v", records)
	}
}

func TestCancellationGoesRound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, units := r.sold(t, 2, "AWAITING_SHIPMENT")
	w, err := tiktok.CancelUnits{OrderID: id, Units: units[:1], Reason: "seller_cancel_paid_reason_buyer_requested_cancellation"}.Write()
	check(t, err)
	written, err := r.Send(t.Context(), usSeat, w)
	check(t, err)
	all, err := r.OrderCancellations(t.Context(), usSeat, id)
	check(t, err)
	if len(all) != 1 || all[0].ID != written.CancelID || written.CancelStatus != tiktok.CancelSuccess || all[0].Status != tiktok.CancelComplete ||
		all[0].Type != tiktok.CancelPlain || !slices.Equal(all[0].Units(), units[:1]) || all[0].Amount.RefundTotal != "19.49" {
		t.Errorf("answer %+v, cancellations %+v", written, all)
	}
	if _, err = r.Send(t.Context(), usSeat, w); tiktok.OutcomeOf(err) != tiktok.OutcomeRefused || tiktok.ObjectionOf(err) != tiktok.ObjectsInProgress {
		t.Errorf("the same again: %v", err)
	}
	buyers, err := r.sim.RequestCancel(string(id), tiktoksim.Cancellation{})
	check(t, err)
	may, err := r.CancelDecisions(t.Context(), usSeat, tiktok.CancelID(buyers), tiktok.ApproveRequestCancel, tiktok.RejectRequestCancel)
	check(t, err)
	reasons, err := r.RejectReasonsOfCancellation(t.Context(), usSeat, tiktok.CancelID(buyers))
	check(t, err)
	if !may.Allows(tiktok.ApproveRequestCancel) || !may.Allows(tiktok.RejectRequestCancel) || may.Allows(tiktok.ApproveRefund) || may[1].RejectReasons[0] != reasons[0] {
		t.Errorf("decisions %+v, reasons %+v", may, reasons)
	}
	no, err := tiktok.CancelRejection(tiktok.CancelID(buyers), "key-1", reasons[0].Name, "packed")
	check(t, err)
	_, err = r.Send(t.Context(), usSeat, no)
	check(t, err)
	yes, err := tiktok.CancelApproval(tiktok.CancelID(buyers), "key-2")
	check(t, err)
	if _, err = r.Send(t.Context(), usSeat, yes); tiktok.ObjectionOf(err) != tiktok.ObjectsDecision {
		t.Errorf("approved after it was rejected: %v", err)
	}
	all, err = r.OrderCancellations(t.Context(), usSeat, id)
	check(t, err)
	if all[1].Status != tiktok.CancelWithdrawn || all[1].Type != tiktok.CancelByBuyer {
		t.Errorf("rejected: %+v", all[1])
	}
}

func TestBuyersReturnIsAnswered(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, units := r.sold(t, 3, "DELIVERED")
	open := func(n int, kind string) tiktok.ReturnID {
		opened, err := r.sim.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: []string{string(units[n])}, Kind: kind})
		check(t, err)
		return tiktok.ReturnID(opened)
	}
	send := func(w tiktok.Write, err error) {
		t.Helper()
		check(t, err)
		_, err = r.Send(t.Context(), usSeat, w)
		check(t, err)
	}
	kept, sent, refused := open(0, "RETURN_AND_REFUND"), open(1, "RETURN_AND_REFUND"), open(2, "REFUND")
	may, err := r.ReturnDecisions(t.Context(), usSeat, kept, tiktok.ApproveRefund, tiktok.ApproveReturn)
	check(t, err)
	if may.Allows(tiktok.ApproveRefund) || !may.Allows(tiktok.ApproveReturn) {
		t.Errorf("decisions %+v", may)
	}
	send(tiktok.Approval{ReturnID: kept, Decision: tiktok.ApproveReturn, BuyerKeepsItem: true, Key: "1"}.Write())
	send(tiktok.Approval{ReturnID: sent, Decision: tiktok.ApproveReturn, Key: "2"}.Write())
	check(t, r.sim.ShipBack(string(sent)))
	send(tiktok.Approval{ReturnID: sent, Decision: tiktok.ApproveReceivedPackage, Key: "3"}.Write())
	reasons, err := r.RejectReasonsOfReturn(t.Context(), usSeat, refused)
	check(t, err)
	send(tiktok.Rejection{ReturnID: refused, Decision: tiktok.RejectRefund, Reason: reasons[0].Name, Key: "4"}.Write())
	returns, err := r.OrderReturns(t.Context(), usSeat, id)
	check(t, err)
	got := map[tiktok.ReturnID]tiktok.ReturnStatus{}
	for _, one := range returns {
		got[one.ID] = one.Status
	}
	want := map[tiktok.ReturnID]tiktok.ReturnStatus{kept: tiktok.ReturnComplete, sent: tiktok.ReturnComplete, refused: tiktok.ReturnRejected}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestObjectionsThroughTheSimulator(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, units := r.sold(t, 1, "DELIVERED")
	shipped, moving := r.sold(t, 1, "IN_TRANSIT")
	over, done := r.sold(t, 1, "COMPLETED")
	_, tooMuch := r.refund(t, id, "999.00", "1", units...)
	_, finished := r.refund(t, over, "1.00", "2", done...)
	_, foreign := r.refund(t, shipped, "1.00", "3", moving...)
	_, unknown := r.refund(t, "576900000000099999", "1.00", "4", units...)
	check(t, r.sim.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{NoPartial: true}))
	_, partial := r.refund(t, id, "1.00", "5", units...)
	check(t, r.sim.SetAftersaleRules(string(id), tiktoksim.AftersaleRules{PayLater: true}))
	_, err := r.refund(t, id, "1.00", "6", units...)
	check(t, err)
	_, reused := r.refund(t, id, "2.00", "6", units...)
	_, open := r.refund(t, id, "2.00", "7", units...)
	w, err := tiktok.CancelUnits{OrderID: shipped, Units: moving, Reason: "seller_cancel_reason_wrong_price"}.Write()
	check(t, err)
	_, late := r.Send(t.Context(), usSeat, w)
	for name, c := range map[string]struct {
		err  error
		want tiktok.Objection
	}{
		"over the maximum": {tooMuch, tiktok.ObjectsAmount}, "completed": {finished, tiktok.ObjectsStatus},
		"reason of another status": {foreign, tiktok.ObjectsReason}, "no such order": {unknown, tiktok.ObjectsOrder},
		"part of it": {partial, tiktok.ObjectsPartial}, "key": {reused, tiktok.ObjectsKey}, "open": {open, tiktok.ObjectsInProgress},
		"shipped": {late, tiktok.ObjectsShipped},
	} {
		if got := tiktok.ObjectionOf(c.err); got != c.want || tiktok.OutcomeOf(c.err) != tiktok.OutcomeRefused || actCode(c.err) != "api_rejected" {
			t.Errorf("%s: %s, %s: %v", name, got, tiktok.OutcomeOf(c.err), c.err)
		}
	}
}

// TestOutcomes says for each trouble whether the money may have moved, and holds it against whether it did.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault chaos.Fault
		want  tiktok.Outcome
		fate  fault.Fate
		moved bool
	}{
		"cut before":    {chaos.Fault{Kind: chaos.CutBefore}, tiktok.OutcomeUnknown, fault.Retry, false},
		"cut after":     {chaos.Fault{Kind: chaos.CutAfter}, tiktok.OutcomeUnknown, fault.Retry, true},
		"timed out":     {chaos.Fault{Kind: chaos.TimedOut}, tiktok.OutcomeUnknown, fault.Retry, true},
		"malformed":     {chaos.Fault{Kind: chaos.Malformed}, tiktok.OutcomeUnknown, fault.Retry, true},
		"server error":  {chaos.Fault{Kind: chaos.ServerError, Status: http.StatusInternalServerError}, tiktok.OutcomeUnknown, fault.Retry, false},
		"throttled":     {chaos.Fault{Kind: chaos.Throttled, RetryAfter: time.Second}, tiktok.OutcomeNotDone, fault.Later, false},
		"token expired": {chaos.Fault{Kind: chaos.TokenExpired}, tiktok.OutcomeDone, fault.Retry, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			id, units := r.sold(t, 1, "DELIVERED")
			r.script.Add(tiktoksim.OpReturnCreate, c.fault, 1)
			_, err := r.refund(t, id, "3.00", "key", units...)
			if tiktok.OutcomeOf(err) != c.want || err != nil && fault.Of(err) != c.fate {
				t.Errorf("outcome %s, fate %s: %v", tiktok.OutcomeOf(err), fault.Of(err), err)
			}
			if moved := len(r.sim.Aftersales(string(id))) == 1; moved != c.moved {
				t.Errorf("money moved: %v", moved)
			}
		})
	}
}

func TestOutcomesOfCodes(t *testing.T) {
	t.Parallel()
	w, err := fullRefund().Write()
	check(t, err)
	for code, want := range map[int]tiktok.Outcome{
		105005: tiktok.OutcomeNotDone, 101000: tiktok.OutcomeNotDone, 36009037: tiktok.OutcomeNotDone, 25001028: tiktok.OutcomeNotDone,
		36009003: tiktok.OutcomeUnknown, 36009007: tiktok.OutcomeUnknown, 25020008: tiktok.OutcomeUnknown,
		36009004: tiktok.OutcomeRefused, 25001046: tiktok.OutcomeRefused, 29999999: tiktok.OutcomeRefused,
	} {
		client := against(t, answering(200, fmt.Sprintf(`{"code":%d,"message":"param body.x is wrong","request_id":"r1"}`, code)))
		_, err := client.Send(t.Context(), usSeat, w)
		if got := tiktok.OutcomeOf(err); got != want {
			t.Errorf("%d: %s, want %s", code, got, want)
		}
		if objects := tiktok.ObjectionOf(err) != tiktok.ObjectsNot; objects != (want == tiktok.OutcomeRefused) {
			t.Errorf("%d: objects %v", code, objects)
		}
	}
	if tiktok.ObjectionOf(nil) != tiktok.ObjectsNot || tiktok.OutcomeOf(nil) != tiktok.OutcomeDone {
		t.Error("no error objects to something")
	}
}

func TestSampleReturns(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/aftersales/returns_search_mixed.json")
	check(t, err)
	client := against(t, answering(200, string(raw)))
	returns, err := client.OrderReturns(t.Context(), usSeat, sampleOrder)
	check(t, err)
	var got []string
	for _, one := range returns {
		got = append(got, fmt.Sprintf("%s %s %s %s %s", one.Type, one.Role, one.Status.Phase(), one.Amount.RefundTotal, one.Next))
	}
	want := []string{
		"REFUND SELLER paid 25.98 ", "RETURN_AND_REFUND BUYER open 25.98 ", "RETURN_AND_REFUND BUYER open 18.94 ",
		"RETURN_AND_REFUND BUYER open 25.98 ", "REFUND OPERATOR closed 25.98 4035000000000010007", "REPLACEMENT BUYER closed 0.00 ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if offer := returns[3].PartialRefund; offer == nil || offer.Amount != "10.00" || returns[1].NextActions[0].Action != "SELLER_RESPOND_RETURN" {
		t.Errorf("offer %+v, next %+v", offer, returns[1].NextActions)
	}
	others, err := client.OrderReturns(t.Context(), usSeat, "576900000000010001")
	check(t, err)
	if len(others) != 0 {
		t.Errorf("returns of another order: %+v", others)
	}
}

func TestReturnsArePagedThrough(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, units := r.sold(t, 60, "DELIVERED")
	for _, unit := range units {
		_, err := r.sim.OpenReturn(string(id), tiktoksim.ReturnRequest{LineIDs: []string{string(unit)}})
		check(t, err)
	}
	returns, err := r.OrderReturns(t.Context(), usSeat, id)
	check(t, err)
	if len(returns) != 60 {
		t.Errorf("%d returns, want 60", len(returns))
	}
	page, err := r.SearchReturns(t.Context(), usSeat, tiktok.AftersaleSearch{UpdatedBefore: time.Now().Add(-time.Hour)}, "")
	check(t, err)
	if len(page.Returns) != 0 {
		t.Error("returns before there were any")
	}
	circle := against(t, answering(200, `{"code":0,"data":{"return_orders":[],"next_page_token":"x"}}`))
	if _, err := circle.OrderReturns(t.Context(), usSeat, id); err == nil {
		t.Error("a search that never ends: no error")
	}
}
