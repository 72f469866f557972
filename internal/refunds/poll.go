package refunds

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// PollArgs ask for the returns and cancellations of every synced TikTok shop to
// be polled; it comes again every POLL_INTERVAL.
type PollArgs struct{}

// Kind is the job's frozen name.
func (PollArgs) Kind() string { return "refund_poll" }

// PollShopArgs ask for one TikTok shop to be polled.
type PollShopArgs struct {
	Shop       shopify.Domain `json:"shop"`
	TikTokShop tiktok.ShopID  `json:"tiktok_shop"`
}

// Kind is the job's frozen name.
func (PollShopArgs) Kind() string { return "refund_poll_shop" }

// Once tells the queue that one unfinished poll of a shop is enough.
func (PollShopArgs) Once() bool { return true }

// Found is what polling reads and keeps.
type Found interface {
	RefundList
	AllConnections(ctx context.Context) ([]shops.Connection, error)
	Settings(ctx context.Context, domain shopify.Domain) (shops.Settings, error)
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
	// Cursor is how far that reader has come; one that never read is at 0.
	Cursor(ctx context.Context, shop shopify.Domain, id tiktok.ShopID, name string) (links.Cursor, error)
	// SaveCursor keeps it together with the jobs for what it has passed. The value never goes back.
	SaveCursor(ctx context.Context, c links.Cursor, jobs ...Job) error
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Searcher lists a TikTok shop's returns and cancellations page by page, the
// longest unchanged first.
type Searcher interface {
	SearchReturns(ctx context.Context, seat tiktok.Seat, search tiktok.AftersaleSearch, pageToken string) (tiktok.ReturnPage, error)
	SearchCancellations(ctx context.Context, seat tiktok.Seat, search tiktok.AftersaleSearch, pageToken string) (tiktok.CancellationPage, error)
}

// Poller finds returns and cancellations at TikTok of which no webhook told: the
// order itself does not change when they do.
//
// A pass reads what changed from the watermark, less an overlap, to now. As rows
// move to the end when they change, the next page begins at the moment at which
// this one ended; only where a whole page has one and the same moment TikTok's
// page token leads on. The watermark moves when the last page has landed, with
// its jobs.
type Poller struct {
	Store  Found
	TikTok Searcher
	// Interval is POLL_INTERVAL: a poll that failed waits as long.
	Interval time.Duration
	Now      func() time.Time
}

const (
	returnCursor       = "return_poll"
	cancellationCursor = "cancellation_poll"
	// overlap is read again in each pass: TikTok's search may lag behind its own clock, and behind ours.
	overlap = 10 * time.Minute
	// farthest is how far back a first pass goes.
	farthest = 30 * 24 * time.Hour
	// pollFor and pollPages end a job long before the queue would.
	pollFor   = 12 * time.Second
	pollPages = 50
)

// errMorePages is why a long pass comes back at once.
var errMorePages = errors.New("there are more pages")

// Poll starts a poll of each TikTok shop that is synced.
func (p *Poller) Poll(ctx context.Context, _ PollArgs) error {
	connections, err := p.Store.AllConnections(ctx)
	if err != nil {
		return fmt.Errorf("list connections: %w", err)
	}
	var jobs []Job
	for _, c := range connections {
		synced, err := p.synced(ctx, c)
		if err != nil {
			return err
		}
		if synced {
			jobs = append(jobs, PollShopArgs{Shop: c.Shop, TikTokShop: c.TikTokShop})
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	if err := p.Store.Enqueue(ctx, jobs...); err != nil {
		return fmt.Errorf("start polls: %w", err)
	}
	return nil
}

// synced tells whether the shop's orders come to Shopify, so that something may have to follow.
func (p *Poller) synced(ctx context.Context, c shops.Connection) (bool, error) {
	if c.Off != shops.On {
		return false, nil
	}
	settings, err := p.Store.Settings(ctx, c.Shop)
	if err != nil {
		return false, fmt.Errorf("read settings of %s: %w", c.Shop, err)
	}
	return settings.PullOrders || settings.PullRefunds, nil
}

// PollShop makes or continues one pass over the returns and one over the cancellations.
func (p *Poller) PollShop(ctx context.Context, args PollShopArgs) error {
	connections, err := p.Store.AllConnections(ctx)
	if err != nil {
		return fmt.Errorf("list connections: %w", err)
	}
	n := slices.IndexFunc(connections, func(c shops.Connection) bool { return c.Shop == args.Shop && c.TikTokShop == args.TikTokShop })
	if n < 0 {
		return nil
	}
	synced, err := p.synced(ctx, connections[n])
	if err != nil || !synced {
		return err
	}
	for name, page := range map[string]pageReader{returnCursor: p.returns, cancellationCursor: p.cancellations} {
		cursor, err := p.Store.Cursor(ctx, args.Shop, args.TikTokShop, name)
		if err != nil {
			return err
		}
		pass := &pass{Poller: p, connection: connections[n], cursor: cursor, page: page}
		if err := pass.read(ctx); fault.Of(err) == fault.Retry {
			return fault.After(p.Interval, err) // the queue's own waits would grow to an hour and keep newer polls out
		} else if err != nil {
			return err
		}
	}
	return nil
}

// row is one return or cancellation of a page.
type row struct {
	Case
	order   tiktok.OrderID
	updated int64
}

type pageReader func(ctx context.Context, seat tiktok.Seat, search tiktok.AftersaleSearch, token string) (rows []row, next string, err error)

func (p *Poller) returns(ctx context.Context, seat tiktok.Seat, search tiktok.AftersaleSearch, token string) ([]row, string, error) {
	page, err := p.TikTok.SearchReturns(ctx, seat, search, token)
	rows := make([]row, len(page.Returns))
	for n, c := range CasesOf(page.Returns, nil) {
		rows[n] = row{Case: c, order: page.Returns[n].OrderID, updated: page.Returns[n].UpdateTime}
	}
	return rows, page.Next, err
}

func (p *Poller) cancellations(ctx context.Context, seat tiktok.Seat, search tiktok.AftersaleSearch, token string) ([]row, string, error) {
	page, err := p.TikTok.SearchCancellations(ctx, seat, search, token)
	rows := make([]row, len(page.Cancellations))
	for n, c := range CasesOf(nil, page.Cancellations) {
		rows[n] = row{Case: c, order: page.Cancellations[n].OrderID, updated: page.Cancellations[n].UpdateTime}
	}
	return rows, page.Next, err
}

// pass is one reading of what changed.
type pass struct {
	*Poller
	connection shops.Connection
	cursor     links.Cursor
	page       pageReader
}

func (p *pass) read(ctx context.Context) error {
	began := p.Now()
	if p.cursor.Until == 0 {
		p.begin(began)
	}
	c := p.connection
	seat := tiktok.Seat{Holder: string(c.Shop), OpenID: c.OpenID, Shop: c.TikTokShop, Cipher: c.Cipher}
	for range pollPages {
		search := tiktok.AftersaleSearch{UpdatedFrom: time.Unix(p.cursor.Reached, 0), UpdatedBefore: time.Unix(p.cursor.Until, 0)}
		rows, next, err := p.page(ctx, seat, search, p.cursor.Page)
		if err != nil {
			return errors.Join(fmt.Errorf("poll tiktok shop %s: %w", c.TikTokShop, err), p.withdraw(ctx, err))
		}
		jobs, err := p.news(ctx, rows)
		if err != nil {
			return err
		}
		p.advance(rows, next)
		if err := p.Store.SaveCursor(ctx, p.cursor, jobs...); err != nil {
			return fmt.Errorf("keep how far tiktok shop %s was polled: %w", c.TikTokShop, err)
		}
		switch {
		case p.cursor.Until == 0:
			return nil
		case p.Now().Sub(began) > pollFor:
			return fault.After(0, errMorePages)
		}
	}
	return fault.After(0, errMorePages)
}

// begin opens the window.
func (p *pass) begin(now time.Time) {
	from := time.Unix(p.cursor.Value, 0).Add(-overlap)
	if p.cursor.Value == 0 {
		from = now.Add(-farthest)
	}
	p.cursor.Until, p.cursor.Reached, p.cursor.Page = now.Unix(), from.Unix(), ""
}

// withdraw gives a page token up that TikTok may no longer take: the pass goes on from the moment it had reached.
func (p *pass) withdraw(ctx context.Context, err error) error {
	if p.cursor.Page == "" || fault.Of(err) != fault.Asks {
		return nil
	}
	p.cursor.Page = ""
	return p.Store.SaveCursor(ctx, p.cursor)
}

// news lists a look at each order of which the ledger does not know a row's state.
func (p *pass) news(ctx context.Context, rows []row) ([]Job, error) {
	var jobs []Job
	asked := map[tiktok.OrderID]bool{}
	for _, found := range rows {
		if asked[found.order] {
			continue
		}
		order, err := p.Store.Order(ctx, p.connection.Shop, found.order)
		if errors.Is(err, links.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read order %s: %w", found.order, err)
		}
		fresh, err := p.fresh(ctx, order, found.Case)
		if err != nil {
			return nil, err
		}
		if fresh {
			asked[order.ID] = true
			jobs = append(jobs, ForwardArgs{Shop: order.Shop, Order: order.ID, Cause: "poll:" + strconv.FormatInt(p.cursor.Until, 10)})
		}
	}
	return jobs, nil
}

// fresh tells whether something may follow from a case as it is now: a step of
// ours whose end it is, a refund that it holds up, or money that Shopify does not know of.
func (p *pass) fresh(ctx context.Context, order links.Order, c Case) (bool, error) {
	refunds, err := p.Store.Refunds(ctx, order.Shop, order.ID)
	if err != nil {
		return false, err
	}
	for _, refund := range refunds {
		for _, step := range refund.Steps {
			if step.Case == c.ID {
				return step.State == links.StepSent || step.State == links.StepAccepted, nil
			}
		}
	}
	waiting := slices.ContainsFunc(refunds, func(one links.Refund) bool { return !one.State.Over() || owed(one, c.Units) })
	if waiting || c.phase != tiktok.PhasePaid || !c.Return {
		return waiting, nil
	}
	lines, err := p.Store.Lines(ctx, order.Shop, order.ID)
	if err != nil {
		return false, fmt.Errorf("read lines of order %s: %w", order.ID, err)
	}
	for _, line := range lines {
		if slices.ContainsFunc(standingOf(line, nil), func(u links.Unit) bool { return slices.Contains(c.Units, u.ID) }) {
			return true, nil
		}
	}
	return false, nil
}

// advance moves the cursor behind a page that was read.
func (p *pass) advance(rows []row, next string) {
	if next == "" {
		p.cursor.Value, p.cursor.Until, p.cursor.Reached, p.cursor.Page = p.cursor.Until, 0, 0, ""
		return
	}
	sorted := slices.IsSortedFunc(rows, func(a, b row) int { return int(a.updated - b.updated) })
	if last := len(rows) - 1; last >= 0 && sorted && rows[last].updated > p.cursor.Reached {
		p.cursor.Reached, p.cursor.Page = rows[last].updated, ""
		return
	}
	p.cursor.Page = next
}
