-- name: OrdersByAge :many
SELECT * FROM orders WHERE shop = sqlc.arg(shop)
    AND created_at <= sqlc.arg(before) AND (created_at < sqlc.arg(before) OR order_id < sqlc.arg(before_id))
ORDER BY created_at DESC, order_id DESC LIMIT sqlc.arg(most);

-- name: OrdersByState :many
SELECT * FROM orders WHERE shop = sqlc.arg(shop) AND state = sqlc.arg(state)
    AND created_at <= sqlc.arg(before) AND (created_at < sqlc.arg(before) OR order_id < sqlc.arg(before_id))
ORDER BY created_at DESC, order_id DESC LIMIT sqlc.arg(most);

-- name: OrdersByShipments :many
SELECT * FROM orders WHERE shop = sqlc.arg(shop) AND shipments_leg = sqlc.arg(leg)
    AND created_at <= sqlc.arg(before) AND (created_at < sqlc.arg(before) OR order_id < sqlc.arg(before_id))
ORDER BY created_at DESC, order_id DESC LIMIT sqlc.arg(most);

-- name: OrdersByRefunds :many
-- Any leg but none.
SELECT * FROM orders WHERE shop = sqlc.arg(shop) AND refunds_leg = sqlc.arg(leg) AND refunds_leg <> 'none'
    AND created_at <= sqlc.arg(before) AND (created_at < sqlc.arg(before) OR order_id < sqlc.arg(before_id))
ORDER BY created_at DESC, order_id DESC LIMIT sqlc.arg(most);

-- name: OrdersExcepted :many
SELECT * FROM orders WHERE shop = sqlc.arg(shop) AND excepted
    AND created_at <= sqlc.arg(before) AND (created_at < sqlc.arg(before) OR order_id < sqlc.arg(before_id))
ORDER BY created_at DESC, order_id DESC LIMIT sqlc.arg(most);

-- name: OrdersByNumber :many
-- From a number up to below another.
SELECT * FROM orders WHERE shop = sqlc.arg(shop) AND order_id >= sqlc.arg(low) AND order_id < sqlc.arg(high)
ORDER BY order_id DESC LIMIT sqlc.arg(most);

-- name: OrdersByName :many
SELECT * FROM orders WHERE shop = sqlc.arg(shop) AND name_key <> '' AND name_key >= sqlc.arg(low) AND name_key < sqlc.arg(high)
ORDER BY name_key DESC LIMIT sqlc.arg(most);

-- name: OrdersByZIP :many
SELECT * FROM orders WHERE shop = sqlc.arg(shop) AND zip_hash <> '' AND zip_hash = sqlc.arg(hash)
ORDER BY created_at DESC, order_id DESC LIMIT sqlc.arg(most);

-- name: SetNameKey :exec
UPDATE orders SET name_key = sqlc.arg(name_key) WHERE shop = sqlc.arg(shop) AND order_id = sqlc.arg(order_id);

-- name: SetShipmentsLeg :exec
-- Of an order that TikTok calls shipped in part, a leg that is done is so in part.
UPDATE orders SET
    shipments_leg = CASE WHEN CAST(sqlc.arg(leg) AS TEXT) = 'done' AND status = 'PARTIALLY_SHIPPING' THEN 'partly' ELSE CAST(sqlc.arg(leg) AS TEXT) END,
    shipments_reason = sqlc.arg(reason)
WHERE shop = sqlc.arg(shop) AND order_id = sqlc.arg(order_id);

-- name: ShippedByStatus :exec
-- After TikTok's status became, or ceased to be, that of an order shipped in part.
UPDATE orders SET shipments_leg = CASE WHEN status = 'PARTIALLY_SHIPPING' THEN 'partly' ELSE 'done' END
WHERE shop = sqlc.arg(shop) AND order_id = sqlc.arg(order_id) AND shipments_leg IN ('done', 'partly');

-- name: SetRefundsLeg :exec
UPDATE orders SET refunds_leg = sqlc.arg(leg), refunds_reason = sqlc.arg(reason)
WHERE shop = sqlc.arg(shop) AND order_id = sqlc.arg(order_id);

-- name: SetExcepted :exec
UPDATE orders SET excepted = TRUE WHERE shop = sqlc.arg(shop) AND order_id = sqlc.arg(order_id) AND NOT excepted;

-- name: ClearExcepted :exec
UPDATE orders SET excepted = FALSE
WHERE orders.shop = sqlc.arg(shop) AND orders.order_id = sqlc.arg(order_id) AND excepted
    AND NOT EXISTS (SELECT 1 FROM exceptions e WHERE e.shop = orders.shop AND e.order_id = orders.order_id AND e.status = 'open');

-- name: ClearAllExcepted :exec
UPDATE orders SET excepted = FALSE
WHERE orders.shop = sqlc.arg(shop) AND excepted
    AND NOT EXISTS (SELECT 1 FROM exceptions e WHERE e.shop = orders.shop AND e.order_id = orders.order_id AND e.status = 'open');

-- name: RefundedOrders :many
SELECT order_id FROM orders WHERE shop = sqlc.arg(shop) AND refunds_leg <> 'none' ORDER BY order_id;
