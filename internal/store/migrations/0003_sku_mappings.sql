-- +goose Up
CREATE TABLE sku_mappings (
    shop       TEXT   NOT NULL,
    sku_id     TEXT   NOT NULL,
    variant    TEXT   NOT NULL,
    seller_sku TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (shop, sku_id)
);

-- What the merchant chose when the total could not be explained.
ALTER TABLE orders ADD COLUMN totals_choice TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE orders DROP COLUMN totals_choice;
DROP TABLE sku_mappings;
