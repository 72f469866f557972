-- TikTok's deadlines for shipping.

-- +goose Up
-- Unix seconds, as TikTok's own; 0 where nothing of the order is left for the seller to ship.
ALTER TABLE orders ADD COLUMN ship_by BIGINT NOT NULL DEFAULT 0;
CREATE INDEX orders_by_ship_by ON orders (ship_by, shop, order_id) WHERE ship_by > 0;

-- Orders with a unit that TikTok has not been told of as shipped. One that only
-- waits for push_orders is shipped by whoever does it without the app; that of a
-- connection that the merchant switched off is not followed any more.
CREATE VIEW orders_to_ship AS
SELECT o.shop, o.order_id, o.ship_by, o.ordered_at FROM orders o
JOIN shops s ON s.domain = o.shop AND s.uninstalled_at = 0
JOIN connections c ON c.tiktok_shop = o.tiktok_shop AND c.shop = o.shop AND c.off_reason <> 'by_merchant'
WHERE o.ship_by > 0 AND (
    (o.state = 'held' AND o.reason <> 'push_orders_off')
    OR (o.state = 'written' AND EXISTS (
        SELECT 1 FROM order_units u WHERE u.shop = o.shop AND u.order_id = o.order_id AND u.gone = ''
            AND u.status NOT IN ('AWAITING_COLLECTION', 'IN_TRANSIT', 'DELIVERED', 'COMPLETED', 'CANCELLED')
            AND NOT EXISTS (
                SELECT 1 FROM shipment_units x
                JOIN shipments p ON p.shop = x.shop AND p.order_id = x.order_id AND p.shipment_key = x.shipment_key
                WHERE x.shop = u.shop AND x.order_id = u.order_id AND x.unit_id = u.unit_id AND p.state = 'done'))));

-- +goose Down
DROP VIEW orders_to_ship;
DROP INDEX orders_by_ship_by;
ALTER TABLE orders DROP COLUMN ship_by;
