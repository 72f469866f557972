-- Keys for Loop's API, and what Loop answered about each order.

-- +goose Up
CREATE TABLE loop_keys (
    shop       TEXT   NOT NULL PRIMARY KEY,
    key_sealed BYTEA  NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE loop_checks (
    shop       TEXT    NOT NULL,
    order_id   TEXT    NOT NULL,
    checked_at BIGINT  NOT NULL,
    found      BOOLEAN NOT NULL,
    code       TEXT    NOT NULL,
    message    TEXT    NOT NULL,
    tries      BIGINT  NOT NULL,
    PRIMARY KEY (shop, order_id)
);

-- +goose Down
DROP TABLE loop_checks;
DROP TABLE loop_keys;
