package loopcheck

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/switchbackhq/switchback/internal/exceptions"
	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/loop"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tiktok"
	"github.com/switchbackhq/switchback/internal/timeline"
)

// Args ask whether Loop knows an order that was written.
type Args struct {
	Shop  shopify.Domain `json:"shop"`
	Order tiktok.OrderID `json:"order_id"`
}

// Kind is the job's frozen name.
func (Args) Kind() string { return "loop_check" }

// Keys hold the shops' keys for Loop's API; an empty one means none.
type Keys interface {
	LoopKey(ctx context.Context, shop shopify.Domain) (secret.String, error)
}

// Ledger knows the orders. One that was never seen is links.ErrNotFound.
type Ledger interface {
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
}

// Records keep Loop's last answer about each order.
type Records interface {
	LoopCheck(ctx context.Context, shop shopify.Domain, order tiktok.OrderID) (links.LoopCheck, error)
	SaveLoopCheck(ctx context.Context, check links.LoopCheck) error
}

// Loop is what the job asks.
type Loop interface {
	ReturnEligibility(ctx context.Context, key secret.String, order string) (loop.Eligibility, error)
}

// Jobs is the queue.
type Jobs interface {
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Checker asks Loop after an order was written.
type Checker struct {
	Keys       Keys
	Ledger     Ledger
	Records    Records
	Loop       Loop
	Timeline   timeline.Writer
	Exceptions Exceptions
	// Jobs takes a review of a key that Loop refused before.
	Jobs Jobs
	Now  func() time.Time
	// RetryBase is the unit of the waits between two questions.
	RetryBase time.Duration
}

// waits are how long, in units of RetryBase, the job waits after each answer
// that may change: Loop publishes no delay after which it has an order. After
// the last the answer stands; the order is as good as before.
var waits = [...]time.Duration{10, 60, 300, 900}

var errNotYet = errors.New("loop does not find the order yet")

// Check asks once, records the answer, and asks to be run again while a better
// answer may come.
func (c *Checker) Check(ctx context.Context, args Args) error {
	ctx = timeline.With(ctx, args.Shop, args.Order)
	key, err := c.Keys.LoopKey(ctx, args.Shop)
	if err != nil || key.Empty() { // the key may have been removed meanwhile
		return err
	}
	order, err := c.Ledger.Order(ctx, args.Shop, args.Order)
	if errors.Is(err, links.ErrNotFound) || err == nil && order.State != links.Written {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read order %s: %w", args.Order, err)
	}
	last, err := c.Records.LoopCheck(ctx, args.Shop, args.Order)
	if err != nil {
		return err
	}
	found, err := c.Loop.ReturnEligibility(ctx, key, order.ShopifyName)
	if ctx.Err() != nil || fault.Of(err) == fault.Later { // nobody answered, or a turn has to be waited for
		return err
	}
	now := links.LoopCheck{Shop: args.Shop, Order: args.Order, CheckedAt: c.Now(), Code: codeOf(err)}
	now.Found, now.Message = err == nil, say(now.Code).sentence
	if now.Found {
		now.Message = returnable(found)
	} else {
		now.Tries = last.Tries + 1
	}
	if err := record(ctx, c.Records, c.Timeline, now); err != nil {
		return err
	}
	if err := c.heed(ctx, args.Shop, now.Code); err != nil {
		return err
	}
	if mayChange(now.Code) && now.Tries <= len(waits) {
		return fault.After(waits[now.Tries-1]*c.RetryBase, errNotYet)
	}
	return nil
}

// heed tells the merchant of a key that Loop refuses, and has one reviewed that
// is good again although nobody entered it anew: its scopes may have been mended.
func (c *Checker) heed(ctx context.Context, shop shopify.Domain, code string) error {
	switch {
	case slices.Contains(badKey(), code):
		return refuse(ctx, c.Exceptions, shop, c.Now())
	case code == Unreachable || code == Refused:
		return nil
	}
	open, err := c.Exceptions.OrderExceptions(ctx, shop, "")
	if err != nil {
		return fmt.Errorf("read exceptions of %s: %w", shop, err)
	}
	if !slices.ContainsFunc(open, func(e exceptions.Exception) bool { return e.Code == exceptions.LoopKeyRefused }) {
		return nil
	}
	if err := c.Jobs.Enqueue(ctx, KeyArgs{Shop: shop}); err != nil {
		return fmt.Errorf("start review of the loop key of %s: %w", shop, err)
	}
	return nil
}

// returnable says what Loop would let a buyer return now.
func returnable(e loop.Eligibility) string {
	sentence := said[Found].sentence
	switch {
	case e.Lines == 0:
	case e.Returnable == e.Lines:
		sentence += " Everything in it can be returned."
	default:
		sentence += fmt.Sprintf(" %d of its %d lines can be returned now", e.Returnable, e.Lines)
		if len(e.Why) > 0 {
			sentence += "; the others: " + strings.Join(e.Why, ", ")
		}
		sentence += "."
	}
	return sentence
}

// record keeps the answer and tells it to the order's timeline.
func record(ctx context.Context, records Records, story timeline.Writer, check links.LoopCheck) error {
	if err := records.SaveLoopCheck(ctx, check); err != nil {
		return err
	}
	entry := timeline.Entry{
		Shop: check.Shop, Order: check.Order, At: check.CheckedAt, Kind: timeline.Decision, Text: "asked Loop: " + check.Message,
		Facts: map[string]string{"code": check.Code, "found": strconv.FormatBool(check.Found)},
	}
	if err := story.AppendTimeline(ctx, entry); err != nil {
		return fmt.Errorf("note loop's answer on order %s: %w", check.Order, err)
	}
	return nil
}
