-- name: HashKeys :many
SELECT * FROM hash_keys ORDER BY id;

-- name: SaveHashKey :exec
INSERT INTO hash_keys (id, key_sealed, retired_at) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET key_sealed = excluded.key_sealed, retired_at = excluded.retired_at;

-- name: DropHashKeys :exec
-- Those that no order needs any more.
DELETE FROM hash_keys WHERE NOT EXISTS (
    SELECT 1 FROM orders WHERE orders.redacted_at = 0 AND orders.created_at <= hash_keys.retired_at
        AND (orders.zip_hash <> '' OR orders.address_seen <> '' OR orders.address_written <> '')
);
