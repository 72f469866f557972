-- name: CarrierProvider :one
SELECT provider FROM carrier_mappings WHERE shop = $1 AND carrier_key = $2;

-- name: ListCarriers :many
SELECT * FROM carrier_mappings WHERE shop = $1 ORDER BY carrier_key;

-- name: SaveCarrier :exec
INSERT INTO carrier_mappings (shop, carrier_key, company, provider, note, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (shop, carrier_key) DO UPDATE SET
    company = excluded.company, provider = excluded.provider, note = excluded.note, updated_at = excluded.updated_at;

-- name: DeleteCarrier :exec
DELETE FROM carrier_mappings WHERE shop = $1 AND carrier_key = $2;

-- name: DeleteCarriers :exec
DELETE FROM carrier_mappings WHERE shop = $1;
