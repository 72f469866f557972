-- What belongs to one order is read at every look at it. SQLite takes the index
-- that saves it sorting, even where that one lists all of the shop's: so these
-- have the order first and then the age.

-- +goose Up
DROP INDEX refunds_by_order;
CREATE INDEX refunds_by_order ON refunds (shop, order_id, refunded_at, shopify_refund);
CREATE INDEX exceptions_by_order ON exceptions (shop, order_id, status, opened_at, id);

-- +goose Down
DROP INDEX exceptions_by_order;
DROP INDEX refunds_by_order;
CREATE INDEX refunds_by_order ON refunds (shop, order_id);
