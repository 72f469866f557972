package tiktok_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	sampleOrder  = "576900000000010016"
	notDescribed = "ecom_order_delivered_refund_reason_not_match_description_seller"
)

func fullRefund() tiktok.Refund {
	return tiktok.Refund{OrderID: sampleOrder, Units: []tiktok.LineItemID{"577310000000100161"}, Reason: notDescribed,
		Total: "25.98", Currency: "USD", Key: "key-1"}
}

// What is made ready says what TikTok's samples say.
func TestWritesMatchTheSamples(t *testing.T) {
	t.Parallel()
	partial := fullRefund()
	partial.Total = "20.98"
	cancel := tiktok.CancelUnits{OrderID: "576900000000010001", Units: []tiktok.LineItemID{"577310000000100007"}, Reason: "seller_cancel_reason_out_of_stock"}
	for sample, c := range map[string]struct {
		make func() (tiktok.Write, error)
		path string
		key  string
	}{
		"create_return_request_full_line.json":        {fullRefund().Write, "/return_refund/202309/returns", "key-1"},
		"create_return_request_partial_less_fee.json": {partial.Write, "/return_refund/202309/returns", "key-1"},
		"cancel_order_request_whole.json":             {cancel.Write, "/return_refund/202309/cancellations", ""},
	} {
		w, err := c.make()
		check(t, err)
		if w.Method != http.MethodPost || w.Path != c.path || w.Key != c.key {
			t.Errorf("%s: %s %s under %q", sample, w.Method, w.Path, w.Key)
		}
		raw, err := os.ReadFile("testdata/aftersales/" + sample)
		check(t, err)
		var want, got any
		check(t, json.Unmarshal(raw, &want))
		check(t, json.Unmarshal(w.Body, &got))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-sample +got):\n%s", sample, diff)
		}
	}
}

func TestWritesThatCannotBeRight(t *testing.T) {
	t.Parallel()
	refund := func(change func(*tiktok.Refund)) error {
		r := fullRefund()
		change(&r)
		return second(r.Write())
	}
	for name, err := range map[string]error{
		"no order":          refund(func(r *tiktok.Refund) { r.OrderID = "" }),
		"no units":          refund(func(r *tiktok.Refund) { r.Units = nil }),
		"a unit twice":      refund(func(r *tiktok.Refund) { r.Units = append(r.Units, r.Units[0]) }),
		"a hostile unit":    refund(func(r *tiktok.Refund) { r.Units[0] = "1,2" }),
		"no reason":         refund(func(r *tiktok.Refund) { r.Reason = "" }),
		"no amount":         refund(func(r *tiktok.Refund) { r.Total = "" }),
		"no key":            refund(func(r *tiktok.Refund) { r.Key = "" }),
		"a long key":        refund(func(r *tiktok.Refund) { r.Key = strings.Repeat("k", tiktok.LongestKey+1) }),
		"cancel no units":   second(tiktok.CancelUnits{OrderID: sampleOrder, Reason: "x"}.Write()),
		"keep after return": second(tiktok.Approval{ReturnID: "1", Decision: tiktok.ApproveRefund, BuyerKeepsItem: true, Key: "k"}.Write()),
		"approve by reject": second(tiktok.Approval{ReturnID: "1", Decision: tiktok.RejectRefund, Key: "k"}.Write()),
		"reject by approve": second(tiktok.Rejection{ReturnID: "1", Decision: tiktok.ApproveRefund, Reason: "x", Key: "k"}.Write()),
		"a path for an id":  second(tiktok.Approval{ReturnID: "1/../2", Decision: tiktok.ApproveRefund, Key: "k"}.Write()),
		"cancel no reason":  second(tiktok.CancelRejection("1", "k", "", "")),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	r := newRig(t)
	good, err := fullRefund().Write()
	check(t, err)
	for name, spoil := range map[string]func(*tiktok.Write){
		"another call":    func(w *tiktok.Write) { w.Op = "order.search" },
		"another version": func(w *tiktok.Write) { w.Path = strings.Replace(w.Path, "202309", "202602", 1) },
		"another method":  func(w *tiktok.Write) { w.Method = http.MethodPut },
		"a longer path":   func(w *tiktok.Write) { w.Path += "/1" },
		"no key":          func(w *tiktok.Write) { w.Key = "" },
	} {
		bad := good
		spoil(&bad)
		before := len(r.sim.Requests())
		if _, err := r.Send(t.Context(), usSeat, bad); tiktok.OutcomeOf(err) != tiktok.OutcomeNotDone || len(r.sim.Requests()) != before {
			t.Errorf("%s: was sent: %v", name, err)
		}
	}
}

// The ledger keeps a call as JSON; what comes out of it is sent to the byte.
func TestStoredBytesAreSent(t *testing.T) {
	t.Parallel()
	const body = `{"order_id":"1",  "return_reason":"<a&b>"}`
	var got, key string
	client := against(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, key = string(raw), r.URL.Query().Get("idempotency_key")
		_, _ = io.WriteString(w, `{"code":0,"data":{"return_id":4035000000000010001,"return_status":"RETURN_OR_REFUND_REQUEST_PENDING"}}`)
	})
	w, err := fullRefund().Write()
	check(t, err)
	w.Body = json.RawMessage(body)
	answer, err := client.Send(t.Context(), usSeat, w)
	check(t, err)
	if got != body || key != "key-1" || answer.ReturnID != "4035000000000010001" || answer.ReturnStatus != tiktok.ReturnPending {
		t.Errorf("sent %s under %q, answered %+v", got, key, answer)
	}
	stored, err := json.Marshal(w)
	check(t, err)
	var back tiktok.Write
	check(t, json.Unmarshal(stored, &back))
	again, err := json.Marshal(back)
	check(t, err)
	if string(again) != string(stored) {
		t.Errorf("stored %s, came back as %s", stored, again)
	}
}

func TestPartialRefusalOfAWriteLeavesItOpen(t *testing.T) {
	t.Parallel()
	client := against(t, answering(200, `{"code":0,"request_id":"r1","data":{"return_id":"7","errors":[{"code":"25001003","message":"no"}]}}`))
	w, err := fullRefund().Write()
	check(t, err)
	answer, err := client.Send(t.Context(), usSeat, w)
	var partial *tiktok.PartialError
	if !errors.As(err, &partial) || partial.Refused[0].Code != "25001003" || answer.ReturnID != "7" || tiktok.OutcomeOf(err) != tiktok.OutcomeUnknown {
		t.Errorf("got %+v, %v (%s)", answer, err, tiktok.OutcomeOf(err))
	}
	client = against(t, answering(200, `{"code":0,"data":{}}`))
	if _, err := client.Send(t.Context(), usSeat, w); !errors.Is(err, tiktok.ErrMalformed) || tiktok.OutcomeOf(err) != tiktok.OutcomeUnknown {
		t.Errorf("an answer without an id: %v", err)
	}
}
