-- name: ListReasons :many
SELECT * FROM refund_reasons WHERE shop = $1 ORDER BY reason;

-- name: SaveReason :exec
INSERT INTO refund_reasons (shop, reason, tiktok, note, updated_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shop, reason) DO UPDATE SET tiktok = excluded.tiktok, note = excluded.note, updated_at = excluded.updated_at;

-- name: DeleteReason :exec
DELETE FROM refund_reasons WHERE shop = $1 AND reason = $2;

-- name: DeleteReasons :exec
DELETE FROM refund_reasons WHERE shop = $1;
