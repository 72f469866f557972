package refunds_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/money"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
	"github.com/switchbackhq/switchback/internal/sandbox/shopifysim"
	"github.com/switchbackhq/switchback/internal/sandbox/tiktoksim"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/stagetest"
	"github.com/switchbackhq/switchback/internal/store"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// Whatever people, platforms and the wire do to an order: what went back and is
// on its way is never more than what the buyer paid, what was asked for a refund
// never more than that refund. In the end nothing is open without a person being
// told, each request that we made is known to one refund, what we recorded in
// Shopify is known as ours, and what could be sent whole was. SEED repeats a run.
func TestHistories(t *testing.T) {
	t.Parallel()
	seed, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("SEED=%d", seed)
	chance := rand.New(rand.NewPCG(seed, 4))
	s := setUp(t)
	ledger := &mortal{Store: s.Store, chance: chance}
	s.forwarder.Ledger = ledger
	ends := map[string]int{}
	// Chance may leave the rarer ends out of the first forty orders.
	for n := 0; n < 40 || n < 400 && !eventful(ends); n++ {
		h := &life{scene: s, chance: chance, ledger: ledger}
		units := stagetest.MugsAndTee()
		units[0].Count, units[1].Count = 3, 2
		h.id = s.Written(tiktoksim.OrderSpec{Units: units, Shipping: tiktoksim.Shipping{Original: 599, Tax: 49}})
		for range 3 + chance.IntN(15) {
			h.act()
			h.within()
		}
		h.end()
		for _, refund := range h.refunds() {
			ends[string(refund.State)+" "+refund.Reason]++
		}
		if t.Failed() {
			t.Fatalf("order %s: %v, TikTok has %+v, refunds %+v", h.id, h.acts, s.TikTok.Aftersales(string(h.id)), h.refunds())
		}
	}
	t.Log(ends)
	if !eventful(ends) {
		t.Errorf("hardly anything happened: %v", ends)
	}
}

// eventful tells whether money went both ways: from Shopify to TikTok and back.
func eventful(ends map[string]int) bool {
	return ends["completed "] >= 5 && ends["satisfied satisfied_by_tiktok"]+ends["ignored recorded_by_switchback"] > 0
}

// mortal is a ledger whose process may die around a write.
type mortal struct {
	*store.Store
	chance *rand.Rand
	dies   bool
}

var errDied = errors.New("the process died")

func (m *mortal) SaveRefunds(ctx context.Context, lease links.Lease, list []links.Refund, change links.Change, jobs ...refunds.Job) error {
	if m.dies && m.chance.IntN(8) == 0 {
		return errDied
	}
	err := m.Store.SaveRefunds(ctx, lease, list, change, jobs...)
	if err == nil && m.dies && m.chance.IntN(8) == 0 {
		return errDied
	}
	return err
}

// life is one order and what happens to it.
type life struct {
	*scene
	chance *rand.Rand
	ledger *mortal
	id     tiktok.OrderID
	acts   []string
	// theirs are requests at TikTok that somebody else made; whole are refunds of all that their lines cost.
	theirs []string
	whole  []shopify.GID
}

// act is one thing that happens. What a platform does not allow just then does not happen.
func (h *life) act() {
	h.Clock.Pass(time.Minute)
	order := string(h.id)
	acts := []struct {
		name string
		do   func() error
	}{
		{"refund", h.refundSome},
		{"refund", h.refundSome},
		{"refund", h.refundSome},
		{"cancel in Shopify", func() error {
			return h.Shopify.CancelOrder(string(shop), string(h.Row(h.id).ShopifyOrder), shopifysim.CancelSpec{Refund: h.chance.IntN(2) == 0, Restock: true})
		}},
		{"ship", func() error { _, err := h.TikTok.Ship(order, tiktoksim.Shipment{LineIDs: h.some()}); return err }},
		{"deliver", func() error { return h.TikTok.SetStatus(order, "DELIVERED") }},
		{"buyer asks", func() error {
			kind := []string{"REFUND", "RETURN_AND_REFUND"}[h.chance.IntN(2)]
			_, err := h.TikTok.OpenReturn(order, tiktoksim.ReturnRequest{LineIDs: h.some(), Kind: kind})
			return err
		}},
		{"buyer cancels", func() error {
			_, err := h.TikTok.RequestCancel(order, tiktoksim.Cancellation{LineIDs: h.some()})
			return err
		}},
		{"somebody else refunds", func() error {
			by := []string{"SELLER", "OPERATOR", "SYSTEM"}[h.chance.IntN(3)]
			made, err := h.TikTok.OpenReturn(order, tiktoksim.ReturnRequest{LineIDs: h.some(), By: by})
			h.theirs = append(h.theirs, made)
			return err
		}},
		{"decide", func() error { return h.TikTok.Decide(h.aCase(), h.chance.IntN(2) == 0, "SELLER") }},
		{"withdraw", func() error { return h.TikTok.Withdraw(h.aCase()) }},
		{"TikTok's rules change", h.rule},
		{"TikTok's rules change", h.rule},
		{"money comes", func() error { return h.TikTok.PayBack(h.aCase()) }},
		{"a call fails", h.fail},
		{"look", h.look},
		{"look", h.look},
		{"import", func() error { h.Bring(h.id); return nil }},
	}
	act := acts[h.chance.IntN(len(acts))]
	if act.do() == nil {
		h.acts = append(h.acts, act.name)
	}
}

