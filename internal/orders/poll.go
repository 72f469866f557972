package orders

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/switchbackhq/switchback/internal/fault"
	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// PollArgs ask for every synced TikTok shop to be polled; it comes again every POLL_INTERVAL.
type PollArgs struct{}

// Kind is the job's frozen name.
func (PollArgs) Kind() string { return "order_poll" }

// PollShopArgs ask for one TikTok shop to be polled.
type PollShopArgs struct {
	Shop       shopify.Domain `json:"shop"`
	TikTokShop tiktok.ShopID  `json:"tiktok_shop"`
}

// Kind is the job's frozen name.
func (PollShopArgs) Kind() string { return "order_poll_shop" }

// Once tells the queue that one unfinished poll of a shop is enough.
func (PollShopArgs) Once() bool { return true }

// Found is what polling reads and keeps.
type Found interface {
	Book
	AllConnections(ctx context.Context) ([]shops.Connection, error)
	Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error)
	// Cursor is how far that reader has come; one that never read is at 0.
	Cursor(ctx context.Context, shop shopify.Domain, id tiktok.ShopID, name string) (links.Cursor, error)
	// SaveCursor keeps it together with the jobs for what it has passed. The value never goes back.
	SaveCursor(ctx context.Context, c links.Cursor, jobs ...Job) error
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Searcher lists a TikTok shop's orders page by page.
type Searcher interface {
	SearchOrders(ctx context.Context, seat tiktok.Seat, search tiktok.OrderSearch, pageToken string) (tiktok.OrderPage, error)
}

// Poller finds what no webhook told of.
//
// A pass reads everything that changed from the watermark, less an overlap, to
// now, the longest unchanged first. Rows move while it pages: an order that
// changes leaves its place for the end, and whatever stood behind it moves up
// by one. So the next page does not begin at a position but at the moment at
// which this one ended. Where a whole page has one and the same moment, TikTok's
// page token leads on.
//
// The watermark moves when the last page has landed, with its jobs. A pass
// that is cut short goes on where it was; what it repeats starts imports that
// find nothing to do.
type Poller struct {
	Store  Found
	TikTok Searcher
	// Interval is POLL_INTERVAL: a poll that failed waits as long.
	Interval time.Duration
	Now      func() time.Time
	Log      *slog.Logger
}

