-- +goose Up
-- Which of TikTok's shipping providers a carrier is, by the merchant's own word.
CREATE TABLE carrier_mappings (
    shop        TEXT   NOT NULL,
    -- the name in the form in which names are compared
    carrier_key TEXT   NOT NULL,
    company     TEXT   NOT NULL,
    provider    TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (shop, carrier_key)
);

-- +goose Down
DROP TABLE carrier_mappings;
