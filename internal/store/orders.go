package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// SaveOrder keeps the order and adds the jobs that follow. It fails with
// links.ErrFenced when the lease was lost and with links.ErrTransition when the
// order may not go from the state that is kept to the new one. CreatedAt and
// UpdatedAt are the store's to give.
func (s *Store) SaveOrder(ctx context.Context, lease links.Lease, order links.Order, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		return jobs, s.saveOrder(ctx, q, lease, order)
	})
	if err != nil {
		return fmt.Errorf("save order %s: %w", order.ID, err)
	}
	return nil
}

func (s *Store) saveOrder(ctx context.Context, q *db.Queries, lease links.Lease, order links.Order) error {
	if lease.Shop != order.Shop || lease.Order != order.ID {
		return fmt.Errorf("the lease is on order %s of %s", lease.Order, lease.Shop)
	}
	if err := hold(ctx, q, lease); err != nil {
		return err
	}
	before, err := q.OrderState(ctx, db.OrderStateParams{Shop: order.Shop, OrderID: order.ID})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if !before.State.CanFollow(order.State) {
		return fmt.Errorf("%w: %q after %q", links.ErrTransition, order.State, before.State)
	}
	err = q.SaveOrder(ctx, db.SaveOrderParams{
		Shop: order.Shop, OrderID: order.ID, TiktokShop: order.TikTokShop, State: order.State, Reason: order.Reason,
		Status: order.Status, UpdateTime: order.UpdateTime, OrderedAt: micros(order.OrderedAt),
		Total: order.Total, Currency: order.Currency, ShopifyOrder: order.ShopifyOrder, ShopifyName: order.ShopifyName,
		WrittenAt: microsOf(order.WrittenAt), AttemptAt: microsOf(order.AttemptAt), Lookups: int64(order.Lookups),
		DuplicateChoice: order.Duplicate, TotalsChoice: order.Totals, ReferencedAt: microsOf(order.ReferencedAt), ShipBy: order.ShipBy,
		DeliveredAt: s.deliveredAt(order), CreatedAt: micros(s.now()),
	})
	if err != nil {
		return err
	}
	return s.followOrder(ctx, q, before, order)
}

// deliveredAt is when TikTok said that the order had come to its end; 0 while it has not.
func (s *Store) deliveredAt(order links.Order) int64 {
	switch order.Status {
	case tiktok.Delivered, tiktok.Completed, tiktok.CancelledStatus:
		if order.UpdateTime > 0 {
			return min(micros(time.Unix(order.UpdateTime, 0)), micros(s.now()))
		}
		return micros(s.now())
	}
	return 0
}

func saveLines(ctx context.Context, q *db.Queries, order links.Order, lines []links.Line) error {
	err := errors.Join(
		q.DeleteUnits(ctx, db.DeleteUnitsParams{Shop: order.Shop, OrderID: order.ID}),
		q.DeleteLines(ctx, db.DeleteLinesParams{Shop: order.Shop, OrderID: order.ID}),
	)
	if err != nil {
		return err
	}
	for n, line := range lines {
		err := q.AddLine(ctx, db.AddLineParams{
			Shop: order.Shop, OrderID: order.ID, Position: int64(n), ShopifyLine: line.ShopifyLine, Variant: line.Variant,
			Sku: line.SKU, Title: line.Title, Quantity: int64(line.Quantity), UnitPrice: line.UnitPrice,
			UnitTax: line.UnitTax, TookStock: line.TookStock,
		})
		if err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
		for m, unit := range line.Units {
			err := q.AddUnit(ctx, db.AddUnitParams{
				Shop: order.Shop, OrderID: order.ID, UnitID: unit.ID, LinePosition: int64(n), UnitPosition: int64(m),
				SkuID: unit.SKUID, Status: unit.Status, PackageID: unit.Package, Gone: unit.Gone,
			})
			if err != nil {
				return fmt.Errorf("unit %s: %w", unit.ID, err)
			}
		}
	}
	return nil
}

