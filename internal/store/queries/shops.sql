-- name: InstallShop :one
-- An empty text leaves what is known; a shop that was uninstalled begins its next installation.
INSERT INTO shops (domain, slug, name, currency, time_zone, taxes_included, scopes, installation, installed_at, authorized_at, uninstalled_at)
VALUES (sqlc.arg(domain), sqlc.arg(slug), sqlc.arg(name), sqlc.arg(currency), sqlc.arg(time_zone), sqlc.arg(taxes_included),
        sqlc.arg(scopes), 1, sqlc.arg(now), sqlc.arg(now), 0)
ON CONFLICT (domain) DO UPDATE SET
    name           = CASE WHEN excluded.name = '' THEN shops.name ELSE excluded.name END,
    currency       = CASE WHEN excluded.currency = '' THEN shops.currency ELSE excluded.currency END,
    time_zone      = CASE WHEN excluded.time_zone = '' THEN shops.time_zone ELSE excluded.time_zone END,
    taxes_included = CASE WHEN excluded.currency = '' THEN shops.taxes_included ELSE excluded.taxes_included END,
    scopes         = excluded.scopes,
    installation   = CASE WHEN shops.uninstalled_at <> 0 THEN shops.installation + 1 ELSE shops.installation END,
    installed_at   = CASE WHEN shops.uninstalled_at <> 0 THEN excluded.installed_at ELSE shops.installed_at END,
    authorized_at  = excluded.authorized_at,
    uninstalled_at = 0
RETURNING *;

-- name: Shop :one
SELECT * FROM shops WHERE domain = $1;

-- name: ShopBySlug :one
SELECT * FROM shops WHERE slug = $1;

-- name: InstalledShops :many
SELECT * FROM shops WHERE uninstalled_at = 0 ORDER BY domain;

-- name: UpdateShop :execrows
UPDATE shops SET name = $2, currency = $3, time_zone = $4, taxes_included = $5 WHERE domain = $1;

-- name: SetScopes :execrows
UPDATE shops SET scopes = $2 WHERE domain = $1 AND uninstalled_at = 0;

-- name: MarkUninstalled :execrows
UPDATE shops SET uninstalled_at = sqlc.arg(now)
WHERE domain = sqlc.arg(domain) AND uninstalled_at = 0 AND authorized_at <= sqlc.arg(triggered_at);

-- name: LockShop :execrows
-- Holds off other writers of the shop until the transaction ends.
UPDATE shops SET slug = slug WHERE domain = $1;

-- name: DeleteShop :exec
DELETE FROM shops WHERE domain = $1;

-- name: Settings :one
SELECT body, EXISTS (SELECT 1 FROM loop_keys WHERE loop_keys.shop = $1) AS loop_key_set FROM settings WHERE settings.shop = $1;

-- name: AddSettings :exec
INSERT INTO settings (shop, body, updated_at) VALUES ($1, $2, $3) ON CONFLICT (shop) DO NOTHING;

-- name: LockSettings :one
-- Holds off other writers of the settings until the transaction ends.
UPDATE settings SET updated_at = $2 WHERE shop = $1 RETURNING body;

-- name: SaveSettings :execrows
UPDATE settings SET body = $2, updated_at = $3 WHERE shop = $1;

-- name: DeleteSettings :exec
DELETE FROM settings WHERE shop = $1;
