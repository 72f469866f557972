package backfills

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/shops"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	firstWindow   = 7 * 24 * time.Hour
	longestWindow = 30 * 24 * time.Hour
	// shortestWindow ends the halving: an hour's orders are paged through, however many they are.
	shortestWindow = time.Hour
	// mostInWindow are 20 pages; a window with more is halved.
	mostInWindow = 2000
	// fewInWindow makes the next window twice as long.
	fewInWindow = mostInWindow / 4
)

// Place is where a walk is: the window at hand, and the page of it that comes next.
type Place struct {
	From, To time.Time
	// Page is TikTok's token; empty before the window's first page.
	Page string
	// Seen are the counts of this window's pages so far.
	Seen Counts
}

// begin is the place before the first page of a span.
func begin(from, to time.Time) Place { return window(from, to, firstWindow) }

func window(from, to time.Time, length time.Duration) Place {
	end := from.Add(max(min(length, longestWindow), shortestWindow))
	if end.After(to) {
		end = to
	}
	return Place{From: from, To: end}
}

// halved is the first half of the window.
func (p Place) halved() Place {
	return window(p.From, p.To, (p.To.Sub(p.From) / 2).Truncate(time.Second))
}

// next is the place after a page with these counts, and false at the end of the span.
func (p Place) next(page Counts, token string, until time.Time) (Place, bool) {
	p.Seen = p.Seen.plus(page)
	if token != "" {
		p.Page = token
		return p, true
	}
	if !p.To.Before(until) {
		return p, false
	}
	length := p.To.Sub(p.From)
	if p.Seen.Found < fewInWindow {
		length *= 2
	}
	return window(p.To, until, length), true
}

// again is the window from its first page on.
func (p Place) again() Place { return Place{From: p.From, To: p.To} }

// Searcher is what a walk asks TikTok.
type Searcher interface {
	SearchOrders(ctx context.Context, seat tiktok.Seat, search tiktok.OrderSearch, pageToken string) (tiktok.OrderPage, error)
}

// read reads the page at the place, after making a window smaller that holds
// too much. A page token that TikTok no longer takes begins the window again:
// the place that comes back then has seen nothing.
func read(ctx context.Context, from Searcher, seat tiktok.Seat, at Place) (Place, []tiktok.Order, string, error) {
	for {
		page, err := from.SearchOrders(ctx, seat, tiktok.OrderSearch{CreatedFrom: at.From, CreatedBefore: at.To}, at.Page)
		if err != nil && at.Page != "" && tiktok.IsPageRefused(err) {
			at = at.again()
			continue
		}
		if err != nil {
			return at, nil, "", fmt.Errorf("read orders created from %s: %w", at.From.Format(time.RFC3339), err)
		}
		if at.Page == "" && page.Total > mostInWindow && at.To.Sub(at.From) > shortestWindow {
			at = at.halved()
			continue
		}
		return at, within(page.Orders, at), page.Next, nil
	}
}

// within leaves out what TikTok was not asked for, and what it names twice.
func within(found []tiktok.Order, at Place) []tiktok.Order {
	named := map[tiktok.OrderID]bool{}
	var kept []tiktok.Order
	for _, order := range found {
		created := order.CreatedAt()
		if named[order.ID] || order.CreateTime != 0 && (created.Before(at.From) || !created.Before(at.To)) {
			continue
		}
		named[order.ID] = true
		kept = append(kept, order)
	}
	return kept
}

// seatOf is where calls for this connection are made.
func seatOf(c shops.Connection) tiktok.Seat {
	return tiktok.Seat{Holder: string(c.Shop), OpenID: c.OpenID, Shop: c.TikTokShop, Cipher: c.Cipher}
}
