-- name: SaveRefund :exec
INSERT INTO refunds (shop, order_id, shopify_refund, state, reason, detail, units, amount, completed, currency, tiktok_case,
    refunded_at, approved_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
ON CONFLICT (shop, shopify_refund) DO UPDATE SET
    state = excluded.state, reason = excluded.reason, detail = excluded.detail, units = excluded.units, amount = excluded.amount, completed = excluded.completed,
    currency = excluded.currency, tiktok_case = excluded.tiktok_case, refunded_at = excluded.refunded_at,
    approved_at = excluded.approved_at, updated_at = excluded.updated_at;

-- name: RefundState :one
SELECT state, order_id FROM refunds WHERE shop = $1 AND shopify_refund = $2;

-- name: DeleteRefundSteps :exec
DELETE FROM refund_steps WHERE shop = $1 AND shopify_refund = $2;

-- name: AddRefundStep :exec
INSERT INTO refund_steps (shop, shopify_refund, number, kind, units, amount, completed, reason, call, state, attempt, sent_at, tiktok_case, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: OrderRefunds :many
SELECT * FROM refunds WHERE shop = $1 AND order_id = $2 ORDER BY refunded_at, shopify_refund;

-- name: Refund :one
SELECT * FROM refunds WHERE shop = $1 AND shopify_refund = $2;

-- name: RefundSteps :many
SELECT * FROM refund_steps WHERE shop = $1 AND shopify_refund = $2 ORDER BY number;

-- name: RefundsInState :many
SELECT * FROM refunds WHERE shop = sqlc.arg(shop) AND state = sqlc.arg(state) AND shopify_refund > sqlc.arg(after)
ORDER BY shopify_refund LIMIT sqlc.arg(most);

-- name: CountRefunds :many
SELECT state, COUNT(*) AS refunds FROM refunds WHERE shop = $1 GROUP BY state;

-- name: HeldRefunds :many
-- A cancellation without a refund has no amount of its own: what its steps give back is told, in a row for each.
SELECT r.shopify_refund, r.reason, r.currency, r.amount, r.refunded_at, COALESCE(s.amount, '') AS step_amount
FROM refunds r LEFT JOIN refund_steps s ON s.shop = r.shop AND s.shopify_refund = r.shopify_refund AND r.amount = ''
WHERE r.shop = $1 AND r.state = 'held' ORDER BY r.shopify_refund, s.number;

-- name: EraseRefundSteps :exec
DELETE FROM refund_steps WHERE refund_steps.shop = $1
    AND shopify_refund IN (SELECT r.shopify_refund FROM refunds r WHERE r.shop = $1 AND r.updated_at < sqlc.arg(before));

-- name: EraseRefunds :exec
DELETE FROM refunds WHERE shop = $1 AND updated_at < sqlc.arg(before);
