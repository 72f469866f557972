-- +goose Up
CREATE TABLE test_orders (
    shop          TEXT   NOT NULL,
    order_id      TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    -- JSON: what became of each step
    steps         TEXT   NOT NULL,
    next_step     TEXT   NOT NULL,
    step_at       BIGINT NOT NULL,
    variant       TEXT   NOT NULL,
    shopify_order TEXT   NOT NULL,
    shopify_name  TEXT   NOT NULL,
    -- 0 unless it is unknown what became of the order that was sent then
    sent_at       BIGINT NOT NULL,
    -- how often it was sent, less the times that surely came to nothing
    attempts      BIGINT NOT NULL,
    cancel_job    TEXT   NOT NULL,
    started_at    BIGINT NOT NULL,
    finished_at   BIGINT NOT NULL,
    -- each change begins a new one; whoever read an older one saves nothing
    turn          BIGINT NOT NULL,
    PRIMARY KEY (shop, order_id)
);
CREATE INDEX test_orders_by_age ON test_orders (shop, started_at, order_id);
CREATE UNIQUE INDEX test_orders_one_running ON test_orders (shop) WHERE state = 'running';

-- +goose Down
DROP TABLE test_orders;
