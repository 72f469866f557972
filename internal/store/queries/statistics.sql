-- name: CountWritten :exec
INSERT INTO order_slots (shop, slot, written, measured, delay_total, delay_most)
VALUES (sqlc.arg(shop), sqlc.arg(slot), 1, sqlc.arg(measured), sqlc.arg(delay), sqlc.arg(delay))
ON CONFLICT (shop, slot) DO UPDATE SET
    written = order_slots.written + 1, measured = order_slots.measured + excluded.measured,
    delay_total = order_slots.delay_total + excluded.delay_total,
    delay_most = CASE WHEN excluded.delay_most > order_slots.delay_most THEN excluded.delay_most ELSE order_slots.delay_most END;

-- name: CountCompleted :exec
INSERT INTO refund_slots (shop, slot, currency, completed, amount) VALUES (sqlc.arg(shop), sqlc.arg(slot), sqlc.arg(currency), 1, sqlc.arg(amount))
ON CONFLICT (shop, slot, currency) DO UPDATE SET completed = refund_slots.completed + 1, amount = refund_slots.amount + excluded.amount;

-- name: OrderSlots :many
SELECT * FROM order_slots WHERE shop = sqlc.arg(shop) AND slot >= sqlc.arg(since) ORDER BY slot;

-- name: RefundSlots :many
SELECT slot, CAST(sum(completed) AS BIGINT) AS completed FROM refund_slots WHERE shop = sqlc.arg(shop) AND slot >= sqlc.arg(since) GROUP BY slot ORDER BY slot;

-- name: WrittenSince :one
SELECT CAST(COALESCE(sum(written), 0) AS BIGINT) AS written FROM order_slots WHERE shop = sqlc.arg(shop) AND slot >= sqlc.arg(since);

-- name: CompletedSince :many
SELECT currency, CAST(sum(completed) AS BIGINT) AS completed, CAST(sum(amount) AS BIGINT) AS amount
FROM refund_slots WHERE shop = sqlc.arg(shop) AND slot >= sqlc.arg(since) GROUP BY currency ORDER BY currency;

-- name: CountInState :one
SELECT count(*) FROM (SELECT 1 FROM orders WHERE shop = sqlc.arg(shop) AND state = sqlc.arg(state) LIMIT sqlc.arg(most)) AS found;

-- name: CountOpen :one
SELECT count(*) FROM (SELECT 1 FROM exceptions WHERE shop = sqlc.arg(shop) AND status = 'open' LIMIT sqlc.arg(most)) AS found;

-- name: CountToShip :one
SELECT count(*) FROM (
    SELECT 1 FROM orders_to_ship WHERE shop = sqlc.arg(shop) AND ship_by > sqlc.arg(since) AND ship_by <= sqlc.arg(until) LIMIT sqlc.arg(most)
) AS found;

-- name: RefundAmounts :many
-- A refund without an amount of its own gives what its steps give, in a row for each.
SELECT r.shopify_refund, r.currency, r.amount, COALESCE(s.amount, '') AS step_amount
FROM refunds r LEFT JOIN refund_steps s ON s.shop = r.shop AND s.shopify_refund = r.shopify_refund AND r.amount = ''
WHERE r.shop = sqlc.arg(shop) AND r.state = sqlc.arg(state) ORDER BY r.shopify_refund LIMIT sqlc.arg(most);

-- name: EraseOrderSlots :exec
DELETE FROM order_slots WHERE shop = sqlc.arg(shop) AND slot < sqlc.arg(before);

-- name: EraseRefundSlots :exec
DELETE FROM refund_slots WHERE shop = sqlc.arg(shop) AND slot < sqlc.arg(before);
