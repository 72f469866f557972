package store

import (
	"context"
	"fmt"
)

// rekeyPage is how many values change in one transaction: few enough to hold
// up nobody who writes beside it.
const rekeyPage = 100

// Rekeyed is what became of a column.
type Rekeyed struct {
	// Column is TABLE.COLUMN.
	Column string
	// Rows were sealed anew.
	Rows int
	// Unreadable are sealed with a key that the ring lacks, or damaged; they are left as they are.
	Unreadable int
}

// Rekey seals anew, with the ring's first key, whatever another key sealed, and
// keeps what finds the hashes of the others: these may then leave the ring. On
// PostgreSQL it may run beside processes whose ring has the same first key.
// Done again, or after it was broken off, it does what is left.
func (s *Store) Rekey(ctx context.Context) ([]Rekeyed, error) {
	if s.writer == nil {
		return nil, ErrReadOnly
	}
	if err := s.keepHashKeys(ctx); err != nil {
		return nil, err
	}
	var all []Rekeyed
	for _, c := range sealedColumns() {
		done, err := s.rekeyColumn(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("seal %s anew: %w", c.name(), err)
		}
		all = append(all, done)
	}
	s.left.Store(nil)
	if s.pool == nil {
		// The log beside the file still has what was sealed before.
		if _, err := s.writer.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			return nil, fmt.Errorf("empty the log: %w", err)
		}
	}
	return all, nil
}

func (s *Store) rekeyColumn(ctx context.Context, c sealedColumn) (Rekeyed, error) {
	done := Rekeyed{Column: c.name()}
	behind := make([]string, len(c.key))
	for {
		page, err := c.older(ctx, s.reader, s.keyring.Head(), behind)
		if err != nil || len(page) == 0 {
			return done, err
		}
		behind = page[len(page)-1].key
		if err := s.rekeyValues(ctx, c, page, &done); err != nil {
			return done, err
		}
	}
}

func (s *Store) rekeyValues(ctx context.Context, c sealedColumn, page []sealedValue, done *Rekeyed) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // says "done" after a commit
	rows, unreadable := 0, 0
	for _, v := range page {
		where := c.context(v.bound)
		plain, err := s.keyring.Open(where, v.sealed)
		if err != nil {
			unreadable++ // counted, and told of by its key's id; the rest goes on
			continue
		}
		n, err := c.replace(ctx, tx, v, s.keyring.Seal(where, plain))
		if err != nil {
			return err
		}
		rows += int(n)
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	done.Rows, done.Unreadable = done.Rows+rows, done.Unreadable+unreadable
	return nil
}
