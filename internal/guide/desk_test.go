package guide_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/testorders"
)

const demo shopify.Domain = "demo.myshopify.com"

// kept stands for the store.
type kept struct {
	facts guide.Facts
	run   error
	marks guide.Marks
}

func (k *kept) Settings(context.Context, shopify.Domain) (shops.Settings, error) {
	return k.facts.Settings, nil
}

func (k *kept) Connections(context.Context, shopify.Domain) ([]shops.Connection, error) {
	return k.facts.Connections, nil
}

func (k *kept) LastTestOrder(context.Context, shopify.Domain) (testorders.Run, error) {
	return k.facts.TestOrder, k.run
}

func (k *kept) FirstOrder(context.Context, shopify.Domain) (time.Time, error) {
	return k.facts.FirstWritten, nil
}

func (k *kept) FirstVisit(context.Context, shopify.Domain) (time.Time, bool, error) {
	return k.facts.FirstVisit, !k.facts.FirstVisit.IsZero(), nil
}

func (k *kept) FoundInLoop(context.Context, shopify.Domain) (time.Time, error) {
	return k.facts.FoundInLoop, nil
}

func (k *kept) ExceptionCounts(context.Context, shopify.Domain) (map[exceptions.Code]int, error) {
	return k.facts.Exceptions, nil
}

func (k *kept) GuideMarks(context.Context, shopify.Domain) (guide.Marks, error) {
	return maps.Clone(k.marks), nil
}

func (k *kept) SaveGuideMark(_ context.Context, _ shopify.Domain, m guide.Mark) error {
	k.marks[m.ID] = m
	return nil
}

func (k *kept) DeleteGuideMark(_ context.Context, _ shopify.Domain, m guide.MarkID) error {
	delete(k.marks, m)
	return nil
}

type answers guide.Answer

func (a answers) Ask(context.Context, string) guide.Answer { return guide.Answer(a) }

func bench(f guide.Facts) (*guide.Desk, *kept) {
	k := &kept{facts: f, marks: guide.Marks{}}
	maps.Copy(k.marks, f.Marks)
	return &guide.Desk{Shops: k, Work: k, Book: k, Visits: k, Loop: k, Portal: answers("status 500"), Now: func() time.Time { return day }}, k
}

func TestWhatIsReadIsAssessed(t *testing.T) {
	t.Parallel()
	desk, k := bench(ready())
	f, err := desk.Read(t.Context(), ready().Shop, returnLink)
	if err != nil || words(guide.Assess(f)) != words(guide.Assess(ready())) {
		t.Error(err, words(guide.Assess(f)))
	}
	k.facts.FirstVisit, k.facts.FoundInLoop = day, day
	if f, err := desk.Read(t.Context(), ready().Shop, returnLink); err != nil || !f.FirstVisit.Equal(day) || !f.FoundInLoop.Equal(day) {
		t.Error(err, f.FirstVisit)
	}
	k.run = testorders.ErrNotFound
	if _, err := desk.Read(t.Context(), ready().Shop, returnLink); err != nil {
		t.Error(err)
	}
	k.run = errors.New("broken")
	if _, err := desk.Read(t.Context(), ready().Shop, returnLink); !errors.Is(err, k.run) {
		t.Error(err)
	}
}

func TestTicksAreSetOnceAndTakenBack(t *testing.T) {
	t.Parallel()
	desk, k := bench(fresh())
	ctx := t.Context()
	for range 2 {
		if err := desk.Tick(ctx, demo, guide.Outcomes, "outcomes"); err != nil {
			t.Fatal(err)
		}
		desk.Now = func() time.Time { return day.Add(time.Hour) }
	}
	if got := k.marks["outcomes"].At; !got.Equal(day) {
		t.Errorf("ticked at %v", got)
	}
	if err := desk.Untick(ctx, demo, guide.Outcomes, "outcomes"); err != nil || len(k.marks) != 0 {
		t.Error(err, k.marks)
	}
	for step, mark := range map[guide.StepID]guide.MarkID{
		"nothing": "nothing", guide.PortalAnswers: guide.PortalAsked, guide.RealOrder: "real_order", guide.Outcomes: "other_connectors", guide.H5Redirect: "h5_redirect",
	} {
		if err := errors.Join(desk.Tick(ctx, demo, step, mark)); !errors.Is(err, guide.ErrUnknown) {
			t.Errorf("tick %s of %s: %v", mark, step, err)
		}
		if err := desk.Untick(ctx, demo, step, mark); !errors.Is(err, guide.ErrUnknown) {
			t.Errorf("untick %s of %s: %v", mark, step, err)
		}
	}
	if len(k.marks) != 0 {
		t.Error(k.marks)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	desk, k := bench(fresh())
	ctx := t.Context()
	for note, want := range map[string]error{
		strings.Repeat("ä", 500): nil, strings.Repeat("ä", 501): guide.ErrNote, "two\r\nlines": nil, "a\x00b": guide.ErrNote, "\xff": guide.ErrNote,
	} {
		if err := desk.Note(ctx, demo, guide.TestReturn, note); !errors.Is(err, want) {
			t.Errorf("%.20q: %v", note, err)
		}
	}
	if err := desk.Note(ctx, demo, "nothing", "n"); !errors.Is(err, guide.ErrUnknown) {
		t.Error(err)
	}
	if err := desk.Note(ctx, demo, guide.TestReturn, "  \n"); err != nil || len(k.marks) != 0 {
		t.Error(err, k.marks)
	}
}

func TestThePortalsAnswerIsKept(t *testing.T) {
	t.Parallel()
	desk, k := bench(fresh())
	if _, err := desk.CheckPortal(t.Context(), demo); !errors.Is(err, guide.ErrNoPortal) {
		t.Error(err)
	}
	k.facts.Settings.ReturnPortalURL = "https://returns.example.com/a b"
	for answer, want := range map[guide.Answer]guide.State{"answered": guide.Done, "status 500": guide.Needs, "elsewhere": guide.Needs} {
		desk.Portal = answers(answer)
		if _, err := desk.CheckPortal(t.Context(), demo); err != nil {
			t.Fatal(err)
		}
		f, err := desk.Read(t.Context(), shops.Shop{Domain: demo}, returnLink)
		if err != nil {
			t.Fatal(err)
		}
		step, _ := guide.Assess(f).Step(guide.PortalAnswers)
		if step.State != want || step.Evidence != answer.Sentence() || !step.EvidenceAt.Equal(day) {
			t.Errorf("%s: %+v", answer, step)
		}
	}
}
