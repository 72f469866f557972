-- +goose Up
-- When Shopify was last asked about a shipment because a sweep had found it changed; 0 for never.
ALTER TABLE shipments ADD COLUMN looked_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE shipments DROP COLUMN looked_at;
