-- name: OpenException :one
INSERT INTO exceptions (id, shop, order_id, code, message, fix, status, opened_at, resolved_at, resolution)
VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, 0, '')
ON CONFLICT (shop, order_id, code) WHERE status = 'open' DO UPDATE SET message = excluded.message, fix = excluded.fix
RETURNING id;

-- name: ResolveExceptions :many
UPDATE exceptions SET status = 'resolved', resolved_at = $4, resolution = $3
WHERE shop = $1 AND order_id = $2 AND status = 'open' RETURNING code;

-- name: ResolveException :execrows
UPDATE exceptions SET status = 'resolved', resolved_at = $5, resolution = $4
WHERE shop = $1 AND order_id = $2 AND code = $3 AND status = 'open';

-- name: Exception :one
SELECT * FROM exceptions WHERE shop = $1 AND id = $2;

-- name: ListExceptions :many
SELECT * FROM exceptions
WHERE shop = sqlc.arg(shop) AND status = sqlc.arg(status)
    AND (opened_at < sqlc.arg(before) OR (opened_at = sqlc.arg(before) AND id < sqlc.arg(before_id)))
ORDER BY opened_at DESC, id DESC LIMIT sqlc.arg(most);

-- name: OrderExceptions :many
SELECT * FROM exceptions WHERE shop = $1 AND order_id = $2 AND status = 'open' ORDER BY opened_at DESC, id DESC;

-- name: EraseExceptions :exec
DELETE FROM exceptions WHERE shop = $1 AND opened_at < sqlc.arg(before);

-- name: AppendTimeline :exec
INSERT INTO timeline (shop, order_id, id, at, kind, body, facts, latency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: ListTimeline :many
-- The newest entries, newest first; the caller turns them round.
SELECT * FROM timeline WHERE shop = $1 AND order_id = $2 ORDER BY id DESC LIMIT sqlc.arg(most);

-- name: EraseTimeline :exec
DELETE FROM timeline WHERE shop = $1 AND at < sqlc.arg(before);

-- name: CountOpenByCode :many
SELECT code, count(*) AS open FROM exceptions WHERE shop = $1 AND status = 'open' GROUP BY code;

-- name: OrdersWithException :many
SELECT order_id FROM exceptions
WHERE shop = sqlc.arg(shop) AND code = sqlc.arg(code) AND status = 'open' AND order_id > sqlc.arg(after)
ORDER BY order_id LIMIT sqlc.arg(most);

-- name: TakeDueExceptions :many
-- The longer an exception is open the longer it waits: a tenth of its age. No state means any.
UPDATE exceptions SET checked_at = sqlc.arg(now) WHERE id IN (
    SELECT e.id FROM exceptions e
    JOIN orders o ON o.shop = e.shop AND o.order_id = e.order_id
    JOIN shops s ON s.domain = e.shop
    WHERE e.status = 'open' AND e.code = sqlc.arg(code) AND s.uninstalled_at = 0
        AND e.opened_at >= sqlc.arg(since) AND e.checked_at <= sqlc.arg(before)
        AND e.checked_at <= CAST(sqlc.arg(now) AS BIGINT) - (CAST(sqlc.arg(now) AS BIGINT) - e.opened_at) / 10
        AND (o.state = sqlc.arg(state) OR sqlc.arg(state) = '')
    ORDER BY e.checked_at LIMIT sqlc.arg(most))
RETURNING *;

-- name: OpenExceptionsOf :many
-- After no order: also the shop's own, which has none.
SELECT * FROM exceptions
WHERE shop = sqlc.arg(shop) AND code = sqlc.arg(code) AND status = 'open'
    AND (order_id > sqlc.arg(after) OR sqlc.arg(after) = '')
ORDER BY order_id LIMIT sqlc.arg(most);
