-- Shipments of orders, in both directions.

-- +goose Up
CREATE TABLE shipments (
    shop                TEXT   NOT NULL,
    order_id            TEXT   NOT NULL,
    shipment_key        TEXT   NOT NULL,
    direction           TEXT   NOT NULL,
    state               TEXT   NOT NULL,
    reason              TEXT   NOT NULL,
    shopify_fulfillment TEXT   NOT NULL,
    package_id          TEXT   NOT NULL,
    units               TEXT   NOT NULL,
    company             TEXT   NOT NULL,
    provider            TEXT   NOT NULL,
    tracking_number     TEXT   NOT NULL,
    body                TEXT   NOT NULL,
    warning             TEXT   NOT NULL,
    handled             TEXT   NOT NULL,
    sent_at             BIGINT NOT NULL,
    shipped_at          BIGINT NOT NULL,
    delivered_at        BIGINT NOT NULL,
    created_at          BIGINT NOT NULL,
    PRIMARY KEY (shop, order_id, shipment_key)
);

CREATE INDEX shipments_by_reason ON shipments (shop, reason, order_id);

-- The units of shipments that were sent or done: a unit leaves in one parcel.
CREATE TABLE shipment_units (
    shop         TEXT NOT NULL,
    order_id     TEXT NOT NULL,
    unit_id      TEXT NOT NULL,
    shipment_key TEXT NOT NULL,
    PRIMARY KEY (shop, order_id, unit_id)
);

-- +goose Down
DROP TABLE shipment_units;
DROP INDEX shipments_by_reason;
DROP TABLE shipments;
