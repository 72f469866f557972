-- +goose Up
-- What the merchant said about the set-up, and what its return portal answered.
CREATE TABLE guide_marks (
    shop      TEXT   NOT NULL,
    mark      TEXT   NOT NULL,
    marked_at BIGINT NOT NULL,
    note      TEXT   NOT NULL,
    PRIMARY KEY (shop, mark)
);

-- +goose Down
DROP TABLE guide_marks;
