-- name: AddEvent :execrows
-- No row means that the delivery, or its event, is known.
INSERT INTO events (id, source, account, topic, delivery_id, event_id, shop, order_id, triggered_at, received_at, body_sealed, shopify_order)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT DO NOTHING;

-- name: Event :one
SELECT * FROM events WHERE source = $1 AND account = $2 AND topic = $3 AND delivery_id = $4;

-- name: CountEvents :one
SELECT count(*) FROM events;

-- name: DeleteOldEvents :execrows
DELETE FROM events WHERE received_at < $1;

-- name: EraseEvents :exec
DELETE FROM events WHERE (shop = sqlc.arg(shop) OR account = sqlc.arg(account)) AND received_at < sqlc.arg(before);

-- name: EventsIn :many
SELECT * FROM events WHERE received_at >= sqlc.arg(since) AND received_at < sqlc.arg(until) AND id > sqlc.arg(after) ORDER BY id LIMIT sqlc.arg(most);

-- name: EventsOfDelivery :many
SELECT * FROM events WHERE delivery_id = $1 ORDER BY id;
