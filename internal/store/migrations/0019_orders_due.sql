-- +goose Up
-- What one shop must ship soon: without it SQLite walks all the shop's orders.
CREATE INDEX orders_due ON orders (shop, ship_by) WHERE ship_by > 0;

-- +goose Down
DROP INDEX orders_due;
