-- name: AddBackfill :exec
INSERT INTO backfills (id, shop, tiktok_shop, from_at, to_at, dry_run, state, message, found, imported, skipped, ran,
    started_at, progressed_at, finished_at, turn, window_from, window_to, page_token, window_found, window_imported, window_skipped)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22);

-- name: SaveBackfill :execrows
-- No row means that another turn came first.
UPDATE backfills SET state = sqlc.arg(state), message = sqlc.arg(message), found = sqlc.arg(found), imported = sqlc.arg(imported),
    skipped = sqlc.arg(skipped), ran = sqlc.arg(ran), progressed_at = sqlc.arg(progressed_at), finished_at = sqlc.arg(finished_at),
    turn = turn + 1, window_from = sqlc.arg(window_from), window_to = sqlc.arg(window_to), page_token = sqlc.arg(page_token),
    window_found = sqlc.arg(window_found), window_imported = sqlc.arg(window_imported), window_skipped = sqlc.arg(window_skipped)
WHERE shop = sqlc.arg(shop) AND id = sqlc.arg(id) AND turn = sqlc.arg(turn);

-- name: Backfill :one
SELECT * FROM backfills WHERE shop = $1 AND id = $2;

-- name: ListBackfills :many
SELECT * FROM backfills WHERE shop = sqlc.arg(shop) ORDER BY started_at DESC, id DESC LIMIT sqlc.arg(most);

-- name: OtherBackfillRuns :one
SELECT EXISTS (SELECT 1 FROM backfills WHERE shop = $1 AND tiktok_shop = $2 AND state = 'running' AND id <> $3);

-- name: EraseBackfills :exec
DELETE FROM backfills WHERE shop = sqlc.arg(shop) AND started_at < sqlc.arg(before);
