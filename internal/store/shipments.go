package store

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/links"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
	"github.com/switchbackhq/switchback/internal/tiktok"
)

// SaveShipments keeps shipments of the leased order, at once and each whole. It
// fails with links.ErrFenced when the lease was lost, and with links.ErrClaimed
// when a unit of one that is sent or done is in another such shipment.
func (s *Store) SaveShipments(ctx context.Context, lease links.Lease, shipments []links.Shipment, jobs ...Job) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		if err := hold(ctx, q, lease); err != nil {
			return nil, err
		}
		// What is freed by one may be claimed by the next.
		for _, one := range shipments {
			if err := s.saveShipment(ctx, q, lease, one); err != nil {
				return nil, fmt.Errorf("shipment %s: %w", one.Key, err)
			}
		}
		for _, one := range shipments {
			if err := claimUnits(ctx, q, lease, one); err != nil {
				return nil, fmt.Errorf("shipment %s: %w", one.Key, err)
			}
		}
		return jobs, followShipments(ctx, q, lease)
	})
	if err != nil {
		return fmt.Errorf("save shipments of order %s: %w", lease.Order, err)
	}
	return nil
}

// ShipmentsLookedAt keeps when the leased order's shipments, as they are now,
// were last compared with Shopify. It fails with links.ErrFenced when the lease
// was lost.
func (s *Store) ShipmentsLookedAt(ctx context.Context, lease links.Lease, at time.Time) error {
	err := s.within(ctx, func(q *db.Queries) ([]Job, error) {
		if err := hold(ctx, q, lease); err != nil {
			return nil, err
		}
		return nil, q.ShipmentsLookedAt(ctx, db.ShipmentsLookedAtParams{Shop: lease.Shop, OrderID: lease.Order, LookedAt: micros(at)})
	})
	if err != nil {
		return fmt.Errorf("keep when shipments of order %s were looked at: %w", lease.Order, err)
	}
	return nil
}

func (s *Store) saveShipment(ctx context.Context, q *db.Queries, lease links.Lease, one links.Shipment) error {
	words := make([]string, len(one.Units))
	for n, unit := range one.Units {
		words[n] = string(unit)
	}
	units, err := listText(words)
	if err != nil {
		return err
	}
	err = q.FreeShipmentUnits(ctx, db.FreeShipmentUnitsParams{Shop: lease.Shop, OrderID: lease.Order, ShipmentKey: one.Key})
	if err != nil {
		return err
	}
	return q.SaveShipment(ctx, db.SaveShipmentParams{
		Shop: lease.Shop, OrderID: lease.Order, ShipmentKey: one.Key, Direction: one.Direction, State: one.State, Reason: one.Reason,
		ShopifyFulfillment: one.Fulfillment, PackageID: one.Package, Units: units, Company: one.Company, Provider: one.Provider,
		TrackingNumber: one.Number, Body: one.Body, Warning: one.Warning, Handled: one.Handled, SentAt: microsOf(one.SentAt),
		ShippedAt: microsOf(one.ShippedAt), DeliveredAt: microsOf(one.DeliveredAt), CreatedAt: micros(s.now()),
	})
}

func claimUnits(ctx context.Context, q *db.Queries, lease links.Lease, one links.Shipment) error {
	if !one.State.Claims() {
		return nil
	}
	for _, unit := range one.Units {
		rows, err := q.ClaimShipmentUnit(ctx, db.ClaimShipmentUnitParams{Shop: lease.Shop, OrderID: lease.Order, UnitID: unit, ShipmentKey: one.Key})
		if err := touched(rows, err, links.ErrClaimed); err != nil {
			return fmt.Errorf("unit %s: %w", unit, err)
		}
	}
	return nil
}

// Shipments are an order's, the oldest first.
func (s *Store) Shipments(ctx context.Context, shop shopify.Domain, id tiktok.OrderID) ([]links.Shipment, error) {
	rows, err := s.read.Shipments(ctx, db.ShipmentsParams{Shop: shop, OrderID: id})
	if err != nil {
		return nil, fmt.Errorf("read shipments of order %s: %w", id, err)
	}
	shipments := make([]links.Shipment, len(rows))
	for n, row := range rows {
		words, err := listOf(row.Units)
		if err != nil {
			return nil, fmt.Errorf("read shipment %s of order %s: %w", row.ShipmentKey, id, err)
		}
		shipments[n] = links.Shipment{
			Shop: shop, Order: id, Key: row.ShipmentKey, Direction: row.Direction, State: row.State, Reason: row.Reason,
			Fulfillment: row.ShopifyFulfillment, Package: row.PackageID, Company: row.Company, Provider: row.Provider, Number: row.TrackingNumber,
			Body: row.Body, Warning: row.Warning, Handled: row.Handled, SentAt: timeOrNil(row.SentAt), ShippedAt: timeOrNil(row.ShippedAt),
			DeliveredAt: timeOrNil(row.DeliveredAt), LookedAt: timeOrNil(row.LookedAt), CreatedAt: timeOf(row.CreatedAt),
		}
		for _, word := range words {
			shipments[n].Units = append(shipments[n].Units, tiktok.LineItemID(word))
		}
	}
	return shipments, nil
}

// OrdersHolding lists orders with a shipment that is kept for that reason and
// an id greater than after, in the order of their ids.
func (s *Store) OrdersHolding(ctx context.Context, shop shopify.Domain, reason, after string, limit int) ([]tiktok.OrderID, error) {
	ids, err := s.read.OrdersHolding(ctx, db.OrdersHoldingParams{
		Shop: shop, Reason: reason, After: tiktok.OrderID(after), Most: int32(min(max(limit, 1), mostListed)),
	})
	if err != nil {
		return nil, fmt.Errorf("list orders of %s with shipments held for %s: %w", shop, reason, err)
	}
	return ids, nil
}

// CountShipmentsHolding counts the shipments that are planned and kept for that reason.
func (s *Store) CountShipmentsHolding(ctx context.Context, shop shopify.Domain, reason string) (int, error) {
	n, err := s.read.CountShipmentsHolding(ctx, db.CountShipmentsHoldingParams{Shop: shop, Reason: reason})
	if err != nil {
		return 0, fmt.Errorf("count shipments of %s held for %s: %w", shop, reason, err)
	}
	return int(n), nil
}

// UnshippedOrders lists written orders of which TikTok still awaits units, with
// an id greater than after, in the order of their ids.
func (s *Store) UnshippedOrders(ctx context.Context, shop shopify.Domain, after string, limit int) ([]tiktok.OrderID, error) {
	ids, err := s.read.UnshippedOrders(ctx, db.UnshippedOrdersParams{Shop: shop, After: tiktok.OrderID(after), Most: int32(min(max(limit, 1), mostListed))})
	if err != nil {
		return nil, fmt.Errorf("list unshipped orders of %s: %w", shop, err)
	}
	return ids, nil
}

// UnmirroredOrders lists written orders with a unit that is on its way at
// TikTok and in no shipment, as UnshippedOrders does.
func (s *Store) UnmirroredOrders(ctx context.Context, shop shopify.Domain, after string, limit int) ([]tiktok.OrderID, error) {
	ids, err := s.read.UnmirroredOrders(ctx, db.UnmirroredOrdersParams{Shop: shop, After: tiktok.OrderID(after), Most: int32(min(max(limit, 1), mostListed))})
	if err != nil {
		return nil, fmt.Errorf("list unmirrored orders of %s: %w", shop, err)
	}
	return ids, nil
}
