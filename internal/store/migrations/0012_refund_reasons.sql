-- +goose Up
-- Which of TikTok's reasons is told for a refund, by the merchant's own word.
CREATE TABLE refund_reasons (
    shop       TEXT   NOT NULL,
    -- why the goods came back, as Shopify says it
    reason     TEXT   NOT NULL,
    tiktok     TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (shop, reason)
);

-- +goose Down
DROP TABLE refund_reasons;
