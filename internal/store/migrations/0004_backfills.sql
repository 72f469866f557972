-- +goose Up
CREATE TABLE backfills (
    id              TEXT    NOT NULL PRIMARY KEY,
    shop            TEXT    NOT NULL,
    tiktok_shop     TEXT    NOT NULL,
    from_at         BIGINT  NOT NULL,
    to_at           BIGINT  NOT NULL,
    dry_run         BOOLEAN NOT NULL,
    state           TEXT    NOT NULL,
    message         TEXT    NOT NULL,
    found           BIGINT  NOT NULL,
    imported        BIGINT  NOT NULL,
    skipped         BIGINT  NOT NULL,
    ran             BIGINT  NOT NULL,
    started_at      BIGINT  NOT NULL,
    progressed_at   BIGINT  NOT NULL,
    finished_at     BIGINT  NOT NULL,
    -- each change begins a new one; a job of an older one does nothing
    turn            BIGINT  NOT NULL,
    window_from     BIGINT  NOT NULL,
    window_to       BIGINT  NOT NULL,
    page_token      TEXT    NOT NULL,
    window_found    BIGINT  NOT NULL,
    window_imported BIGINT  NOT NULL,
    window_skipped  BIGINT  NOT NULL
);
CREATE INDEX backfills_by_age ON backfills (shop, started_at, id);
CREATE UNIQUE INDEX backfills_one_running ON backfills (shop, tiktok_shop) WHERE state = 'running';

-- +goose Down
DROP TABLE backfills;
