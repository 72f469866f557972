-- name: LeaseOrder :one
-- No row means that the order is leased. The first fence is the time, so that
-- it grows even across an erasure of the row.
INSERT INTO order_leases (shop, order_id, fence, until) VALUES (sqlc.arg(shop), sqlc.arg(order_id), sqlc.arg(now), sqlc.arg(until))
ON CONFLICT (shop, order_id) DO UPDATE SET fence = order_leases.fence + 1, until = excluded.until
WHERE order_leases.until <= sqlc.arg(now)
RETURNING fence;

-- name: RenewLease :execrows
UPDATE order_leases SET until = $4 WHERE shop = $1 AND order_id = $2 AND fence = $3 AND until > 0;

-- name: ReleaseLease :execrows
UPDATE order_leases SET until = 0 WHERE shop = $1 AND order_id = $2 AND fence = $3;

-- name: HoldLease :execrows
-- Changes nothing and locks the row: nobody is given the order before the transaction ends.
UPDATE order_leases SET fence = fence WHERE shop = $1 AND order_id = $2 AND fence = $3 AND until > 0;

-- name: VoidLeases :exec
UPDATE order_leases SET until = 0 WHERE until > 0;

-- name: Order :one
SELECT * FROM orders WHERE shop = $1 AND order_id = $2;

-- name: OrderByShopifyOrder :one
SELECT * FROM orders WHERE shop = $1 AND shopify_order = $2 AND shopify_order <> '' LIMIT 1;

-- name: OrderState :one
SELECT state, status, shopify_name, created_at FROM orders WHERE shop = $1 AND order_id = $2;

-- name: SaveOrder :exec
INSERT INTO orders (shop, order_id, tiktok_shop, state, reason, status, update_time, ordered_at, total, currency,
    shopify_order, shopify_name, written_at, attempt_at, lookups, duplicate_choice, totals_choice, referenced_at, ship_by, delivered_at, zip_hash, excepted, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, '',
    EXISTS (SELECT 1 FROM exceptions e WHERE e.shop = $1 AND e.order_id = $2 AND e.status = 'open'), $21, $21)
ON CONFLICT (shop, order_id) DO UPDATE SET
    tiktok_shop = excluded.tiktok_shop, state = excluded.state, reason = excluded.reason, status = excluded.status,
    update_time = excluded.update_time, ordered_at = excluded.ordered_at, total = excluded.total, currency = excluded.currency,
    shopify_order = excluded.shopify_order, shopify_name = excluded.shopify_name, written_at = excluded.written_at,
    attempt_at = excluded.attempt_at, lookups = excluded.lookups, duplicate_choice = excluded.duplicate_choice,
    totals_choice = excluded.totals_choice, referenced_at = excluded.referenced_at,
    ship_by = excluded.ship_by,
    delivered_at = CASE WHEN orders.delivered_at > 0 THEN orders.delivered_at ELSE excluded.delivered_at END, updated_at = excluded.updated_at;

-- name: SetOrderZIP :exec
UPDATE orders SET zip_hash = $3 WHERE shop = $1 AND order_id = $2 AND redacted_at = 0;

-- name: OrdersIn :many
SELECT * FROM orders WHERE shop = sqlc.arg(shop) AND state = sqlc.arg(state) AND reason = sqlc.arg(reason) AND order_id > sqlc.arg(after)
ORDER BY order_id LIMIT sqlc.arg(most);

-- name: AddLine :exec
INSERT INTO order_lines (shop, order_id, position, shopify_line, variant, sku, title, quantity, unit_price, unit_tax, took_stock)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: AddUnit :exec
INSERT INTO order_units (shop, order_id, unit_id, line_position, unit_position, sku_id, status, package_id, gone)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: DeleteLines :exec
DELETE FROM order_lines WHERE shop = $1 AND order_id = $2;

-- name: DeleteUnits :exec
DELETE FROM order_units WHERE shop = $1 AND order_id = $2;

-- name: Lines :many
SELECT * FROM order_lines WHERE shop = $1 AND order_id = $2 ORDER BY position;

-- name: Units :many
SELECT * FROM order_units WHERE shop = $1 AND order_id = $2 ORDER BY line_position, unit_position;

-- name: EraseUnits :exec
DELETE FROM order_units WHERE order_units.shop = $1
    AND order_id IN (SELECT o.order_id FROM orders o WHERE o.shop = $1 AND o.updated_at < sqlc.arg(before));

-- name: EraseLines :exec
DELETE FROM order_lines WHERE order_lines.shop = $1
    AND order_id IN (SELECT o.order_id FROM orders o WHERE o.shop = $1 AND o.updated_at < sqlc.arg(before));

-- name: EraseOrders :exec
DELETE FROM orders WHERE shop = $1 AND updated_at < sqlc.arg(before);

-- name: EraseLeases :exec
-- Only those that nobody holds.
DELETE FROM order_leases WHERE order_leases.shop = $1 AND until <= sqlc.arg(now)
    AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.shop = order_leases.shop AND o.order_id = order_leases.order_id);

-- name: WrittenOrders :many
SELECT order_id FROM orders
WHERE shop = sqlc.arg(shop) AND shopify_order <> '' AND updated_at >= sqlc.arg(since) AND order_id > sqlc.arg(after)
ORDER BY order_id LIMIT sqlc.arg(most);