const (
	pollCursor = "order_poll"
	// overlap is read again in each pass: TikTok's search may lag behind its own clock, and behind ours.
	overlap = 10 * time.Minute
	// farthest is how far back a first pass goes; backfill is for what is older.
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
	pulls := map[shopify.Domain]bool{}
	for _, c := range connections {
		if c.Off != shops.On {
			continue
		}
		if _, asked := pulls[c.Shop]; !asked {
			settings, err := p.Store.Settings(ctx, c.Shop)
			if err != nil {
				return fmt.Errorf("read settings of %s: %w", c.Shop, err)
			}
			pulls[c.Shop] = settings.PullOrders
		}
		if pulls[c.Shop] {
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

// PollShop makes or continues one pass.
func (p *Poller) PollShop(ctx context.Context, args PollShopArgs) error {
	connection, err := connectionOf(ctx, p.Store, args.Shop, args.TikTokShop)
	if errors.Is(err, shops.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	settings, err := p.Store.Settings(ctx, args.Shop)
	if err != nil {
		return fmt.Errorf("read settings of %s: %w", args.Shop, err)
	}
	if connection.Off != shops.On || !settings.PullOrders {
		return nil
	}
	cursor, err := p.Store.Cursor(ctx, args.Shop, args.TikTokShop, pollCursor)
	if err != nil {
		return err
	}
	pass := &pass{Poller: p, connection: connection, start: settings.StartLine(connection), cursor: cursor}
	return p.again(pass.read(ctx))
}

// again has a poll that failed come back after one interval: the queue's own
// waits would grow to an hour and keep newer polls out.
func (p *Poller) again(err error) error {
	if fault.Of(err) == fault.Retry {
		return fault.After(p.Interval, err)
	}
	return err
}

// pass is one reading of what changed.
type pass struct {
	*Poller
	connection shops.Connection
	// start is the start line: what was ordered before it and is not in the ledger is none of ours.
	start  time.Time
	cursor links.Cursor
}

func (p *pass) read(ctx context.Context) error {
	began := p.Now()
	if p.cursor.Until == 0 {
		p.begin(began)
	}
	for range pollPages {
		page, err := p.page(ctx)
		if err != nil {
			return errors.Join(fmt.Errorf("poll tiktok shop %s: %w", p.connection.TikTokShop, err), p.withdraw(ctx, err))
		}
		jobs, err := p.news(ctx, page)
		if err != nil {
			return err
		}
		if len(jobs) > 0 {
			p.Log.InfoContext(ctx, "orders.found", "shop", p.connection.Shop, "tiktok_shop_id", p.connection.TikTokShop, "orders", len(jobs))
		}
		p.advance(page)
		if err := p.Store.SaveCursor(ctx, p.cursor, jobs...); err != nil {
			return fmt.Errorf("keep how far tiktok shop %s was polled: %w", p.connection.TikTokShop, err)
		}
		switch {
		case p.cursor.Until == 0:
			p.Log.InfoContext(ctx, "poll.finished", "shop", p.connection.Shop, "tiktok_shop_id", p.connection.TikTokShop, "took", p.Now().Sub(began))
			return nil
		case p.Now().Sub(began) > pollFor:
			return fault.After(0, errMorePages)
		}
	}
	return fault.After(0, errMorePages)
}

// begin opens the window. A first pass starts at the start line.
func (p *pass) begin(now time.Time) {
	from := time.Unix(p.cursor.Value, 0).Add(-overlap)
	if p.cursor.Value == 0 {
		from = p.start
		if oldest := now.Add(-farthest); from.Before(oldest) {
			from = oldest
		}
	}
	p.cursor.Until, p.cursor.Reached, p.cursor.Page = now.Unix(), max(from.Unix(), 1), ""
}

func (p *pass) page(ctx context.Context) (tiktok.OrderPage, error) {
	if p.cursor.Reached >= p.cursor.Until {
		return tiktok.OrderPage{}, nil // a start line in the future, or of this very second
	}
	search := tiktok.OrderSearch{
		UpdatedFrom: time.Unix(p.cursor.Reached, 0), UpdatedBefore: time.Unix(p.cursor.Until, 0), ByUpdateTime: true,
	}
	return p.TikTok.SearchOrders(ctx, seatOf(p.connection), search, p.cursor.Page)
}

// withdraw gives a page token up that TikTok may no longer take: the pass goes on from the moment it had reached.
func (p *pass) withdraw(ctx context.Context, err error) error {
	if p.cursor.Page == "" || fault.Of(err) != fault.Asks {
		return nil
	}
	p.cursor.Page = ""
	return p.Store.SaveCursor(ctx, p.cursor)
}

// news lists an import for each order that the ledger lacks or knows in an older form.
func (p *pass) news(ctx context.Context, page tiktok.OrderPage) ([]Job, error) {
	var jobs []Job
	for _, order := range page.Orders {
		row, err := p.Store.Order(ctx, p.connection.Shop, order.ID)
		unknown := errors.Is(err, links.ErrNotFound)
		switch {
		case err != nil && !unknown:
			return nil, fmt.Errorf("read order %s: %w", order.ID, err)
		case unknown && beforeStart(order, p.start), !unknown && row.UpdateTime >= order.UpdateTime:
			continue
		}
		jobs = append(jobs, ImportArgs{
			Shop: p.connection.Shop, TikTokShop: p.connection.TikTokShop, Order: order.ID,
			Cause: "poll:" + strconv.FormatInt(p.cursor.Until, 10), Seen: order.UpdateTime,
		})
	}
	return jobs, nil
}

// advance moves the cursor behind a page that was read.
func (p *pass) advance(page tiktok.OrderPage) {
	if page.Next == "" {
		p.cursor.Value, p.cursor.Until, p.cursor.Reached, p.cursor.Page = p.cursor.Until, 0, 0, ""
		return
	}
	if last := lastUpdate(page.Orders); last > p.cursor.Reached {
		p.cursor.Reached, p.cursor.Page = last, ""
		return
	}
	p.cursor.Page = page.Next
}

// lastUpdate is the moment at which a page ends, 0 where it is not in order.
func lastUpdate(page []tiktok.Order) int64 {
	if len(page) == 0 || !slices.IsSortedFunc(page, func(a, b tiktok.Order) int { return int(a.UpdateTime - b.UpdateTime) }) {
		return 0
	}
	return page[len(page)-1].UpdateTime
}
