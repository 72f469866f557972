package guide

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/testorders"
)

// Shops reads how a shop is set up.
type Shops interface {
	Settings(ctx context.Context, shop shopify.Domain) (shops.Settings, error)
	Connections(ctx context.Context, shop shopify.Domain) ([]shops.Connection, error)
}

// Work reads what was done for it.
type Work interface {
	// LastTestOrder returns testorders.ErrNotFound before the first.
	LastTestOrder(ctx context.Context, shop shopify.Domain) (testorders.Run, error)
	// FirstOrder is when the first real order was written, to the quarter of an hour; zero when none was.
	FirstOrder(ctx context.Context, shop shopify.Domain) (time.Time, error)
	ExceptionCounts(ctx context.Context, shop shopify.Domain) (map[exceptions.Code]int, error)
}

// Book keeps a shop's marks. What is kept once more replaces what was.
type Book interface {
	GuideMarks(ctx context.Context, shop shopify.Domain) (Marks, error)
	SaveGuideMark(ctx context.Context, shop shopify.Domain, mark Mark) error
	DeleteGuideMark(ctx context.Context, shop shopify.Domain, mark MarkID) error
}

// Visits reads who came through the return link.
type Visits interface {
	// FirstVisit is when a buyer of a real order first came; false when none has.
	FirstVisit(ctx context.Context, shop shopify.Domain) (time.Time, bool, error)
}

// Loop reads what Loop answered.
type Loop interface {
	// FoundInLoop is when it was seen to find a real order; zero when it has found none.
	FoundInLoop(ctx context.Context, shop shopify.Domain) (time.Time, error)
}

// Portal asks a return portal; Prober is one.
type Portal interface {
	Ask(ctx context.Context, portal string) Answer
}

// Desk reads the guide and takes down what the merchant says.
type Desk struct {
	Shops  Shops
	Work   Work
	Book   Book
	Visits Visits
	Loop   Loop
	Portal Portal
	Now    func() time.Time
}

// Read gathers the facts about shop, whose return link is link.
func (d *Desk) Read(ctx context.Context, shop shops.Shop, link string) (Facts, error) {
	f := Facts{Shop: shop, ReturnLink: link}
	var errs [8]error
	f.Settings, errs[0] = d.Shops.Settings(ctx, shop.Domain)
	f.Connections, errs[1] = d.Shops.Connections(ctx, shop.Domain)
	f.TestOrder, errs[2] = d.Work.LastTestOrder(ctx, shop.Domain)
	if errors.Is(errs[2], testorders.ErrNotFound) {
		errs[2] = nil
	}
	f.FirstWritten, errs[3] = d.Work.FirstOrder(ctx, shop.Domain)
	f.Exceptions, errs[4] = d.Work.ExceptionCounts(ctx, shop.Domain)
	f.Marks, errs[5] = d.Book.GuideMarks(ctx, shop.Domain)
	f.FoundInLoop, errs[7] = d.Loop.FoundInLoop(ctx, shop.Domain)
	first, came, err := d.Visits.FirstVisit(ctx, shop.Domain)
	if errs[6] = err; came {
		f.FirstVisit = first
	}
	if err := errors.Join(errs[:]...); err != nil {
		return Facts{}, fmt.Errorf("read the guide of %s: %w", shop.Domain, err)
	}
	return f, nil
}

// Tick sets a mark of a step, with today's date unless it is set already: a
// form that comes twice changes nothing.
func (d *Desk) Tick(ctx context.Context, shop shopify.Domain, step StepID, mark MarkID) error {
	if !may(step, mark) {
		return ErrUnknown
	}
	marks, err := d.Book.GuideMarks(ctx, shop)
	if err != nil {
		return err
	}
	if !marks[mark].At.IsZero() {
		return nil
	}
	return d.Book.SaveGuideMark(ctx, shop, Mark{ID: mark, At: d.Now()})
}

// Untick takes it back; one that is not set is no error.
func (d *Desk) Untick(ctx context.Context, shop shopify.Domain, step StepID, mark MarkID) error {
	if !may(step, mark) {
		return ErrUnknown
	}
	return d.Book.DeleteGuideMark(ctx, shop, mark)
}

// Note keeps the merchant's note on a step; an empty one removes it. It returns
// ErrNote for one that cannot be kept.
func (d *Desk) Note(ctx context.Context, shop shopify.Domain, step StepID, note string) error {
	if _, known := Assess(Facts{}).Step(step); !known {
		return ErrUnknown
	}
	note, err := checkNote(note)
	switch {
	case err != nil:
		return err
	case note == "":
		return d.Book.DeleteGuideMark(ctx, shop, noteOf(step))
	}
	return d.Book.SaveGuideMark(ctx, shop, Mark{ID: noteOf(step), At: d.Now(), Note: note})
}

// CheckPortal asks the return portal in the settings and keeps what came of it.
// Without a portal it asks nobody and returns ErrNoPortal.
func (d *Desk) CheckPortal(ctx context.Context, shop shopify.Domain) (Answer, error) {
	settings, err := d.Shops.Settings(ctx, shop)
	if err != nil {
		return "", err
	}
	if settings.ReturnPortalURL == "" {
		return "", ErrNoPortal
	}
	answer := d.Portal.Ask(ctx, settings.ReturnPortalURL)
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return answer, d.Book.SaveGuideMark(ctx, shop, Mark{ID: PortalAsked, At: d.Now(), Note: settings.ReturnPortalURL + "\n" + string(answer)})
}

// ErrNoPortal is returned while the settings name no return portal.
var ErrNoPortal = errors.New("the settings name no return portal")

// may tells whether the merchant sets this mark on this step.
func may(step StepID, mark MarkID) bool {
	s, _ := Assess(Facts{}).Step(step)
	for _, t := range s.Ticks {
		if t.Mark == mark {
			return true
		}
	}
	return false
}
