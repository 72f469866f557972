-- name: AddTestOrder :exec
INSERT INTO test_orders (shop, order_id, state, steps, next_step, step_at, variant, shopify_order, shopify_name, sent_at, attempts, cancel_job,
    started_at, finished_at, turn)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: SaveTestOrder :execrows
-- No row means that another turn came first.
UPDATE test_orders SET state = sqlc.arg(state), steps = sqlc.arg(steps), next_step = sqlc.arg(next_step), step_at = sqlc.arg(step_at),
    variant = sqlc.arg(variant), shopify_order = sqlc.arg(shopify_order), shopify_name = sqlc.arg(shopify_name), sent_at = sqlc.arg(sent_at),
    attempts = sqlc.arg(attempts), cancel_job = sqlc.arg(cancel_job), finished_at = sqlc.arg(finished_at), turn = turn + 1
WHERE shop = sqlc.arg(shop) AND order_id = sqlc.arg(order_id) AND turn = sqlc.arg(turn);

-- name: TestOrder :one
SELECT * FROM test_orders WHERE shop = $1 AND order_id = $2;

-- name: LastTestOrder :one
SELECT * FROM test_orders WHERE shop = $1 ORDER BY started_at DESC, order_id DESC LIMIT 1;

-- name: TestOrderRuns :one
SELECT EXISTS (SELECT 1 FROM test_orders WHERE shop = $1 AND state = 'running');

-- name: EraseTestOrders :exec
DELETE FROM test_orders WHERE shop = sqlc.arg(shop) AND started_at < sqlc.arg(before);
