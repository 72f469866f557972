-- What was done in each quarter of an hour, counted with the deed itself. Slots
-- are unix seconds; midnight of every time zone in use falls between two.

-- +goose Up
CREATE TABLE order_slots (
    shop        TEXT   NOT NULL,
    slot        BIGINT NOT NULL,
    written     BIGINT NOT NULL,
    -- orders that were heard of within a day of being placed, and their delays in milliseconds
    measured    BIGINT NOT NULL,
    delay_total BIGINT NOT NULL,
    delay_most  BIGINT NOT NULL,
    PRIMARY KEY (shop, slot)
);

CREATE TABLE refund_slots (
    shop      TEXT   NOT NULL,
    slot      BIGINT NOT NULL,
    currency  TEXT   NOT NULL,
    completed BIGINT NOT NULL,
    -- in the currency's minor units
    amount    BIGINT NOT NULL,
    PRIMARY KEY (shop, slot, currency)
);

-- Refunds are counted from here on: their amounts are texts, which SQL does not add up exactly.
INSERT INTO order_slots (shop, slot, written, measured, delay_total, delay_most)
SELECT shop, written_at / 900000000 * 900, count(*),
    sum(CASE WHEN ordered_at > 0 AND created_at - ordered_at <= 86400000000 THEN 1 ELSE 0 END),
    sum(CASE WHEN ordered_at > 0 AND created_at - ordered_at <= 86400000000 AND written_at > ordered_at THEN (written_at - ordered_at) / 1000 ELSE 0 END),
    max(CASE WHEN ordered_at > 0 AND created_at - ordered_at <= 86400000000 AND written_at > ordered_at THEN (written_at - ordered_at) / 1000 ELSE 0 END)
FROM orders WHERE written_at > 0 AND state IN ('written', 'cancelled')
GROUP BY shop, written_at / 900000000 * 900;

-- +goose Down
DROP TABLE refund_slots;
DROP TABLE order_slots;
