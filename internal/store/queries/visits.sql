-- name: CountVisit :exec
INSERT INTO return_visits (shop, day, outcome, visits, first_at) VALUES (sqlc.arg(shop), sqlc.arg(day), sqlc.arg(outcome), 1, sqlc.arg(at))
ON CONFLICT (shop, day, outcome) DO UPDATE SET visits = return_visits.visits + 1;

-- name: Visits :many
SELECT day, outcome, visits, first_at FROM return_visits WHERE shop = sqlc.arg(shop) AND day >= sqlc.arg(since) ORDER BY day, outcome;

-- name: FirstVisit :one
SELECT CAST(COALESCE(min(first_at), 0) AS BIGINT) AS first_at FROM return_visits WHERE shop = sqlc.arg(shop) AND outcome IN ('found', 'imported');

-- name: EraseVisits :exec
DELETE FROM return_visits WHERE shop = sqlc.arg(shop) AND first_at < sqlc.arg(before);
