-- One text for SQLite and PostgreSQL. Times are unix microseconds in BIGINT, 0
-- for "never"; lists are JSON in TEXT; bytes are BYTEA, which migrate.go spells
-- BLOB for SQLite. Nothing is nullable: an absent text is empty.

-- +goose Up
CREATE TABLE shops (
    domain         TEXT    NOT NULL PRIMARY KEY,
    slug           TEXT    NOT NULL UNIQUE,
    name           TEXT    NOT NULL,
    currency       TEXT    NOT NULL,
    time_zone      TEXT    NOT NULL,
    taxes_included BOOLEAN NOT NULL,
    scopes         TEXT    NOT NULL,
    installation   BIGINT  NOT NULL,
    installed_at   BIGINT  NOT NULL,
    -- the last time Shopify gave a token: proof that the app was installed then
    authorized_at  BIGINT  NOT NULL,
    uninstalled_at BIGINT  NOT NULL
);

CREATE TABLE settings (
    shop       TEXT   NOT NULL PRIMARY KEY,
    body       TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE tokens (
    platform           TEXT   NOT NULL,
    shop               TEXT   NOT NULL,
    seller             TEXT   NOT NULL,
    access_sealed      BYTEA  NOT NULL,
    refresh_sealed     BYTEA  NOT NULL,
    access_expires_at  BIGINT NOT NULL,
    refresh_expires_at BIGINT NOT NULL,
    scopes             TEXT   NOT NULL,
    generation         BIGINT NOT NULL,
    refused_at         BIGINT NOT NULL,
    leased_until       BIGINT NOT NULL,
    PRIMARY KEY (shop, platform, seller)
);

CREATE TABLE authorizations (
    shop          TEXT NOT NULL,
    open_id       TEXT NOT NULL,
    seller_name   TEXT NOT NULL,
    seller_region TEXT NOT NULL,
    PRIMARY KEY (shop, open_id)
);

-- The key is TikTok's shop alone: it may be connected once.
CREATE TABLE connections (
    tiktok_shop  TEXT   NOT NULL PRIMARY KEY,
    shop         TEXT   NOT NULL,
    open_id      TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    region       TEXT   NOT NULL,
    cipher       TEXT   NOT NULL,
    currency     TEXT   NOT NULL,
    connected_at BIGINT NOT NULL,
    off_reason   TEXT   NOT NULL
);
CREATE INDEX connections_by_shop ON connections (shop, open_id);

CREATE TABLE oauth_states (
    hash       TEXT   NOT NULL PRIMARY KEY,
    purpose    TEXT   NOT NULL,
    shop       TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX oauth_states_by_expiry ON oauth_states (expires_at);

CREATE TABLE events (
    id           TEXT   NOT NULL PRIMARY KEY,
    source       TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    topic        TEXT   NOT NULL,
    delivery_id  TEXT   NOT NULL,
    event_id     TEXT   NOT NULL,
    shop         TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    triggered_at BIGINT NOT NULL,
    received_at  BIGINT NOT NULL,
    body_sealed  BYTEA  NOT NULL,
    UNIQUE (source, account, topic, delivery_id)
);
-- Two Shopify subscriptions to one topic give two deliveries of one event.
CREATE UNIQUE INDEX events_by_shopify_event ON events (account, topic, event_id)
    WHERE source = 'shopify' AND event_id <> '';
CREATE INDEX events_by_age ON events (received_at);

CREATE TABLE orders (
    shop             TEXT   NOT NULL,
    order_id         TEXT   NOT NULL,
    tiktok_shop      TEXT   NOT NULL,
    state            TEXT   NOT NULL,
    reason           TEXT   NOT NULL,
    status           TEXT   NOT NULL,
    update_time      BIGINT NOT NULL,
    ordered_at       BIGINT NOT NULL,
    total            TEXT   NOT NULL,
    currency         TEXT   NOT NULL,
    shopify_order    TEXT   NOT NULL,
    shopify_name     TEXT   NOT NULL,
    written_at       BIGINT NOT NULL,
    attempt_at       BIGINT NOT NULL,
    lookups          BIGINT NOT NULL,
    duplicate_choice TEXT   NOT NULL,
    referenced_at    BIGINT NOT NULL,
    -- keyed hash of the normalized ZIP; the ZIP itself is not kept
    zip_hash         TEXT   NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    PRIMARY KEY (shop, order_id)
);
CREATE INDEX orders_by_age ON orders (shop, created_at, order_id);
CREATE INDEX orders_by_state ON orders (shop, state, reason, order_id);
CREATE INDEX orders_by_number ON orders (order_id);
CREATE INDEX orders_by_shopify_order ON orders (shop, shopify_order) WHERE shopify_order <> '';

CREATE TABLE order_lines (
    shop         TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    position     BIGINT NOT NULL,
    shopify_line TEXT   NOT NULL,
    variant      TEXT   NOT NULL,
    sku          TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    quantity     BIGINT NOT NULL,
    unit_price   TEXT   NOT NULL,
    PRIMARY KEY (shop, order_id, position)
);

-- Each unit stands behind one line, so its own id is the key.
CREATE TABLE order_units (
    shop          TEXT   NOT NULL,
    order_id      TEXT   NOT NULL,
    unit_id       TEXT   NOT NULL,
    line_position BIGINT NOT NULL,
    unit_position BIGINT NOT NULL,
    sku_id        TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    package_id    TEXT   NOT NULL,
    PRIMARY KEY (shop, order_id, unit_id)
);

-- A row stays when its lease ends: the fence must never go back.
CREATE TABLE order_leases (
    shop     TEXT   NOT NULL,
    order_id TEXT   NOT NULL,
    fence    BIGINT NOT NULL,
    until    BIGINT NOT NULL,
    PRIMARY KEY (shop, order_id)
);

CREATE TABLE exceptions (
    id          TEXT   NOT NULL PRIMARY KEY,
    shop        TEXT   NOT NULL,
    order_id    TEXT   NOT NULL,
    code        TEXT   NOT NULL,
    message     TEXT   NOT NULL,
    fix         TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    opened_at   BIGINT NOT NULL,
    resolved_at BIGINT NOT NULL,
    resolution  TEXT   NOT NULL
);
CREATE UNIQUE INDEX exceptions_one_open ON exceptions (shop, order_id, code) WHERE status = 'open';
CREATE INDEX exceptions_by_age ON exceptions (shop, status, opened_at, id);

-- Ids sort by time, then by the order in which they were appended.
CREATE TABLE timeline (
    shop     TEXT   NOT NULL,
    order_id TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    facts    TEXT   NOT NULL,
    latency  BIGINT NOT NULL,
    PRIMARY KEY (shop, order_id, id)
);

-- +goose Down
DROP TABLE timeline;
DROP TABLE exceptions;
DROP TABLE order_leases;
DROP TABLE order_units;
DROP TABLE order_lines;
DROP TABLE orders;
DROP TABLE events;
DROP TABLE oauth_states;
DROP TABLE connections;
DROP TABLE authorizations;
DROP TABLE tokens;
DROP TABLE settings;
DROP TABLE shops;
