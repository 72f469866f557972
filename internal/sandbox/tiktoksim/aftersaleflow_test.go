package tiktoksim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/switchbackhq/switchback/internal/sandbox/chaos"
)

func TestOneKeyIsOneReturn(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]chaos.Kind{"answered": "", "cut": chaos.CutAfter, "timed out": chaos.TimedOut} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			id := r.load("order_detail_16_delivered_two_packages_refundable.json")
			u := r.units(id)
			body, err := json.Marshal(map[string]any{"order_id": id, "return_type": "REFUND", "return_reason": damaged,
				"order_line_item_ids": u[:1], "refund_total": "20.00", "currency": "USD"})
			r.must(err)
			if kind != "" {
				r.script.Add(OpReturnCreate, chaos.Fault{Kind: kind}, 1)
			}
			rep, err := r.try(r.api(http.MethodPost, "/return_refund/202309/returns",
				url.Values{"shop_cipher": {usCipher}, "idempotency_key": {"k"}}, string(body)))
			if (err != nil) != (kind == chaos.CutAfter) || kind == chaos.TimedOut && (rep.Status != 504 || rep.Code != 36009007) {
				t.Errorf("first answer %d, code %d, %v", rep.Status, rep.Code, err)
			}
			r.code(r.returnUnits("k", id, damaged, "20.00", u[0]), 0)
			r.code(r.returnUnits("k", id, damaged, "21.00", u[0]), 25001001)
			r.cases(id, "SELLER REFUND "+returnComplete)
			if r.money(id).Back != 2000 {
				t.Errorf("money %+v", r.money(id))
			}
		})
	}
}

func TestSellerCancels(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	unit := SampleUnit()
	unit.Count = 3
	id := r.place(OrderSpec{Units: []Unit{unit}, Status: "AWAITING_SHIPMENT", Shipping: Shipping{Original: 500}})
	u := r.units(id)
	r.code(r.cancelUnitsOf(id, damaged, u[0]), 25001021)
	rep := r.code(r.cancelUnitsOf(id, buyerAsk, u[0]), 0)
	conforms(t, OpCancelCreate, rep.Raw)
	r.code(r.cancelUnitsOf(id, buyerAsk, u[0]), 25001011) // no key: the same again meets what is done
	if o, _ := r.Order(id); o.Status != "AWAITING_SHIPMENT" || r.money(id).Back != 1949 || r.SoldOut(unit.SKUID) {
		t.Errorf("order is %s, money %+v", o.Status, r.money(id))
	}
	r.code(r.cancelUnitsOf(id, noStock, u[1], u[2]), 0)
	r.cases(id, "SELLER CANCEL "+cancelComplete, "SELLER CANCEL "+cancelComplete)
	if o, _ := r.Order(id); o.Status != "CANCELLED" || r.money(id).Back != o.Total || !r.SoldOut(unit.SKUID) {
		t.Errorf("order is %s, money %+v, sold out %v", o.Status, r.money(id), r.SoldOut(unit.SKUID))
	}
	shipped := r.place(OrderSpec{Status: "AWAITING_SHIPMENT"})
	r.must(r.SetStatus(shipped, "IN_TRANSIT"))
	r.code(r.cancelUnitsOf(shipped, buyerAsk, r.units(shipped)...), 25001045)
	r.code(r.returnUnits("", shipped, lost, "", r.units(shipped)...), 0)
	unpaid := r.place(OrderSpec{Status: "UNPAID"})
	r.must(r.SetStatus(unpaid, "CANCELLED"))
	if m := r.money(unpaid); m.Paid != 0 || m.Back != 0 {
		t.Errorf("an order that was never paid has %+v", m)
	}
}

