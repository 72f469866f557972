-- +goose Up
-- When TikTok said that the buyer has the order, or that nobody will; 0 until then.
ALTER TABLE orders ADD COLUMN delivered_at BIGINT NOT NULL DEFAULT 0;
-- When the buyer's data of the order was deleted; nothing of it is taken in again.
ALTER TABLE orders ADD COLUMN redacted_at BIGINT NOT NULL DEFAULT 0;
UPDATE orders SET delivered_at = update_time * 1000000 WHERE status IN ('DELIVERED', 'COMPLETED', 'CANCELLED') AND update_time > 0;
CREATE INDEX orders_unredacted ON orders (shop, created_at, order_id) WHERE redacted_at = 0;

-- The Shopify order that one of Shopify's events is about; empty where it names none.
ALTER TABLE events ADD COLUMN shopify_order TEXT NOT NULL DEFAULT '';
CREATE INDEX events_by_order ON events (shop, order_id) WHERE order_id <> '';
CREATE INDEX events_by_shopify_order ON events (shop, shopify_order) WHERE shopify_order <> '';

-- What buyers asked of the merchant by way of Shopify. No name, address or e-mail.
CREATE TABLE privacy_requests (
    shop        TEXT   NOT NULL,
    request_id  TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    -- Shopify's number of the customer
    customer    TEXT   NOT NULL,
    -- JSON: Shopify's numbers of the orders
    orders      TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    done_at     BIGINT NOT NULL,
    PRIMARY KEY (shop, request_id)
);
CREATE INDEX privacy_requests_by_age ON privacy_requests (shop, received_at, request_id);

-- +goose Down
DROP TABLE privacy_requests;
DROP INDEX events_by_shopify_order;
DROP INDEX events_by_order;
ALTER TABLE events DROP COLUMN shopify_order;
DROP INDEX orders_unredacted;
ALTER TABLE orders DROP COLUMN redacted_at;
ALTER TABLE orders DROP COLUMN delivered_at;
