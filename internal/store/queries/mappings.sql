-- name: SKUVariant :one
SELECT variant FROM sku_mappings WHERE shop = $1 AND sku_id = $2;

-- name: ListSKUMappings :many
SELECT * FROM sku_mappings WHERE shop = sqlc.arg(shop) AND sku_id > sqlc.arg(after) ORDER BY sku_id LIMIT sqlc.arg(most);

-- name: SaveSKUMapping :exec
INSERT INTO sku_mappings (shop, sku_id, variant, seller_sku, note, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (shop, sku_id) DO UPDATE SET
    variant = excluded.variant, seller_sku = excluded.seller_sku, note = excluded.note, updated_at = excluded.updated_at;

-- name: DeleteSKUMapping :exec
DELETE FROM sku_mappings WHERE shop = $1 AND sku_id = $2;

-- name: DeleteSKUMappings :exec
DELETE FROM sku_mappings WHERE shop = $1;
