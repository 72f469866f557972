-- name: TokenPair :one
SELECT * FROM tokens WHERE platform = $1 AND shop = $2 AND seller = $3;

-- name: LeaseTokenPair :execrows
UPDATE tokens SET leased_until = sqlc.arg(until)
WHERE platform = sqlc.arg(platform) AND shop = sqlc.arg(shop) AND seller = sqlc.arg(seller) AND leased_until <= sqlc.arg(now);

-- name: ReleaseTokenPair :exec
UPDATE tokens SET leased_until = 0 WHERE platform = $1 AND shop = $2 AND seller = $3;

-- name: RenewTokenPair :execrows
UPDATE tokens SET access_sealed = $5, refresh_sealed = $6, access_expires_at = $7, refresh_expires_at = $8, scopes = $9,
    generation = generation + 1, refused_at = 0, leased_until = 0
WHERE platform = $1 AND shop = $2 AND seller = $3 AND generation = $4;

-- name: RefuseTokenPair :exec
UPDATE tokens SET refused_at = $5, leased_until = 0
WHERE platform = $1 AND shop = $2 AND seller = $3 AND generation = $4;

-- name: SaveTokenPair :exec
INSERT INTO tokens (platform, shop, seller, access_sealed, refresh_sealed, access_expires_at, refresh_expires_at, scopes,
    generation, refused_at, leased_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0, 0)
ON CONFLICT (shop, platform, seller) DO UPDATE SET
    access_sealed = excluded.access_sealed, refresh_sealed = excluded.refresh_sealed,
    access_expires_at = excluded.access_expires_at, refresh_expires_at = excluded.refresh_expires_at,
    scopes = excluded.scopes, generation = tokens.generation + 1, refused_at = 0, leased_until = 0;

-- name: DeleteTokens :exec
DELETE FROM tokens WHERE shop = $1;

-- name: VoidTokenLeases :exec
UPDATE tokens SET leased_until = 0 WHERE leased_until > 0;

-- name: RefusedTokens :many
SELECT platform, seller FROM tokens WHERE shop = $1 AND refused_at > 0 ORDER BY platform, seller;

-- name: SellerTokens :many
SELECT seller, refresh_expires_at, refused_at FROM tokens WHERE shop = $1 AND platform = 'tiktok';
