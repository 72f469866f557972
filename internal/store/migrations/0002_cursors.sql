-- +goose Up
-- How far a recurring reader of a TikTok shop has come. Times are unix seconds, as TikTok's own.
CREATE TABLE cursors (
    shop        TEXT   NOT NULL,
    tiktok_shop TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    -- everything before it was read
    value       BIGINT NOT NULL,
    -- where an unfinished pass is, and where it ends; 0 when none is unfinished
    reached     BIGINT NOT NULL,
    until       BIGINT NOT NULL,
    page        TEXT   NOT NULL,
    PRIMARY KEY (shop, tiktok_shop, name)
);

-- When it was last looked whether the cause is gone; 0 for not yet.
ALTER TABLE exceptions ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX exceptions_by_check ON exceptions (code, checked_at) WHERE status = 'open';

-- +goose Down
DROP INDEX exceptions_by_check;
ALTER TABLE exceptions DROP COLUMN checked_at;
DROP TABLE cursors;