// TestBuyerAsks plays requests through to their ends, whoever decides.
func TestBuyerAsks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		kind  string
		rules AftersaleRules
		play  func(r *rig, id string)
		ends  string
		back  int64
	}{
		"refund approved": {kind: "REFUND", ends: returnComplete, back: 1949, play: func(r *rig, id string) {
			r.code(r.decide(id, "approve", `{"decision":"APPROVE_RETURN"}`), 25020004)
			r.code(r.decide(id, "approve", `{"decision":"APPROVE_REFUND","buyer_keep_item":true}`), 25020004)
			r.code(r.decide(id, "approve", `{"decision":"APPROVE_REFUND"}`), 0)
			r.code(r.decide(id, "approve", `{"decision":"APPROVE_REFUND"}`), 25011012)
		}},
		"refund rejected": {kind: "REFUND", ends: returnRejected, play: func(r *rig, id string) {
			r.code(r.decide(id, "reject", `{"decision":"REJECT_REFUND","reject_reason":"no"}`), 25001014)
			r.code(r.decide(id, "reject", `{"decision":"REJECT_REFUND","reject_reason":"seller_reject_apply_product_not_damaged"}`), 0)
			r.code(r.decide(id, "reject", `{"decision":"REJECT_REFUND","reject_reason":"seller_reject_apply_product_not_damaged"}`), 25011011)
		}},
		"withdrawn": {kind: "RETURN_AND_REFUND", ends: returnWithdrawn, play: func(r *rig, id string) { r.must(r.Withdraw(id)) }},
		"sent back": {kind: "RETURN_AND_REFUND", ends: returnComplete, back: 1949, play: func(r *rig, id string) {
			r.code(r.decide(id, "approve", `{"decision":"APPROVE_RETURN"}`), 0)
			r.must(r.ShipBack(id))
			r.code(r.decide(id, "approve", `{"decision":"APPROVE_RECEIVED_PACKAGE"}`), 0)
		}},
		"kept": {kind: "RETURN_AND_REFUND", ends: returnComplete, back: 1949, play: func(r *rig, id string) {
			r.code(r.decide(id, "approve", `{"decision":"APPROVE_RETURN","buyer_keep_item":true}`), 0)
		}},
		"parcel refused, TikTok for the buyer": {kind: "RETURN_AND_REFUND", ends: returnComplete, back: 1949, play: func(r *rig, id string) {
			r.code(r.decide(id, "approve", `{"decision":"APPROVE_RETURN"}`), 0)
			r.must(r.ShipBack(id))
			r.code(r.decide(id, "reject", `{"decision":"REJECT_RECEIVED_PACKAGE","reject_reason":"seller_reject_apply_product_not_damaged"}`), 0)
			r.must(r.Decide(id, true, "OPERATOR"))
		}},
		"nobody answers": {kind: "REFUND", ends: returnComplete, back: 1949, play: func(r *rig, _ string) {
			r.clock.add(49 * time.Hour)
			r.AnswerOverdue()
		}},
		"part offered and taken": {kind: "REFUND", ends: returnComplete, back: 1000, play: func(r *rig, id string) {
			r.code(r.decide(id, "approve", `{"decision":"OFFER_PARTIAL_REFUND"}`), 25020004)
			r.code(r.decide(id, "approve", `{"decision":"OFFER_PARTIAL_REFUND","partial_refund":{"amount":"10.00","currency":"USD"}}`), 0)
			r.must(r.AnswerOffer(id, true))
		}},
		"part offered and refused": {kind: "REFUND", ends: returnPending, play: func(r *rig, id string) {
			r.code(r.decide(id, "approve", `{"decision":"OFFER_PARTIAL_REFUND","partial_refund":{"amount":"10.00","currency":"USD"}}`), 0)
			r.must(r.AnswerOffer(id, false))
		}},
		"replaced": {kind: "REPLACEMENT", ends: replaceComplete, play: func(r *rig, id string) {
			r.code(r.decide(id, "approve", `{"decision":"APPROVE_REPLACEMENT"}`), 0)
		}},
		"money instead of another": {kind: "REPLACEMENT", ends: returnComplete, back: 1949, play: func(r *rig, id string) {
			r.code(r.decide(id, "approve", `{"decision":"ISSUE_REPLACEMENT_REFUND"}`), 0)
		}},
		"less than was approved": {kind: "REFUND", rules: AftersaleRules{Pays: 1900}, ends: returnComplete, back: 1900, play: func(r *rig, id string) {
			r.must(r.Decide(id, true, "SELLER"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *Options) { o.Aftersales = tc.rules })
			unit := SampleUnit()
			unit.Count = 2
			order := r.place(OrderSpec{Units: []Unit{unit}, Status: "DELIVERED"})
			id, err := r.OpenReturn(order, ReturnRequest{LineIDs: r.units(order)[:1], Kind: tc.kind})
			r.must(err)
			tc.play(r, id)
			r.cases(order, "BUYER "+tc.kind+" "+tc.ends)
			if r.money(order).Back != tc.back {
				t.Errorf("money %+v, want %d back", r.money(order), tc.back)
			}
			rep := r.do(http.MethodPost, "/return_refund/202309/returns/search", nil, fmt.Sprintf(`{"order_ids":[%q]}`, order))
			conforms(t, OpReturnSearch, rep.Raw)
			rep = r.do(http.MethodGet, "/return_refund/202309/returns/"+id+"/records", nil, "")
			conforms(t, OpReturnRecords, rep.Raw)
			r.clean()
		})
	}
}

