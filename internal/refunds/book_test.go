package refunds_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/refunds"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// A plan that is held stays so, whatever it has beside its calls: only what was sent is booked.
func TestAHeldPlanIsNotBooked(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`{"mug":1,"gift":1}`, `{"mug":1,"tee":1}`} {
		c := situationIn(t, `{"Paid":"40.00","Units":[{"ID":"1","Line":"mug","Status":"DELIVERED","Package":"P1","Most":"10.00"},
			{"ID":"2","Line":"gift","Status":"DELIVERED","Package":"P2","Most":"0.00"},{"ID":"3","Line":"tee","Status":"CANCELLED","Most":"5.00"}],
			"Refund":{"Lines":`+name+`,"Transactions":[{"Amount":"8.00"}]}}`)
		truth, steps, halt := c.planned()
		if halt != nil || len(steps) != 2 || steps[0].Call.Op == "" || steps[1].Call.Op != "" {
			t.Fatalf("%s: want a call, then what needs none: %s", name, told(steps, halt))
		}
		held := truth.Refund
		held.State, held.Reason, held.Steps = links.RefundHeld, refunds.PushOff, steps
		if diff := cmp.Diff(held, refunds.Booked(held, nil, nil)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A call whose answer was lost is found again among TikTok's cases, but not as another's.
func TestALostAnswerIsFound(t *testing.T) {
	t.Parallel()
	sent := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	made := func(change func(*tiktok.Return)) refunds.Cases {
		r := returned("77", tiktok.RoleSeller, "8.00", "1", tiktok.ReturnSuccess)
		r.CreateTime = sent.Unix()
		change(&r)
		return refunds.CasesOf([]tiktok.Return{r}, nil)
	}
	for name, c := range map[string]struct {
		change func(*tiktok.Return)
		taken  []string
		want   string
	}{
		"ours":                {change: func(*tiktok.Return) {}, want: "77"},
		"another refund's":    {change: func(*tiktok.Return) {}, taken: []string{"77"}},
		"the buyer's":         {change: func(r *tiktok.Return) { r.Role = tiktok.RoleBuyer }},
		"of another unit":     {change: func(r *tiktok.Return) { r.Lines[0].Unit = "2" }},
		"closed":              {change: func(r *tiktok.Return) { r.Status = tiktok.ReturnRejected }},
		"long before":         {change: func(r *tiktok.Return) { r.CreateTime = sent.Add(-time.Hour).Unix() }},
		"TikTok's clock lags": {change: func(r *tiktok.Return) { r.CreateTime = sent.Add(-time.Minute).Unix() }, want: "77"},
	} {
		refund := links.Refund{State: links.RefundSending, Amount: "8.00", Currency: "USD", Units: []tiktok.LineItemID{"1"}, Steps: []links.RefundStep{
			{Number: 1, Kind: links.OpenReturn, Units: []tiktok.LineItemID{"1"}, Amount: "8.00", State: links.StepSent, SentAt: &sent, Call: tiktok.Write{Op: "x"}},
		}}
		if got := refunds.Booked(refund, made(c.change), c.taken).Steps[0].Case; got != c.want {
			t.Errorf("%s: got case %q, want %q", name, got, c.want)
		}
	}
}

// A line that a refund names twice gives two units.
func TestALineNamedTwice(t *testing.T) {
	t.Parallel()
	line := links.Line{ShopifyLine: lineGID("mug"), Units: []links.Unit{{ID: "1"}, {ID: "2"}, {ID: "3"}}}
	twice := shopify.Refund{Lines: []shopify.RefundLine{{Line: line.ShopifyLine, Quantity: 1}, {Line: line.ShopifyLine, Quantity: 1}}}
	units, halt := refunds.Assign(twice, []links.Line{line}, nil)
	if diff := cmp.Diff([]tiktok.LineItemID{"1", "2"}, units); diff != "" || halt != nil {
		t.Errorf("%+v %s", halt, diff)
	}
}