// refundSome refunds some of the lines in Shopify, in any amount.
func (h *life) refundSome() error {
	var spec shopifysim.RefundSpec
	o := h.Order(h.id)
	for _, line := range o.Lines {
		if left := line.Quantity - line.Removed; left > 0 && h.chance.IntN(2) == 0 {
			spec.Lines = append(spec.Lines, shopifysim.RefundedLine{LineGID: line.GID, Quantity: 1 + h.chance.IntN(left), RestockType: "NO_RESTOCK", Removal: true})
		}
	}
	switch h.chance.IntN(8) {
	case 0:
		spec.Amount = new(int64)
	case 1, 2:
		spec.Less = int64(h.chance.IntN(1500))
	case 3:
		spec.AllShipping = true
	}
	gid, err := h.Shopify.Refund(string(shop), o.GID, spec)
	if err == nil && spec.Amount == nil && spec.Less == 0 && !spec.AllShipping {
		h.whole = append(h.whole, shopify.GID(gid))
	}
	return err
}

// rule has TikTok deal otherwise with the order from now on.
func (h *life) rule() error {
	rules := []tiktoksim.AftersaleRules{{}, {PayLater: true}, {NoPartial: true}, {Refuse: 25001046}, {PartialErrors: true}, {Review: true}}
	return h.TikTok.SetAftersaleRules(string(h.id), rules[h.chance.IntN(len(rules))])
}

// some are units of the order, or nil for all that can be.
func (h *life) some() []string {
	if h.chance.IntN(3) == 0 {
		return nil
	}
	all := append(h.unitsOf(h.id, "MUG-12-SAGE"), h.unitsOf(h.id, "TEE-BLK-L")...)
	return slices.DeleteFunc(all, func(string) bool { return h.chance.IntN(2) == 0 })
}

func (h *life) aCase() string {
	if cases := h.TikTok.Aftersales(string(h.id)); len(cases) > 0 {
		return cases[h.chance.IntN(len(cases))].ID
	}
	return ""
}

func (h *life) fail() error {
	ops := []string{tiktoksim.OpReturnCreate, tiktoksim.OpCancelCreate, tiktoksim.OpCalculate, tiktoksim.OpReturnSearch, tiktoksim.OpCancelSearch, "refundCreate"}
	kinds := []chaos.Kind{chaos.CutBefore, chaos.CutAfter, chaos.ServerError, chaos.Malformed}
	h.Faults.Add(ops[h.chance.IntN(len(ops))], chaos.Fault{Kind: kinds[h.chance.IntN(len(kinds))], Status: 502}, 1)
	return nil
}

// look settles the order's refunds once; the wire, or the process, may fail.
func (h *life) look() error {
	h.ledger.dies = h.chance.IntN(3) == 0
	err := h.forwarder.Forward(h.Context(), h.args(h.id))
	h.ledger.dies = false
	if err != nil {
		h.Clock.Pass(2 * time.Minute) // leases end
	}
	return nil
}

func (h *life) refunds() []links.Refund {
	list, err := h.Store.Refunds(h.Context(), shop, h.id)
	h.Must(err)
	return list
}

// within is the sum rule.
func (h *life) within() {
	h.back(h.id) // fails when the buyer has, or gets, more than was paid
	for _, refund := range h.refunds() {
		var asked int64
		for _, step := range refund.Steps {
			if step.State.Stands() {
				asked += h.cents(step.Amount)
			}
		}
		whole := refund.ID == h.Row(h.id).ShopifyOrder // the cancellation of an order names no amount
		if asked > h.cents(refund.Amount) && !whole {
			h.Errorf("TikTok was asked for %d of refund %s of %s", asked, refund.ID, refund.Amount)
		}
	}
}

