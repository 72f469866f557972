-- name: OrdersToShip :many
-- Those that are due until a time, the earliest first.
SELECT * FROM orders_to_ship
WHERE ship_by <= sqlc.arg(until)
    AND (ship_by > sqlc.arg(due)
        OR (ship_by = sqlc.arg(due) AND (shop > sqlc.arg(shop) OR (shop = sqlc.arg(shop) AND order_id > sqlc.arg(order_id)))))
ORDER BY ship_by, shop, order_id LIMIT sqlc.arg(most);

-- name: OrderToShip :one
SELECT * FROM orders_to_ship WHERE shop = $1 AND order_id = $2;

-- name: OpenExceptions :many
-- Of all shops.
SELECT * FROM exceptions WHERE code = sqlc.arg(code) AND status = 'open' AND id > sqlc.arg(after) ORDER BY id LIMIT sqlc.arg(most);

-- name: FirstWritten :one
-- When the oldest order of a shop that was written since then was; 0 for none.
SELECT CAST(COALESCE(min(written_at), 0) AS BIGINT) AS written_at FROM orders WHERE shop = $1 AND written_at >= sqlc.arg(since);
