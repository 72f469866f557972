-- name: GuideMarks :many
SELECT * FROM guide_marks WHERE shop = $1;

-- name: SaveGuideMark :exec
INSERT INTO guide_marks (shop, mark, marked_at, note) VALUES ($1, $2, $3, $4)
ON CONFLICT (shop, mark) DO UPDATE SET marked_at = excluded.marked_at, note = excluded.note;

-- name: DeleteGuideMark :exec
DELETE FROM guide_marks WHERE shop = $1 AND mark = $2;

-- name: FirstOrderSlot :one
SELECT CAST(COALESCE(min(slot), 0) AS BIGINT) AS slot FROM order_slots WHERE shop = $1 AND written > 0;

-- name: AnyFoundInLoop :many
-- When one of the orders that Loop finds was looked up; whichever comes first to hand.
SELECT checked_at FROM loop_checks WHERE shop = $1 AND found LIMIT 1;

-- name: DeleteGuideMarks :exec
DELETE FROM guide_marks WHERE shop = $1;