func (h *life) cents(text string) int64 {
	if text == "" {
		return 0
	}
	a, err := money.Parse(text, "USD")
	h.Must(err)
	return a.Minor()
}

// end lets everything arrive and come to rest, and looks at what is left.
func (h *life) end() {
	h.Faults.Clear()
	h.Must(h.TikTok.SetAftersaleRules(string(h.id), tiktoksim.AftersaleRules{}))
	for _, c := range h.TikTok.Aftersales(string(h.id)) {
		if c.Role == "BUYER" {
			_ = h.TikTok.Withdraw(c.ID) // where it is open
		}
	}
	_, _ = h.TikTok.Ship(string(h.id), tiktoksim.Shipment{}) // what is left
	_ = h.TikTok.SetStatus(string(h.id), "DELIVERED")        // unless all was cancelled
	for range 4 {
		h.Clock.Pass(5 * time.Minute)
		h.Bring(h.id)
		h.forward(h.id)
		for _, c := range h.TikTok.Aftersales(string(h.id)) {
			_ = h.TikTok.Decide(c.ID, true, "SYSTEM") // where it waits for TikTok's review
			_ = h.TikTok.PayBack(c.ID)                // where it was on its way
		}
		h.within()
	}
	asked := len(h.TikTok.Aftersales(string(h.id)))
	h.forward(h.id)
	if again := len(h.TikTok.Aftersales(string(h.id))); again != asked {
		h.Errorf("it goes on for ever: %d requests, then %d", asked, again)
	}
	codes := h.Codes(h.id)
	for _, refund := range h.refunds() {
		listed := slices.Contains(codes, exceptions.Code(refund.Reason))
		switch {
		case refund.State == links.RefundCompleted && refund.Completed != refund.Amount && refund.Amount != "" && !listed:
			h.Errorf("refund %s is of %s, TikTok paid %s, and nobody was told", refund.ID, refund.Amount, refund.Completed)
		case refund.State == links.RefundStopped && !listed, refund.State == links.RefundPartlySent && !listed:
			h.Errorf("refund %s is %s (%s) and nobody was told: %v", refund.ID, refund.State, refund.Reason, codes)
		case refund.State == links.RefundSending, refund.State == links.RefundWaiting, refund.State == links.RefundHeld:
			h.Errorf("refund %s is %s (%s) for ever", refund.ID, refund.State, refund.Reason)
		}
	}
	h.accounted()
	h.recorded()
	h.sent()
}

// accounted expects each request at TikTok that is ours to be a call of one refund.
func (h *life) accounted() {
	calls := map[string]int{}
	for _, refund := range h.refunds() {
		for _, step := range refund.Steps {
			if step.Call.Op != "" && step.State.Stands() {
				calls[step.Case]++
			}
		}
	}
	for _, c := range h.TikTok.Aftersales(string(h.id)) {
		ours := c.Role == "SELLER" && !slices.Contains(h.theirs, c.ID)
		over := slices.Contains([]string{"REFUND_OR_RETURN_REQUEST_REJECT", "RETURN_OR_REFUND_REQUEST_CANCEL"}, c.Status)
		if n := calls[c.ID]; n > 1 || ours && !over && n != 1 {
			h.Errorf("%d refunds made the request %+v", n, c)
		}
	}
}

// recorded expects the ledger to have all of Shopify's refunds, and to know those that are our own records.
func (h *life) recorded() {
	known := map[shopify.GID]links.RefundState{}
	for _, refund := range h.refunds() {
		known[refund.ID] = refund.State
	}
	for _, made := range h.Order(h.id).Refunds {
		state, listed := known[shopify.GID(made.GID)]
		if ours := strings.Contains(made.Note, "TikTok Shop"); !listed || ours != (state == links.RefundIgnored) {
			h.Errorf("refund %s (%s) is %s in the ledger", made.GID, made.Note, state)
		}
	}
}

// sent expects a refund of all that delivered goods cost to be paid, unless TikTok paid for them otherwise.
func (h *life) sent() {
	for _, refund := range h.refunds() {
		if !slices.Contains(h.whole, refund.ID) || slices.Contains([]exceptions.Code{exceptions.RefundDiffers, exceptions.SecondConnector}, exceptions.Code(refund.Reason)) {
			continue
		}
		if refund.State != links.RefundCompleted && refund.State != links.RefundSatisfied {
			h.Errorf("refund %s of %s could be sent and is %s (%s: %s)", refund.ID, refund.Amount, refund.State, refund.Reason, refund.Detail)
		}
	}
}
