-- Keys that left ENCRYPTION_KEY while orders' ZIPs and addresses were still kept
-- as their hashes: the hash cannot be made again of what is not kept.

-- +goose Up
CREATE TABLE hash_keys (
    id         TEXT   NOT NULL PRIMARY KEY,
    key_sealed BYTEA  NOT NULL,
    -- no order that came later has a hash of it
    retired_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE hash_keys;
