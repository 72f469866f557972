package guide_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/testorders"
)

var update = flag.Bool("update", false, "write the golden files")

const returnLink = "https://app.example.com/returns/k3v9"

var day = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

func fresh() guide.Facts {
	return guide.Facts{Shop: shops.Shop{Domain: "stoneware.myshopify.com", Name: "Stoneware"}, Settings: shops.DefaultSettings(), ReturnLink: returnLink}
}

// ready is a shop whose set-up is complete but for what is optional.
func ready() guide.Facts {
	f := fresh()
	f.Connections = []shops.Connection{{TikTokShop: "7495000000000000001", Name: "Stoneware US", Region: "US", ConnectedAt: day}}
	s := &f.Settings
	s.PullOrders, s.PushOrders, s.PullFulfillments, s.PushFulfillments, s.PullRefunds, s.PushRefunds = true, true, true, true, true, true
	s.ReturnPortalURL = "https://returns.example.com"
	finished := day.Add(time.Minute)
	f.TestOrder = testorders.Run{State: testorders.Passed, FinishedAt: &finished}
	f.FirstWritten = day.Add(time.Hour)
	f.Marks = guide.Marks{guide.PortalAsked: {At: day, Note: "https://returns.example.com\nanswered"}}
	for _, mark := range []guide.MarkID{
		guide.H5Asked, guide.H5Approved, "portal_text", "lookup_field", "test_return", "return_app", "return_url", "outcomes", "other_connectors",
	} {
		f.Marks[mark] = guide.Mark{ID: mark, At: day}
	}
	f.Marks["note:test_return"] = guide.Mark{Note: "576461413038785752"}
	return f
}

func TestTheGuideInWords(t *testing.T) {
	t.Parallel()
	for name, facts := range map[string]guide.Facts{"fresh": fresh(), "ready": ready()} {
		got, file := words(guide.Assess(facts)), filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if diff := cmp.Diff(string(want), got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func words(g guide.Guide) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d, complete: %v\n", g.Finished, g.Required, g.Complete())
	for _, s := range g.Steps {
		fmt.Fprintf(&b, "\n%s (%s, %s, optional: %v) %s\n  what: %s\n  why: %s\n  evidence: %s\n", s.ID, s.State, s.Proof, s.Optional, s.Title, s.What, s.Why, s.Evidence)
		if !s.EvidenceAt.IsZero() {
			fmt.Fprintf(&b, "  at: %s\n", s.EvidenceAt.Format(time.RFC3339))
		}
		for _, tick := range s.Ticks {
			fmt.Fprintf(&b, "  tick %s: %s, %v\n", tick.Mark, tick.Label, !tick.At.IsZero())
		}
		if s.Note != "" {
			fmt.Fprintf(&b, "  note: %s\n", s.Note)
		}
		for _, text := range s.Texts {
			fmt.Fprintf(&b, "  [%s]\n    %s\n", text.Name, strings.ReplaceAll(text.Body, "\n", "\n    "))
		}
	}
	return b.String()
}

func TestEachThingMovesItsStep(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*guide.Facts)
		step   guide.StepID
		want   guide.State
	}{
		"h5 only asked":          {func(f *guide.Facts) { delete(f.Marks, guide.H5Approved) }, guide.H5Redirect, guide.Open},
		"h5 live without a tick": {func(f *guide.Facts) { f.Marks = nil; f.FirstVisit = day }, guide.H5Redirect, guide.Done},
		"no connection":          {func(f *guide.Facts) { f.Connections = nil }, guide.ConnectTikTok, guide.Open},
		"connection off":         {func(f *guide.Facts) { f.Connections[0].Off = shops.OffTaken }, guide.ConnectTikTok, guide.Needs},
		"permission ended":       {open(exceptions.ConnectionExpired), guide.ConnectTikTok, guide.Needs},
		"pull orders off":        {func(f *guide.Facts) { f.Settings.PullOrders = false }, guide.ConnectTikTok, guide.Open},
		"scope missing":          {open(exceptions.ScopeMissing), guide.ShopifySide, guide.Needs},
		"push orders off":        {func(f *guide.Facts) { f.Settings.PushOrders = false }, guide.ShopifySide, guide.Open},
		"test order failed":      {func(f *guide.Facts) { f.TestOrder.State = testorders.Failed }, guide.TestOrder, guide.Needs},
		"test order runs":        {func(f *guide.Facts) { f.TestOrder.State = testorders.Running }, guide.TestOrder, guide.Open},
		"no real order":          {func(f *guide.Facts) { f.FirstWritten = time.Time{} }, guide.RealOrder, guide.Open},
		"loop asked in vain":     {func(f *guide.Facts) { f.Settings.LoopKeySet = true }, guide.RealOrder, guide.Open},
		"loop finds orders":      {func(f *guide.Facts) { f.Settings.LoopKeySet, f.FoundInLoop = true, day }, guide.RealOrder, guide.Done},
		"portal changed":         {func(f *guide.Facts) { f.Settings.ReturnPortalURL += "/x" }, guide.PortalAnswers, guide.Open},
		"portal fails": {func(f *guide.Facts) {
			f.Marks[guide.PortalAsked] = guide.Mark{At: day, Note: "https://returns.example.com\nstatus 404"}
		}, guide.PortalAnswers, guide.Needs},
		"no portal for the url": {func(f *guide.Facts) { f.Settings.ReturnPortalURL = "" }, guide.ReturnURL, guide.Needs},
		"exchange made":         {open(exceptions.OutcomeNotRefund), guide.Outcomes, guide.Needs},
		"an order doubled":      {open(exceptions.DuplicateOrder), guide.OtherConnectors, guide.Needs},
		"a refund doubled":      {open(exceptions.SecondConnector), guide.OtherConnectors, guide.Needs},
		"push refunds off":      {func(f *guide.Facts) { f.Settings.PushRefunds = false }, guide.RefundSwitches, guide.Open},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := ready()
			tt.change(&facts)
			g := guide.Assess(facts)
			step, _ := g.Step(tt.step)
			if step.State != tt.want || step.Evidence == "" {
				t.Errorf("%s is %s (%q), want %s", tt.step, step.State, step.Evidence, tt.want)
			}
			if next, ok := g.Next(); tt.want != guide.Done && (g.Complete() || !ok || next.State == guide.Done) {
				t.Errorf("complete %v, next %s", g.Complete(), next.ID)
			}
		})
	}
	if g := guide.Assess(ready()); !g.Complete() {
		t.Error("a shop that is ready is not")
	}
}

func open(code exceptions.Code) func(*guide.Facts) {
	return func(f *guide.Facts) { f.Exceptions = map[exceptions.Code]int{code: 2} }
}
