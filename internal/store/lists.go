package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

const (
	longestQuery = 100
	// mostFound is how many orders a text may begin before they are no longer all
	// read and sorted, but looked for among the others.
	mostFound = 100
	// mostWalked is about how many orders are looked through for one page, a chunk
	// at a time.
	mostWalked, chunk = 500, 250
)

// Orders lists a shop's orders, the newest first. The returned cursor leads to
// the next page and is empty on the last; one that is not ours gives
// links.ErrCursor. A page is cut short, and may be empty, when so many orders
// were looked through that the rest is better left to the next one.
//
// One filter is served by its index and the others are tried on what comes of
// it: the one that leaves least comes first.
func (s *Store) Orders(ctx context.Context, shop shopify.Domain, filter links.OrderFilter, limit int, cursor string) ([]links.Listed, string, error) {
	from, err := orderPlace(cursor)
	if err != nil {
		return nil, "", err
	}
	wanted, possible, err := s.sought(ctx, shop, filter)
	if err != nil || !possible {
		return nil, "", err
	}
	limit = min(max(limit, 1), mostListed)
	rows, next, err := s.listOrders(ctx, shop, wanted, limit, from)
	if err != nil {
		return nil, "", fmt.Errorf("list orders of %s: %w", shop, err)
	}
	list := make([]links.Listed, len(rows))
	for n, row := range rows {
		list[n] = links.Listed{
			Order: orderOf(row), Shipments: links.Leg{State: row.ShipmentsLeg, Reason: row.ShipmentsReason},
			Refunds: links.Leg{State: row.RefundsLeg, Reason: row.RefundsReason}, Excepted: row.Excepted,
		}
	}
	return list, next, nil
}

// sought is a filter with its text in the forms that are compared.
type sought struct {
	links.OrderFilter
	// name begins names, number begins numbers, and zips are hashes of it.
	name, number string
	zips         []string
}

// sought reads a filter; false when no order can fit.
func (s *Store) sought(ctx context.Context, shop shopify.Domain, filter links.OrderFilter) (w sought, possible bool, err error) {
	w = sought{OrderFilter: filter, name: nameKey(filter.Text)}
	if len(w.name) > longestQuery || !utf8.ValidString(w.name) || strings.ContainsRune(w.name, 0) {
		return w, false, nil
	}
	if strings.Trim(w.name, "0123456789") == "" {
		w.number = w.name
	}
	if zip := links.NormalizeZIP("", filter.Text); likeZIP(zip) {
		w.zips, err = s.hashes(ctx, zipPurpose(shop), zip)
	}
	return w, true, err
}

// likeZIP tells whether a normalized text may be a post code.
func likeZIP(text string) bool {
	const shortest, longest = 3, 10
	if len(text) < shortest || len(text) > longest || !strings.ContainsAny(text, "0123456789") {
		return false
	}
	return strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) && (r < 'A' || r > 'Z') }) < 0
}

func (w sought) fits(row db.Order) bool {
	return (w.State == "" || row.State == w.State) && (w.Shipments == "" || row.ShipmentsLeg == w.Shipments) &&
		(w.Refunds == "" || row.RefundsLeg == w.Refunds) && (!w.Excepted || row.Excepted) && (w.name == "" || w.named(row))
}

func (w sought) named(row db.Order) bool {
	return w.number != "" && strings.HasPrefix(string(row.OrderID), w.number) || strings.HasPrefix(row.NameKey, w.name) ||
		row.ZipHash != "" && slices.Contains(w.zips, row.ZipHash)
}

func (s *Store) listOrders(ctx context.Context, shop shopify.Domain, w sought, limit int, from place) ([]db.Order, string, error) {
	if w.name == "" {
		return s.walk(ctx, shop, w, limit, from)
	}
	found, all, err := s.found(ctx, shop, w)
	if err != nil {
		return nil, "", err
	}
	if !all {
		return s.walk(ctx, shop, w, limit, from)
	}
	found = slices.DeleteFunc(found, func(row db.Order) bool { return !w.fits(row) || !from.before(row) })
	slices.SortFunc(found, func(a, b db.Order) int {
		return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), cmp.Compare(b.OrderID, a.OrderID))
	})
	found = slices.CompactFunc(found, func(a, b db.Order) bool { return a.OrderID == b.OrderID })
	if len(found) <= limit {
		return found, "", nil
	}
	return found[:limit], placeOf(found[limit-1]), nil
}

