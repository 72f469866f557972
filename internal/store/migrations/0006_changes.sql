-- What happens to an order after it was written.

-- +goose Up
-- Keyed hashes of the address at TikTok as last followed, and of the one that Shopify was given.
ALTER TABLE orders ADD COLUMN address_seen TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN address_written TEXT NOT NULL DEFAULT '';

ALTER TABLE order_lines ADD COLUMN unit_tax TEXT NOT NULL DEFAULT '';
ALTER TABLE order_lines ADD COLUMN took_stock BOOLEAN NOT NULL DEFAULT FALSE;

-- the key of the intent that took the unit out of the Shopify order, or "elsewhere"
ALTER TABLE order_units ADD COLUMN gone TEXT NOT NULL DEFAULT '';

CREATE TABLE intents (
    shop       TEXT   NOT NULL,
    order_id   TEXT   NOT NULL,
    intent_key TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    units      TEXT   NOT NULL,
    amount     TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    result     TEXT   NOT NULL,
    sent_at    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop, order_id, intent_key)
);

-- +goose Down
DROP TABLE intents;
ALTER TABLE order_units DROP COLUMN gone;
ALTER TABLE order_lines DROP COLUMN took_stock;
ALTER TABLE order_lines DROP COLUMN unit_tax;
ALTER TABLE orders DROP COLUMN address_written;
ALTER TABLE orders DROP COLUMN address_seen;
