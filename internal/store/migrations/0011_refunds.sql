-- Refunds of orders on their way to the buyer.

-- +goose Up
CREATE TABLE refunds (
    shop           TEXT   NOT NULL,
    order_id       TEXT   NOT NULL,
    -- Shopify's refund, or its order for a cancellation that came without one
    shopify_refund TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    detail         TEXT   NOT NULL,
    units          TEXT   NOT NULL,
    amount         TEXT   NOT NULL,
    completed      TEXT   NOT NULL,
    currency       TEXT   NOT NULL,
    -- TikTok's return or cancellation that gave the money back without us
    tiktok_case    TEXT   NOT NULL,
    refunded_at    BIGINT NOT NULL,
    approved_at    BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (shop, shopify_refund)
);
CREATE INDEX refunds_by_order ON refunds (shop, order_id);
CREATE INDEX refunds_by_state ON refunds (shop, state, shopify_refund);
CREATE INDEX refunds_by_age ON refunds (shop, refunded_at, shopify_refund);

CREATE TABLE refund_steps (
    shop           TEXT   NOT NULL,
    shopify_refund TEXT   NOT NULL,
    number         BIGINT NOT NULL,
    kind           TEXT   NOT NULL,
    units          TEXT   NOT NULL,
    amount         TEXT   NOT NULL,
    completed      TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    -- what is sent, to the byte
    call           TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    attempt        BIGINT NOT NULL,
    sent_at        BIGINT NOT NULL,
    tiktok_case    TEXT   NOT NULL,
    answer         TEXT   NOT NULL,
    PRIMARY KEY (shop, shopify_refund, number)
);

-- +goose Down
DROP TABLE refund_steps;
DROP TABLE refunds;
