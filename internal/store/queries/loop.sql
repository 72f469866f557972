-- name: LoopKey :one
SELECT key_sealed FROM loop_keys WHERE shop = $1;

-- name: LoopKeySet :one
SELECT EXISTS (SELECT 1 FROM loop_keys WHERE shop = $1);

-- name: SaveLoopKey :exec
INSERT INTO loop_keys (shop, key_sealed, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (shop) DO UPDATE SET key_sealed = excluded.key_sealed, updated_at = excluded.updated_at;

-- name: DeleteLoopKey :exec
DELETE FROM loop_keys WHERE shop = $1;

-- name: LoopCheck :one
SELECT * FROM loop_checks WHERE shop = $1 AND order_id = $2;

-- name: SaveLoopCheck :exec
INSERT INTO loop_checks (shop, order_id, checked_at, found, code, message, tries) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (shop, order_id) DO UPDATE SET
    checked_at = excluded.checked_at, found = excluded.found, code = excluded.code, message = excluded.message, tries = excluded.tries;

-- name: EraseLoopChecks :exec
DELETE FROM loop_checks WHERE shop = $1 AND checked_at < sqlc.arg(before);

-- name: LoopChecksWith :many
SELECT order_id FROM loop_checks
WHERE shop = sqlc.arg(shop) AND code = sqlc.arg(code) AND order_id > sqlc.arg(after)
ORDER BY order_id LIMIT sqlc.arg(most);
