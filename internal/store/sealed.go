package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/switchbackhq/switchback/internal/inbox"
	"github.com/switchbackhq/switchback/internal/secret"
	"github.com/switchbackhq/switchback/internal/shopify"
	"github.com/switchbackhq/switchback/internal/tokens"
)

// sealedColumn is a column of values that the keyring sealed. Its names are
// ours and need no quotes.
type sealedColumn struct {
	table, column string
	// key is the table's primary key; all of it are texts, and none is empty in its first.
	key []string
	// bound are the columns of which the context of a value is made.
	bound   []string
	context func(bound []string) string
}

func (c sealedColumn) name() string { return c.table + "." + c.column }

// sealedColumns are all that there are; the suite in package storetest finds
// what is sealed anywhere else.
func sealedColumns() []sealedColumn {
	tokenKey := func(v []string) tokens.Key { return tokens.Key{Platform: v[0], Shop: v[1], Seller: v[2]} }
	tokenColumn := func(column, field string) sealedColumn {
		return sealedColumn{
			"tokens", column, []string{"shop", "platform", "seller"}, []string{"platform", "shop", "seller"},
			func(v []string) string { return tokenContext(tokenKey(v), field) },
		}
	}
	return []sealedColumn{
		tokenColumn("access_sealed", "access"),
		tokenColumn("refresh_sealed", "refresh"),
		{"loop_keys", "key_sealed", []string{"shop"}, []string{"shop"}, func(v []string) string { return loopKeyContext(shopify.Domain(v[0])) }},
		{"hash_keys", "key_sealed", []string{"id"}, []string{"id"}, func(v []string) string { return hashKeyContext(v[0]) }},
		{
			"events", "body_sealed", []string{"id"}, []string{"source", "account", "topic", "delivery_id"},
			func(v []string) string {
				return eventContext(inbox.Event{Source: inbox.Source(v[0]), Account: v[1], Topic: v[2], DeliveryID: v[3]})
			},
		},
	}
}

// Sealed counts values by column and by the key that sealed them.
type Sealed struct {
	// Column is TABLE.COLUMN.
	Column string
	// Key is the key's id; empty for what is no sealed value.
	Key string
	// Lost says that the ring has no such key.
	Lost bool
	Rows int
}

// UnderOlderKeys counts what another key than the ring's first has sealed. It
// looks at every sealed value's beginning.
func (s *Store) UnderOlderKeys(ctx context.Context) (all []Sealed, err error) {
	for _, c := range sealedColumns() {
		some, err := s.olderIn(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("count %s: %w", c.name(), err)
		}
		all = append(all, some...)
	}
	return all, nil
}

func (s *Store) olderIn(ctx context.Context, c sealedColumn) (all []Sealed, err error) {
	head := s.keyring.Head()
	begin := "substr(" + c.column + ", 1, " + strconv.Itoa(len(head)) + ")"
	rows, err := s.reader.QueryContext(ctx, "SELECT "+begin+", count(*) FROM "+c.table+" WHERE "+begin+" <> $1 GROUP BY 1 ORDER BY 1", head) //nolint:gosec // our own names
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one := Sealed{Column: c.name()}
		if err := rows.Scan(&head, &one.Rows); err != nil {
			return nil, err
		}
		one.Key, _ = secret.SealedWith(head)
		one.Lost = !s.keyring.Has(one.Key)
		all = append(all, one)
	}
	return all, rows.Err()
}

// sealedValue is a value with where it is.
type sealedValue struct {
	key, bound []string
	sealed     []byte
}

// older reads the next values behind that key which another key than the first sealed.
func (c sealedColumn) older(ctx context.Context, from *sql.DB, head []byte, behind []string) (page []sealedValue, err error) {
	args, places := []any{head}, make([]string, len(behind))
	for n, part := range behind {
		args, places[n] = append(args, part), "$"+strconv.Itoa(n+2)
	}
	key := strings.Join(c.key, ", ")
	text := fmt.Sprintf( //nolint:gosec // our own names
		"SELECT %s, %s, %s FROM %s WHERE (%s) > (%s) AND substr(%s, 1, %d) <> $1 ORDER BY %s LIMIT %d",
		key, strings.Join(c.bound, ", "), c.column, c.table, key, strings.Join(places, ", "), c.column, len(head), key, rekeyPage)
	rows, err := from.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v := sealedValue{key: make([]string, len(c.key)), bound: make([]string, len(c.bound))}
		var to []any
		for n := range v.key {
			to = append(to, &v.key[n])
		}
		for n := range v.bound {
			to = append(to, &v.bound[n])
		}
		if err := rows.Scan(append(to, &v.sealed)...); err != nil {
			return nil, err
		}
		page = append(page, v)
	}
	return page, rows.Err()
}

// replace puts another value in place of v, unless somebody wrote or deleted it meanwhile.
func (c sealedColumn) replace(ctx context.Context, tx *sql.Tx, v sealedValue, sealed []byte) (int64, error) {
	args, where := []any{sealed, v.sealed}, make([]string, len(c.key))
	for n, part := range v.key {
		args, where[n] = append(args, part), c.key[n]+" = $"+strconv.Itoa(n+3)
	}
	result, err := tx.ExecContext(ctx, "UPDATE "+c.table+" SET "+c.column+" = $1 WHERE "+c.column+" = $2 AND "+strings.Join(where, " AND "), args...) //nolint:gosec // our own names
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
