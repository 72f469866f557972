-- name: SetOrderPlace :exec
-- An order whose buyer was forgotten learns nothing of him again.
UPDATE orders SET zip_hash = $3, address_seen = $4, address_written = $5 WHERE shop = $1 AND order_id = $2 AND redacted_at = 0;

-- name: SaveIntent :exec
INSERT INTO intents (shop, order_id, intent_key, kind, units, amount, body, state, result, sent_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (shop, order_id, intent_key) DO UPDATE SET
    kind = excluded.kind, units = excluded.units, amount = excluded.amount, body = excluded.body, state = excluded.state,
    result = excluded.result, sent_at = excluded.sent_at;

-- name: Intents :many
SELECT * FROM intents WHERE shop = $1 AND order_id = $2 ORDER BY created_at, intent_key;

-- name: EraseIntents :exec
DELETE FROM intents WHERE intents.shop = $1
    AND order_id IN (SELECT o.order_id FROM orders o WHERE o.shop = $1 AND o.updated_at < sqlc.arg(before));
