-- What lists of orders show and filter by, kept with the order, so that a page
-- of a million orders is read off an index.

-- +goose Up
-- The Shopify name in lower case without its #. Compared byte by byte, which is
-- SQLite's way anyway: a prefix is then a range.
ALTER TABLE orders ADD COLUMN name_key TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN shipments_leg TEXT NOT NULL DEFAULT 'none';
ALTER TABLE orders ADD COLUMN shipments_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN refunds_leg TEXT NOT NULL DEFAULT 'none';
ALTER TABLE orders ADD COLUMN refunds_reason TEXT NOT NULL DEFAULT '';
-- whether an exception of the order is open
ALTER TABLE orders ADD COLUMN excepted BOOLEAN NOT NULL DEFAULT FALSE;

UPDATE orders SET name_key = lower(ltrim(shopify_name, '#')) WHERE shopify_name <> '';

UPDATE orders SET
    shipments_leg = CASE
        WHEN EXISTS (SELECT 1 FROM shipments p WHERE p.shop = orders.shop AND p.order_id = orders.order_id
            AND (p.state IN ('planned', 'refused') OR (p.state = 'undone' AND p.handled = ''))) THEN 'held'
        WHEN EXISTS (SELECT 1 FROM shipments p WHERE p.shop = orders.shop AND p.order_id = orders.order_id AND p.state = 'sent') THEN 'sending'
        WHEN NOT EXISTS (SELECT 1 FROM shipments p WHERE p.shop = orders.shop AND p.order_id = orders.order_id AND p.state = 'done') THEN 'none'
        WHEN status = 'PARTIALLY_SHIPPING' THEN 'partly'
        ELSE 'done' END,
    shipments_reason = COALESCE((
        SELECT CASE p.state WHEN 'undone' THEN 'undone' ELSE p.reason END FROM shipments p
        WHERE p.shop = orders.shop AND p.order_id = orders.order_id
            AND (p.state IN ('planned', 'refused') OR (p.state = 'undone' AND p.handled = ''))
        ORDER BY p.created_at, p.shipment_key LIMIT 1), '')
WHERE EXISTS (SELECT 1 FROM shipments p WHERE p.shop = orders.shop AND p.order_id = orders.order_id);

UPDATE orders SET
    refunds_leg = (
        SELECT CASE r.state WHEN 'satisfied' THEN 'completed' WHEN 'handled' THEN 'completed' WHEN 'ignored' THEN 'recorded' ELSE r.state END
        FROM refunds r WHERE r.shop = orders.shop AND r.order_id = orders.order_id
        ORDER BY CASE r.state WHEN 'partly_sent' THEN 1 WHEN 'stopped' THEN 2 WHEN 'held' THEN 3 WHEN 'waiting' THEN 4 WHEN 'sending' THEN 5
            WHEN 'sent' THEN 6 WHEN 'completed' THEN 7 WHEN 'satisfied' THEN 8 WHEN 'handled' THEN 9 ELSE 10 END, r.refunded_at, r.shopify_refund LIMIT 1),
    refunds_reason = (
        SELECT CASE r.state WHEN 'ignored' THEN '' ELSE r.reason END
        FROM refunds r WHERE r.shop = orders.shop AND r.order_id = orders.order_id
        ORDER BY CASE r.state WHEN 'partly_sent' THEN 1 WHEN 'stopped' THEN 2 WHEN 'held' THEN 3 WHEN 'waiting' THEN 4 WHEN 'sending' THEN 5
            WHEN 'sent' THEN 6 WHEN 'completed' THEN 7 WHEN 'satisfied' THEN 8 WHEN 'handled' THEN 9 ELSE 10 END, r.refunded_at, r.shopify_refund LIMIT 1)
WHERE EXISTS (SELECT 1 FROM refunds r WHERE r.shop = orders.shop AND r.order_id = orders.order_id);

UPDATE orders SET excepted = TRUE
WHERE EXISTS (SELECT 1 FROM exceptions e WHERE e.shop = orders.shop AND e.order_id = orders.order_id AND e.status = 'open');

CREATE INDEX orders_by_name ON orders (shop, name_key) WHERE name_key <> '';
CREATE INDEX orders_by_zip ON orders (shop, zip_hash, created_at, order_id) WHERE zip_hash <> '';
CREATE INDEX orders_by_state_and_age ON orders (shop, state, created_at, order_id);
CREATE INDEX orders_by_shipments ON orders (shop, shipments_leg, created_at, order_id);
-- Nearly all orders have no refund: of those the newest are found by walking.
CREATE INDEX orders_by_refunds ON orders (shop, refunds_leg, created_at, order_id) WHERE refunds_leg <> 'none';
CREATE INDEX orders_excepted ON orders (shop, created_at, order_id) WHERE excepted;

-- +goose Down
DROP INDEX orders_excepted;
DROP INDEX orders_by_refunds;
DROP INDEX orders_by_shipments;
DROP INDEX orders_by_state_and_age;
DROP INDEX orders_by_zip;
DROP INDEX orders_by_name;
ALTER TABLE orders DROP COLUMN excepted;
ALTER TABLE orders DROP COLUMN refunds_reason;
ALTER TABLE orders DROP COLUMN refunds_leg;
ALTER TABLE orders DROP COLUMN shipments_reason;
ALTER TABLE orders DROP COLUMN shipments_leg;
ALTER TABLE orders DROP COLUMN name_key;
