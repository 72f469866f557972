-- name: CountOpenOfCode :one
SELECT count(*) FROM (SELECT 1 FROM exceptions WHERE code = sqlc.arg(code) AND status = 'open' LIMIT sqlc.arg(most)) AS found;

-- name: CountTokens :one
-- There is a row for each seller and shop that is connected.
SELECT count(*) AS held,
    CAST(COALESCE(sum(CASE WHEN refused_at > 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS refused,
    CAST(COALESCE(sum(CASE WHEN refused_at = 0 AND refresh_expires_at > 0 AND refresh_expires_at <= sqlc.arg(soon) THEN 1 ELSE 0 END), 0) AS BIGINT) AS ending
FROM tokens WHERE platform = sqlc.arg(platform);
