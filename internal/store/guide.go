package store

import (
	"context"
	"fmt"
	"time"

	"github.com/switchbackhq/switchback/internal/guide"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/store/db"
)

// GuideMarks are what was marked in the shop's set-up guide.
func (s *Store) GuideMarks(ctx context.Context, shop shopify.Domain) (guide.Marks, error) {
	rows, err := s.read.GuideMarks(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("read guide marks of %s: %w", shop, err)
	}
	marks := make(guide.Marks, len(rows))
	for _, row := range rows {
		id := guide.MarkID(row.Mark)
		marks[id] = guide.Mark{ID: id, At: timeOf(row.MarkedAt), Note: row.Note}
	}
	return marks, nil
}

// SaveGuideMark keeps a mark in place of the one with its id.
func (s *Store) SaveGuideMark(ctx context.Context, shop shopify.Domain, mark guide.Mark) error {
	err := s.change(ctx, func(q *db.Queries) error {
		return q.SaveGuideMark(ctx, db.SaveGuideMarkParams{Shop: shop, Mark: string(mark.ID), MarkedAt: micros(mark.At), Note: mark.Note})
	})
	if err != nil {
		return fmt.Errorf("save guide mark %s of %s: %w", mark.ID, shop, err)
	}
	return nil
}

// DeleteGuideMark takes one back; one that is not there is no error.
func (s *Store) DeleteGuideMark(ctx context.Context, shop shopify.Domain, mark guide.MarkID) error {
	err := s.change(ctx, func(q *db.Queries) error {
		return q.DeleteGuideMark(ctx, db.DeleteGuideMarkParams{Shop: shop, Mark: string(mark)})
	})
	if err != nil {
		return fmt.Errorf("delete guide mark %s of %s: %w", mark, shop, err)
	}
	return nil
}

// FirstOrder is when the shop's first order was written, to the quarter of an
// hour in which it is counted; zero when none was.
func (s *Store) FirstOrder(ctx context.Context, shop shopify.Domain) (time.Time, error) {
	slot, err := s.read.FirstOrderSlot(ctx, shop)
	if err != nil {
		return time.Time{}, fmt.Errorf("read when %s got its first order: %w", shop, err)
	}
	if slot == 0 {
		return time.Time{}, nil
	}
	return time.Unix(slot, 0).UTC(), nil
}

// FoundInLoop is when Loop was seen to find one of the shop's orders; zero when it has found none.
func (s *Store) FoundInLoop(ctx context.Context, shop shopify.Domain) (time.Time, error) {
	found, err := s.read.AnyFoundInLoop(ctx, shop)
	if err != nil {
		return time.Time{}, fmt.Errorf("read whether loop finds orders of %s: %w", shop, err)
	}
	if len(found) == 0 {
		return time.Time{}, nil
	}
	return timeOf(found[0]), nil
}