// found reads what the text finds; false when that is not all.
func (s *Store) found(ctx context.Context, shop shopify.Domain, w sought) ([]db.Order, bool, error) {
	const most = mostFound + 1
	highest := string(utf8.MaxRune)
	all, err := s.read.OrdersByName(ctx, db.OrdersByNameParams{Shop: shop, Low: w.name, High: w.name + highest, Most: most})
	if err != nil || len(all) == most {
		return nil, false, err
	}
	if w.number != "" {
		// Every collation puts a letter behind the digits, and ids are digits alone.
		rows, err := s.read.OrdersByNumber(ctx, db.OrdersByNumberParams{
			Shop: shop, Low: tiktok.OrderID(w.number), High: tiktok.OrderID(w.number + "z"), Most: most,
		})
		if err != nil || len(rows) == most {
			return nil, false, err
		}
		all = append(all, rows...)
	}
	for _, hash := range w.zips {
		rows, err := s.read.OrdersByZIP(ctx, db.OrdersByZIPParams{Shop: shop, Hash: hash, Most: most})
		if err != nil || len(rows) == most {
			return nil, false, err
		}
		all = append(all, rows...)
	}
	return all, true, nil
}

// walk looks through orders, the newest first, for those that fit.
func (s *Store) walk(ctx context.Context, shop shopify.Domain, w sought, limit int, from place) ([]db.Order, string, error) {
	var found []db.Order
	most := limit + 1
	for walked := 0; walked < mostWalked; {
		rows, err := s.ordersBehind(ctx, shop, w, from, most)
		if err != nil {
			return nil, "", err
		}
		for _, row := range rows {
			if !w.fits(row) {
				continue
			}
			if len(found) == limit {
				return found, placeOf(found[limit-1]), nil
			}
			found = append(found, row)
		}
		if len(rows) < most {
			return found, "", nil
		}
		last := rows[len(rows)-1]
		from = place{part: orderPart, at: last.CreatedAt, id: string(last.OrderID)}
		walked += len(rows)
		most = chunk
	}
	return found, from.String(), nil
}

func (s *Store) ordersBehind(ctx context.Context, shop shopify.Domain, w sought, from place, limit int) ([]db.Order, error) {
	before, id, most := from.at, tiktok.OrderID(from.id), int32(limit) //nolint:gosec // never more than chunk
	switch {
	case w.Excepted:
		return s.read.OrdersExcepted(ctx, db.OrdersExceptedParams{Shop: shop, Before: before, BeforeID: id, Most: most})
	case w.Refunds != "" && w.Refunds != links.NoRefunds:
		return s.read.OrdersByRefunds(ctx, db.OrdersByRefundsParams{Shop: shop, Leg: w.Refunds, Before: before, BeforeID: id, Most: most})
	case w.State != "" && w.State != links.Written:
		return s.read.OrdersByState(ctx, db.OrdersByStateParams{Shop: shop, State: w.State, Before: before, BeforeID: id, Most: most})
	case w.Shipments != "":
		return s.read.OrdersByShipments(ctx, db.OrdersByShipmentsParams{Shop: shop, Leg: w.Shipments, Before: before, BeforeID: id, Most: most})
	case w.State != "":
		return s.read.OrdersByState(ctx, db.OrdersByStateParams{Shop: shop, State: w.State, Before: before, BeforeID: id, Most: most})
	}
	return s.read.OrdersByAge(ctx, db.OrdersByAgeParams{Shop: shop, Before: before, BeforeID: id, Most: most})
}

// orderPart names the list of orders in a cursor.
const orderPart = "o"

func placeOf(row db.Order) string {
	return place{part: orderPart, at: row.CreatedAt, id: string(row.OrderID)}.String()
}

// before tells whether the row comes after the place in a list of the newest first.
func (p place) before(row db.Order) bool {
	return row.CreatedAt < p.at || row.CreatedAt == p.at && string(row.OrderID) < p.id
}
