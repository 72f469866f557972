-- name: SaveShipment :exec
INSERT INTO shipments (shop, order_id, shipment_key, direction, state, reason, shopify_fulfillment, package_id, units,
    company, provider, tracking_number, body, warning, handled, sent_at, shipped_at, delivered_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
ON CONFLICT (shop, order_id, shipment_key) DO UPDATE SET
    direction = excluded.direction, state = excluded.state, reason = excluded.reason, shopify_fulfillment = excluded.shopify_fulfillment,
    package_id = excluded.package_id, units = excluded.units, company = excluded.company, provider = excluded.provider,
    tracking_number = excluded.tracking_number, body = excluded.body, warning = excluded.warning, handled = excluded.handled,
    sent_at = excluded.sent_at, shipped_at = excluded.shipped_at, delivered_at = excluded.delivered_at;

-- name: ShipmentsLookedAt :exec
UPDATE shipments SET looked_at = $3 WHERE shop = $1 AND order_id = $2;

-- name: FreeShipmentUnits :exec
DELETE FROM shipment_units WHERE shop = $1 AND order_id = $2 AND shipment_key = $3;

-- name: ClaimShipmentUnit :execrows
INSERT INTO shipment_units (shop, order_id, unit_id, shipment_key) VALUES ($1, $2, $3, $4)
ON CONFLICT (shop, order_id, unit_id) DO NOTHING;

-- name: Shipments :many
SELECT * FROM shipments WHERE shop = $1 AND order_id = $2 ORDER BY created_at, shipment_key;

-- name: OrdersHolding :many
SELECT DISTINCT order_id FROM shipments
WHERE shop = sqlc.arg(shop) AND reason = sqlc.arg(reason) AND order_id > sqlc.arg(after)
ORDER BY order_id LIMIT sqlc.arg(most);

-- name: CountShipmentsHolding :one
SELECT count(*) FROM shipments WHERE shop = sqlc.arg(shop) AND reason = sqlc.arg(reason) AND state = 'planned';

-- name: UnshippedOrders :many
-- Written orders of which TikTok still awaits units.
SELECT order_id FROM orders
WHERE shop = sqlc.arg(shop) AND state = 'written' AND order_id > sqlc.arg(after)
    AND status NOT IN ('AWAITING_COLLECTION', 'IN_TRANSIT', 'DELIVERED', 'COMPLETED', 'CANCELLED')
ORDER BY order_id LIMIT sqlc.arg(most);

-- name: UnmirroredOrders :many
-- Written orders with a unit that is on its way at TikTok and in no shipment.
SELECT o.order_id FROM orders o
WHERE o.shop = sqlc.arg(shop) AND o.state = 'written' AND o.order_id > sqlc.arg(after)
    AND EXISTS (SELECT 1 FROM order_units u WHERE u.shop = o.shop AND u.order_id = o.order_id AND u.gone = ''
        AND u.status IN ('AWAITING_COLLECTION', 'IN_TRANSIT', 'DELIVERED', 'COMPLETED')
        AND NOT EXISTS (SELECT 1 FROM shipment_units c WHERE c.shop = u.shop AND c.order_id = u.order_id AND c.unit_id = u.unit_id))
ORDER BY o.order_id LIMIT sqlc.arg(most);

-- name: EraseShipmentUnits :exec
DELETE FROM shipment_units WHERE shipment_units.shop = $1
    AND order_id IN (SELECT o.order_id FROM orders o WHERE o.shop = $1 AND o.updated_at < sqlc.arg(before));

-- name: EraseShipments :exec
DELETE FROM shipments WHERE shipments.shop = $1
    AND order_id IN (SELECT o.order_id FROM orders o WHERE o.shop = $1 AND o.updated_at < sqlc.arg(before));
