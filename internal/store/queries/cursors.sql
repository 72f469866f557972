-- name: Cursor :one
SELECT * FROM cursors WHERE shop = $1 AND tiktok_shop = $2 AND name = $3;

-- name: SaveCursor :exec
-- The value never goes back: of two passes at once the one that came further counts.
INSERT INTO cursors (shop, tiktok_shop, name, value, reached, until, page) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (shop, tiktok_shop, name) DO UPDATE SET
    value = CASE WHEN excluded.value > cursors.value THEN excluded.value ELSE cursors.value END,
    reached = excluded.reached, until = excluded.until, page = excluded.page;

-- name: DeleteCursors :exec
DELETE FROM cursors WHERE shop = $1 AND tiktok_shop = $2;

-- name: DeleteShopCursors :exec
DELETE FROM cursors WHERE shop = $1;
