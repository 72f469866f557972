-- The money of the orders of which something was refunded in a period. Each kind
-- of row is read at once, and only its money: a period may have thousands. Asked
-- for a join or an order, SQLite would walk all that the shop ever refunded.

-- name: OrdersOfRefunded :many
SELECT order_id, shopify_order, shopify_name, total, currency FROM orders
WHERE orders.shop = sqlc.arg(shop) AND orders.order_id IN (SELECT p.order_id FROM refunds p WHERE p.shop = sqlc.arg(shop) AND p.refunded_at >= sqlc.arg(since) AND p.refunded_at < sqlc.arg(until));

-- name: RefundsOfRefunded :many
SELECT order_id, shopify_refund, state, reason, amount, completed, refunded_at FROM refunds
WHERE refunds.shop = sqlc.arg(shop) AND refunds.order_id IN (SELECT p.order_id FROM refunds p WHERE p.shop = sqlc.arg(shop) AND p.refunded_at >= sqlc.arg(since) AND p.refunded_at < sqlc.arg(until));

-- name: StepsOfRefunded :many
SELECT shopify_refund, kind, state, amount FROM refund_steps
WHERE refund_steps.shop = sqlc.arg(shop) AND refund_steps.shopify_refund IN (SELECT r.shopify_refund FROM refunds r WHERE r.shop = sqlc.arg(shop)
    AND r.order_id IN (SELECT p.order_id FROM refunds p WHERE p.shop = sqlc.arg(shop) AND p.refunded_at >= sqlc.arg(since) AND p.refunded_at < sqlc.arg(until)));

-- name: IntentsOfRefunded :many
SELECT order_id, kind, state, amount FROM intents
WHERE intents.shop = sqlc.arg(shop) AND intents.order_id IN (SELECT p.order_id FROM refunds p WHERE p.shop = sqlc.arg(shop) AND p.refunded_at >= sqlc.arg(since) AND p.refunded_at < sqlc.arg(until));
