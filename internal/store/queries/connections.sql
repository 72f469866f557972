-- name: SaveAuthorization :exec
INSERT INTO authorizations (shop, open_id, seller_name, seller_region) VALUES ($1, $2, $3, $4)
ON CONFLICT (shop, open_id) DO UPDATE SET seller_name = excluded.seller_name, seller_region = excluded.seller_region;

-- name: Authorization :one
SELECT * FROM authorizations WHERE shop = $1 AND open_id = $2;

-- name: Authorizations :many
SELECT * FROM authorizations WHERE shop = $1 ORDER BY open_id;

-- name: DeleteAuthorizations :exec
DELETE FROM authorizations WHERE shop = $1;

-- name: DeleteIdleAuthorizations :exec
-- An authorization lives as long as one of its shops is connected.
DELETE FROM authorizations WHERE authorizations.shop = $1 AND authorizations.open_id <> sqlc.arg(spared)
    AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.shop = authorizations.shop AND c.open_id = authorizations.open_id);

-- name: DeleteIdleTokens :exec
DELETE FROM tokens WHERE tokens.shop = $1 AND tokens.platform = $2
    AND NOT EXISTS (SELECT 1 FROM authorizations a WHERE a.shop = tokens.shop AND a.open_id = tokens.seller);

-- name: SaveConnection :execrows
-- No row means that the TikTok shop belongs to another Shopify shop. When it
-- was connected and what the merchant had switched off outlive a new authorization.
INSERT INTO connections (tiktok_shop, shop, open_id, name, region, cipher, currency, connected_at, off_reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (tiktok_shop) DO UPDATE SET
    open_id = excluded.open_id, name = excluded.name, region = excluded.region, cipher = excluded.cipher, currency = excluded.currency,
    off_reason = CASE WHEN excluded.off_reason = '' AND connections.off_reason = 'by_merchant'
        THEN connections.off_reason ELSE excluded.off_reason END
WHERE connections.shop = excluded.shop;

-- name: Connection :one
SELECT * FROM connections WHERE tiktok_shop = $1;

-- name: Connections :many
SELECT * FROM connections WHERE shop = $1 ORDER BY connected_at, tiktok_shop;

-- name: SetConnectionOff :execrows
UPDATE connections SET off_reason = $3 WHERE shop = $1 AND tiktok_shop = $2;

-- name: DeleteConnection :execrows
DELETE FROM connections WHERE shop = $1 AND tiktok_shop = $2;

-- name: DeleteConnections :exec
DELETE FROM connections WHERE shop = $1;

-- name: SaveState :exec
INSERT INTO oauth_states (hash, purpose, shop, user_id, expires_at) VALUES ($1, $2, $3, $4, $5);

-- name: TakeState :one
DELETE FROM oauth_states WHERE hash = $1 AND purpose = $2 RETURNING *;

-- name: DeleteOldStates :exec
DELETE FROM oauth_states WHERE expires_at <= $1;

-- name: DeleteStates :exec
DELETE FROM oauth_states WHERE shop = $1;

-- name: AllConnections :many
SELECT * FROM connections ORDER BY shop, tiktok_shop;
