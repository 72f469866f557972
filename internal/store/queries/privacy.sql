-- name: OrderAtRest :one
-- Whether nothing of the order is under way: no refund, parcel or change without its end; and whether it has an open exception.
SELECT excepted OR EXISTS (SELECT 1 FROM exceptions e WHERE e.shop = o.shop AND e.order_id = o.order_id AND e.status = 'open') AS excepted,
    attempt_at = 0
    AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.shop = o.shop AND r.order_id = o.order_id
        AND r.state NOT IN ('completed', 'ignored', 'satisfied', 'handled'))
    AND NOT EXISTS (SELECT 1 FROM intents i WHERE i.shop = o.shop AND i.order_id = o.order_id AND i.state = 'open')
    AND NOT EXISTS (SELECT 1 FROM shipments p WHERE p.shop = o.shop AND p.order_id = o.order_id AND p.state IN ('planned', 'sent')) AS at_rest,
    redacted_at, shopify_order
FROM orders o WHERE o.shop = $1 AND o.order_id = $2;

-- name: RedactOrder :exec
UPDATE orders SET zip_hash = '', address_seen = '', address_written = '', excepted = FALSE, redacted_at = sqlc.arg(now)
WHERE shop = sqlc.arg(shop) AND order_id = sqlc.arg(order_id);

-- name: ForgetExceptions :exec
DELETE FROM exceptions WHERE shop = $1 AND order_id = $2;

-- name: ForgetTimeline :exec
DELETE FROM timeline WHERE shop = $1 AND order_id = $2;

-- name: ForgetRefundDetails :exec
UPDATE refunds SET detail = '' WHERE shop = $1 AND order_id = $2;

-- name: ForgetRefundStep :exec
UPDATE refund_steps SET call = $4, answer = '' WHERE shop = $1 AND shopify_refund = $2 AND number = $3;

-- name: ForgetWarnings :exec
UPDATE shipments SET warning = '' WHERE shop = $1 AND order_id = $2;

-- name: ForgetLoopMessage :exec
UPDATE loop_checks SET message = '' WHERE shop = $1 AND order_id = $2;

-- name: EventsOfOrder :many
SELECT * FROM events
WHERE shop = sqlc.arg(shop) AND (order_id = sqlc.arg(order_id) AND order_id <> '' OR shopify_order = sqlc.arg(shopify_order) AND shopify_order <> '')
ORDER BY id;

-- name: LateEvents :many
-- Payloads that came about an order after its buyer was forgotten. An empty one is sealed too and has a length.
SELECT * FROM events e
WHERE received_at >= sqlc.arg(since) AND length(body_sealed) > CAST(sqlc.arg(empty) AS BIGINT) AND (
    EXISTS (SELECT 1 FROM orders o WHERE o.shop = e.shop AND o.order_id = e.order_id AND o.redacted_at > 0)
    OR shopify_order <> '' AND EXISTS (SELECT 1 FROM orders o WHERE o.shop = e.shop AND o.shopify_order = e.shopify_order AND o.redacted_at > 0))
LIMIT sqlc.arg(most);

-- name: ReplaceBody :exec
UPDATE events SET body_sealed = $2 WHERE id = $1;

-- name: UnredactedOrders :many
-- Orders of which the time is over: since their end or, where TikTok told of none,
-- since they were last touched. One that was brought in late may be over at once.
SELECT order_id, created_at FROM orders
WHERE shop = sqlc.arg(shop) AND redacted_at = 0
    AND (created_at > sqlc.arg(after_at) OR (created_at = sqlc.arg(after_at) AND order_id > sqlc.arg(after)))
    AND CASE WHEN delivered_at > 0 THEN delivered_at ELSE updated_at END < sqlc.arg(before)
ORDER BY created_at, order_id LIMIT sqlc.arg(most);

-- name: AllShops :many
-- Also those that have not the app any more.
SELECT domain FROM shops ORDER BY domain;

-- name: AddPrivacyRequest :execrows
INSERT INTO privacy_requests (shop, request_id, kind, customer, orders, received_at, done_at)
VALUES ($1, $2, $3, $4, $5, $6, 0)
ON CONFLICT (shop, request_id) DO NOTHING;

-- name: PrivacyRequests :many
SELECT * FROM privacy_requests WHERE shop = sqlc.arg(shop) ORDER BY received_at DESC, request_id DESC LIMIT sqlc.arg(most);

-- name: PrivacyRequest :one
SELECT * FROM privacy_requests WHERE shop = $1 AND request_id = $2;

-- name: OpenPrivacyRequests :many
SELECT * FROM privacy_requests WHERE shop = $1 AND kind = $2 AND done_at = 0 ORDER BY received_at, request_id;

-- name: FinishPrivacyRequest :exec
UPDATE privacy_requests SET done_at = $3 WHERE shop = $1 AND request_id = $2 AND done_at = 0;

-- name: ErasePrivacyRequests :exec
DELETE FROM privacy_requests WHERE shop = sqlc.arg(shop) AND received_at < sqlc.arg(before);

-- name: ErasePrivacyRequestsDone :exec
DELETE FROM privacy_requests WHERE shop = sqlc.arg(shop) AND done_at > 0 AND done_at < sqlc.arg(before);

-- name: ForgetLeases :exec
DELETE FROM order_leases WHERE shop = $1;