// Order is the ledger's row, or links.ErrNotFound.
func (s *Store) Order(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) (links.Order, error) {
	row, err := s.read.Order(ctx, db.OrderParams{Shop: shop, OrderID: id})
	if err != nil {
		return links.Order{}, fmt.Errorf("read order %s: %w", id, one(err, links.ErrNotFound))
	}
	return orderOf(row), nil
}

// OrderByShopifyOrder is the row of the order that was written as that Shopify order, or links.ErrNotFound.
func (s *Store) OrderByShopifyOrder(ctx context.Context, shop shopify.Domain, id shopify.GID) (links.Order, error) {
	row, err := s.read.OrderByShopifyOrder(ctx, db.OrderByShopifyOrderParams{Shop: shop, ShopifyOrder: id})
	if err != nil {
		return links.Order{}, fmt.Errorf("read order of %s: %w", id, one(err, links.ErrNotFound))
	}
	return orderOf(row), nil
}

// HasZIP tells whether the order was written with that ZIP, given normalized.
// It is false for an order without one.
func (s *Store) HasZIP(ctx context.Context, shop shopify.Domain, id tiktok.OrderID, zip string) (bool, error) {
	row, err := s.read.Order(ctx, db.OrderParams{Shop: shop, OrderID: id})
	if err != nil {
		return false, fmt.Errorf("read order %s: %w", id, one(err, links.ErrNotFound))
	}
	if zip == "" || row.ZipHash == "" {
		return false, nil
	}
	return s.hashed(ctx, row.ZipHash, zipPurpose(shop), zip)
}

// Lines are the order's lines as written, with their units; none before that.
func (s *Store) Lines(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Line, error) {
	rows, err := s.read.Lines(ctx, db.LinesParams{Shop: shop, OrderID: id})
	if err != nil {
		return nil, fmt.Errorf("read lines of order %s: %w", id, err)
	}
	units, err := s.read.Units(ctx, db.UnitsParams{Shop: shop, OrderID: id})
	if err != nil {
		return nil, fmt.Errorf("read units of order %s: %w", id, err)
	}
	behind := map[int64][]links.Unit{}
	for _, u := range units {
		behind[u.LinePosition] = append(behind[u.LinePosition], links.Unit{ID: u.UnitID, SKUID: u.SkuID, Status: u.Status, Package: u.PackageID, Gone: u.Gone})
	}
	lines := make([]links.Line, len(rows))
	for n, row := range rows {
		lines[n] = links.Line{
			ShopifyLine: row.ShopifyLine, Variant: row.Variant, SKU: row.Sku, Title: row.Title,
			Quantity: int(row.Quantity), UnitPrice: row.UnitPrice, UnitTax: row.UnitTax, TookStock: row.TookStock,
			Units: behind[row.Position],
		}
	}
	return lines, nil
}

func orderOf(row db.Order) links.Order {
	return links.Order{
		Shop: row.Shop, TikTokShop: row.TiktokShop, ID: row.OrderID, State: row.State, Reason: row.Reason,
		Status: row.Status, UpdateTime: row.UpdateTime, OrderedAt: timeOf(row.OrderedAt), Total: row.Total, Currency: row.Currency,
		ShopifyOrder: row.ShopifyOrder, ShopifyName: row.ShopifyName, WrittenAt: timeOrNil(row.WrittenAt), AttemptAt: timeOrNil(row.AttemptAt),
		Lookups: int(row.Lookups), Duplicate: row.DuplicateChoice, Totals: row.TotalsChoice, ReferencedAt: timeOrNil(row.ReferencedAt),
		ShipBy: row.ShipBy, CreatedAt: timeOf(row.CreatedAt), UpdatedAt: timeOf(row.UpdatedAt),
		DeliveredAt: timeOrNil(row.DeliveredAt), RedactedAt: timeOrNil(row.RedactedAt),
	}
}

// zipPurpose keeps one shop's hashes from being compared with another's.
func zipPurpose(shop shopify.Domain) string { return "zip|" + string(shop) }
