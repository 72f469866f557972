package loopcheck

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/loop"
	"github.com/switchbackhq/switchback/internal/orders"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

var (
	// ErrKeyMissing is returned for a shop that gave no key for Loop's API.
	ErrKeyMissing = errors.New("the shop has no key for loop's api")
	// ErrNotWritten is returned for an order that is not in Shopify.
	ErrNotWritten = errors.New("the order is not in shopify")
)

// Drafts is how a return is begun and taken back at Loop.
type Drafts interface {
	DraftReturn(ctx context.Context, key secret.String, order, zip string) (loop.Draft, error)
	CancelDraft(ctx context.Context, key secret.String, draft loop.Draft) error
}

// Book lists a shop's TikTok connections.
type Book interface {
	Connections(ctx context.Context, domain shopify.Domain) ([]shops.Connection, error)
}

// TikTok shows the order as it is now.
type TikTok interface {
	Order(ctx context.Context, seat tiktok.Seat, id tiktok.OrderID) (tiktok.Order, error)
}

// Tester does at Loop what a buyer does in the return portal, and takes it back.
type Tester struct {
	Keys   Keys
	Ledger Ledger
	Book   Book
	TikTok TikTok
	Loop   Drafts
	// Records and Timeline may be nil together, where nothing can be written.
	Records  Records
	Timeline timeline.Writer
	Now      func() time.Time
}

// Try is one writing of the ZIP and what Loop said to it.
type Try struct {
	// ZIP names the writing and is not the ZIP: "as_given" or "first_five".
	ZIP   string `json:"zip"`
	Found bool   `json:"found"`
	Code  string `json:"code"`
}

// Report is what a test found. Found is true when Loop finds the order in every
// usual writing of its ZIP; Fix is what to do otherwise.
type Report struct {
	CheckedAt time.Time `json:"checked_at"`
	Found     bool      `json:"found"`
	Code      string    `json:"code"`
	Message   string    `json:"message"`
	Fix       string    `json:"fix"`
	Tries     []Try     `json:"tries"`
	// DraftLeft tells that a return was begun and could not be taken back.
	DraftLeft bool `json:"draft_left"`
}

// Test tries the order in Loop. What Loop or TikTok answers is in the report; an
// error is ErrKeyMissing, ErrNotWritten, links.ErrNotFound, or one of ours.
func (t *Tester) Test(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (Report, error) {
	ctx = timeline.With(ctx, shop, id)
	order, err := t.Ledger.Order(ctx, shop, id)
	if err != nil {
		return Report{}, fmt.Errorf("read order %s: %w", id, err)
	}
	key, err := t.Keys.LoopKey(ctx, shop)
	switch {
	case err != nil:
		return Report{}, err
	case key.Empty():
		return Report{}, ErrKeyMissing
	case order.State != links.Written:
		return Report{}, fmt.Errorf("order %s is %s: %w", id, order.State, ErrNotWritten)
	}
	zip, problem, err := t.zip(ctx, order)
	if err != nil {
		return Report{}, err
	}
	report := Report{Code: problem, Tries: []Try{}}
	if problem == "" {
		t.try(ctx, key, order.ShopifyName, zip, &report)
	}
	report.CheckedAt = t.Now()
	report.tell()
	return report, t.record(ctx, order, report)
}

// zip reads the shipping ZIP from TikTok, or says with a code why there is none.
func (t *Tester) zip(ctx context.Context, order links.Order) (zip, problem string, err error) {
	connections, err := t.Book.Connections(ctx, order.Shop)
	if err != nil {
		return "", "", fmt.Errorf("list connections of %s: %w", order.Shop, err)
	}
	for _, c := range connections {
		if c.TikTokShop != order.TikTokShop {
			continue
		}
		seat := tiktok.Seat{Holder: string(c.Shop), OpenID: c.OpenID, Shop: c.TikTokShop, Cipher: c.Cipher}
		now, err := t.TikTok.Order(ctx, seat, order.ID)
		switch {
		case err != nil:
			return "", ZIPUnread, nil //nolint:nilerr // the report says so; the call's own timeline entry holds the reason
		case now.RecipientAddress == nil || strings.TrimSpace(now.RecipientAddress.PostalCode) == "":
			return "", ZIPMissing, nil
		case orders.Masked(now.RecipientAddress.PostalCode):
			return "", ZIPMasked, nil
		}
		return now.RecipientAddress.PostalCode, "", nil
	}
	return "", ZIPUnread, nil
}

var zipPlus4 = regexp.MustCompile(`^\s*([0-9]{5})[- ]?[0-9]{4}\s*$`)

// try begins a return with each writing of the ZIP that a buyer may use. The
// report's code is that of the first writing that fails.
func (t *Tester) try(ctx context.Context, key secret.String, name, zip string, report *Report) {
	writings := []struct{ name, zip string }{{"as_given", zip}}
	if five := zipPlus4.FindStringSubmatch(zip); five != nil {
		writings = append(writings, struct{ name, zip string }{"first_five", five[1]})
	}
	report.Code, report.Found = Found, true
	for _, w := range writings {
		draft, err := t.Loop.DraftReturn(ctx, key, name, w.zip)
		code := codeOf(err)
		report.Tries = append(report.Tries, Try{ZIP: w.name, Found: err == nil, Code: code})
		if err != nil {
			if report.Found {
				report.Code, report.Found = code, false
			}
			continue
		}
		// Taken back also when the caller has gone: a draft of ours must not stay behind.
		cancelling, end := context.WithTimeout(context.WithoutCancel(ctx), cancelWithin)
		if err := t.Loop.CancelDraft(cancelling, key, draft); err != nil {
			report.DraftLeft = true
		}
		end()
	}
}

const cancelWithin = 10 * time.Second

// tell puts the outcome into words.
func (r *Report) tell() {
	w := say(r.Code)
	r.Message, r.Fix = w.sentence, w.fix
	if r.Found {
		r.Message = "Loop finds the order by its number and ZIP."
	}
	if len(r.Tries) == 2 && r.Tries[0].Found != r.Tries[1].Found {
		works, fails := "the ZIP as TikTok gives it", "its first five digits alone"
		if r.Tries[1].Found {
			works, fails = fails, works
		}
		r.Message = fmt.Sprintf("Loop finds the order by %s, but not by %s.", works, fails)
		r.Fix = "Say in your return instructions which form to type."
	}
	if r.DraftLeft {
		r.Message += " The return that was begun for the check could not be taken back."
		r.Fix = strings.TrimSpace(r.Fix + " Cancel the unfinished return in Loop; it was not submitted.")
	}
}

func (t *Tester) record(ctx context.Context, order links.Order, r Report) error {
	if t.Records == nil {
		return nil
	}
	last, err := t.Records.LoopCheck(ctx, order.Shop, order.ID)
	if err != nil {
		return err
	}
	return record(ctx, t.Records, t.Timeline, links.LoopCheck{
		Shop: order.Shop, Order: order.ID, CheckedAt: r.CheckedAt, Found: r.Found, Code: r.Code, Message: r.Message, Tries: last.Tries,
	})
}
