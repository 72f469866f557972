-- +goose Up
-- How visits through the return link ended, by day; nothing of the visitor.
CREATE TABLE return_visits (
    shop     TEXT   NOT NULL,
    -- midnight UTC, microseconds
    day      BIGINT NOT NULL,
    outcome  TEXT   NOT NULL,
    visits   BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    PRIMARY KEY (shop, day, outcome)
);

-- +goose Down
DROP TABLE return_visits;
