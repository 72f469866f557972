-- +goose Up
-- What is open of one code, in the order of the orders' numbers, and how many there are.
CREATE INDEX exceptions_by_code ON exceptions (shop, code, order_id) WHERE status = 'open';

-- +goose Down
DROP INDEX exceptions_by_code;