func (r *rig) decide(id, verb, body string) reply {
	r.t.Helper()
	return r.post("/return_refund/202309/returns/"+id+"/"+verb, "", body)
}

func TestBuyerAsksToCancel(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status, ends, order string
		asked               bool
		play                func(r *rig, id string)
	}{
		"in the hour of remorse": {status: "ON_HOLD", ends: "BUYER CANCEL " + cancelComplete, order: "CANCELLED"},
		"open":                   {status: "AWAITING_SHIPMENT", ends: "BUYER BUYER_CANCEL " + cancelPending, order: "AWAITING_SHIPMENT", asked: true},
		"approved": {status: "AWAITING_SHIPMENT", ends: "BUYER BUYER_CANCEL " + cancelComplete, order: "CANCELLED", play: func(r *rig, id string) {
			r.code(r.post("/return_refund/202309/cancellations/"+id+"/approve", "k", ""), 0)
			r.code(r.post("/return_refund/202309/cancellations/"+id+"/approve", "k", ""), 0)
			r.code(r.post("/return_refund/202309/cancellations/"+id+"/approve", "k2", ""), 25011012)
		}},
		"rejected": {status: "AWAITING_SHIPMENT", ends: "BUYER BUYER_CANCEL " + cancelWithdrawn, order: "AWAITING_SHIPMENT", play: func(r *rig, id string) {
			r.code(r.post("/return_refund/202309/cancellations/"+id+"/reject", "k", `{"reject_reason":"seller_reject_apply_product_has_been_packed"}`), 0)
		}},
		"withdrawn":      {status: "AWAITING_SHIPMENT", ends: "BUYER BUYER_CANCEL " + cancelWithdrawn, order: "AWAITING_SHIPMENT", play: func(r *rig, id string) { r.must(r.Withdraw(id)) }},
		"nobody answers": {status: "AWAITING_SHIPMENT", ends: "BUYER BUYER_CANCEL " + cancelComplete, order: "CANCELLED", play: func(r *rig, _ string) { r.clock.add(49 * time.Hour); r.AnswerOverdue() }},
		"shipped meanwhile": {status: "AWAITING_SHIPMENT", ends: "BUYER BUYER_CANCEL " + cancelComplete, order: "CANCELLED", play: func(r *rig, id string) {
			r.must(r.SetStatus(r.OrderIDs()[0], "IN_TRANSIT"))
			r.must(r.Decide(id, true, "SYSTEM"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			order := r.place(OrderSpec{Status: tc.status})
			id, err := r.RequestCancel(order, Cancellation{})
			r.must(err)
			if tc.play != nil {
				tc.play(r, id)
			}
			r.cases(order, tc.ends)
			doc := r.detail(order)[0]
			if doc["status"] != tc.order || doc["is_buyer_request_cancel"] != tc.asked {
				t.Errorf("order is %v, asked %v", doc["status"], doc["is_buyer_request_cancel"])
			}
			rep := r.do(http.MethodPost, "/return_refund/202309/cancellations/search", nil, fmt.Sprintf(`{"order_ids":[%q]}`, order))
			conforms(t, OpCancelSearch, rep.Raw)
			rep = r.do(http.MethodGet, "/return_refund/202601/decision_eligibility", url.Values{"return_or_cancel_id": {id},
				"check_decisions": {"APPROVE_REQUEST_CANCEL,REJECT_REQUEST_CANCEL"}}, "")
			conforms(t, OpDecisions, rep.Raw)
			for _, d := range into[struct{ Decisions []struct{ Eligible bool } }](t, rep).Decisions {
				if d.Eligible != tc.asked {
					t.Errorf("decisions: %s", rep.Raw)
				}
			}
			r.clean()
		})
	}
}

func TestEditedReturnsAreAChain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	order := r.place(OrderSpec{Status: "DELIVERED"})
	first, err := r.OpenReturn(order, ReturnRequest{Amount: 500})
	r.must(err)
	second, err := r.EditReturn(first, ReturnRequest{Kind: "RETURN_AND_REFUND"})
	r.must(err)
	all := r.cases(order, "BUYER REFUND "+returnWithdrawn, "BUYER RETURN_AND_REFUND "+returnPending)
	if all[0].Amount != 500 || all[1].Amount != r.money(order).Paid || r.found(first)["next_return_id"] != second || r.found(second)["pre_return_id"] != first {
		t.Errorf("chain of %s and %s: %+v", first, second, all)
	}
}

// found is a return as the search shows it.
func (r *rig) found(id string) map[string]any {
	r.t.Helper()
	rep := r.do(http.MethodPost, "/return_refund/202309/returns/search", nil, fmt.Sprintf(`{"return_ids":[%q]}`, id))
	return object(list(into[map[string]any](r.t, rep)["return_orders"])[0])
}

func TestAftersaleWebhooks(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t)
	r := newRig(t, func(o *Options) { o.WebhookURL = rc.URL })
	order := r.place(OrderSpec{Status: "DELIVERED"})
	rc.take(r)
	r.code(r.returnUnits("", order, damaged, "10.00", r.units(order)...), 0)
	if diff := cmp.Diff([]string{"/ 12", "/ 64", "/ 12", "/ 64", "/ 67"}, rc.take(r)); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
	sent := r.Deliveries()
	var last struct{ Data map[string]any }
	r.must(json.Unmarshal(sent[len(sent)-1].Body, &last))
	if last.Data["refund_total"] != "10.00" || last.Data["refund_currency"] != "USD" || object(list(last.Data["line_items"])[0])["main_order_id"] != order {
		t.Errorf("type 67 says %v", last.Data)
	}
}

// TestNeverMoreThanWasPaid plays random histories through the API and through people.
func TestNeverMoreThanWasPaid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s, err := New(Options{AppKey: "k", AppSecret: "s", ServiceID: "v", Now: (&clock{at: time.Unix(1_795_100_000, 0)}).now,
			Aftersales: AftersaleRules{PayLater: rapid.Bool().Draw(rt, "later"), KeepShipping: rapid.Bool().Draw(rt, "keep")}})
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		if err := s.AddSeller(SellerSpec{OpenID: openID, Shops: []ShopSpec{{ID: usShop, Cipher: usCipher}}}); err != nil {
			rt.Fatal(err)
		}
		unit := Unit{SKUID: "1", Price: rapid.Int64Range(0, 5000).Draw(rt, "price"), Count: rapid.IntRange(1, 4).Draw(rt, "units"), TaxRate: "0.07"}
		id, err := s.PlaceOrder(usShop, OrderSpec{Units: []Unit{unit}, Status: "AWAITING_SHIPMENT",
			Shipping: Shipping{Original: rapid.Int64Range(0, 900).Draw(rt, "shipping")}, Unexplained: rapid.Int64Range(0, 50).Draw(rt, "odd")})
		if err != nil {
			rt.Fatal(err)
		}
		o, _ := s.Order(id)
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			some := slices.DeleteFunc(slices.Clone(o.LineIDs), func(string) bool { return rapid.Bool().Draw(rt, "not") })
			switch rapid.IntRange(0, 6).Draw(rt, "step") {
			case 0:
				_, _ = s.OpenReturn(id, ReturnRequest{LineIDs: some, Amount: rapid.Int64Range(0, 9000).Draw(rt, "amount")})
			case 1:
				_, _ = s.RequestCancel(id, Cancellation{LineIDs: some})
			case 2:
				_ = s.CancelLines(id, Cancellation{LineIDs: some, By: "SELLER"})
			case 3:
				_ = s.SetStatus(id, rapid.SampledFrom([]string{"IN_TRANSIT", "DELIVERED"}).Draw(rt, "status"))
			case 4, 5:
				for _, c := range s.Aftersales(id) {
					if rapid.Bool().Draw(rt, "this") {
						_ = s.Decide(c.ID, rapid.Bool().Draw(rt, "yes"), "SELLER")
					}
				}
			case 6:
				for _, c := range s.Aftersales(id) {
					_ = s.PayBack(c.ID)
				}
			}
			if m, _ := s.Money(id); m.Back+m.OnTheWay > m.Paid || m.Back < 0 {
				rt.Fatalf("money %+v after %+v", m, s.Aftersales(id))
			}
		}
	})
}

func TestSplitIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(0, 10_000), 1, 8).Draw(rt, "weights")
		var sum int64
		for _, w := range weights {
			sum += w
		}
		total := rapid.Int64Range(0, sum).Draw(rt, "total")
		var got int64
		for i, part := range split(total, weights) {
			if got += part; part < 0 || sum > 0 && part > weights[i] {
				rt.Fatalf("part %d of %d by %v is %d", i, total, weights, part)
			}
		}
		if got != total {
			rt.Fatalf("%d by %v sums to %d", total, weights, got)
		}
	})
}
