package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// change is a statement that changes many rows, each by values of its own.
type change struct {
	table string // called t in set and where
	key   string // a column of the table; the first of values is what it is to be
	// values are the names and PostgreSQL's types of what is given for a row.
	// set and where say them as v.NAME.
	values []changeValue
	set    string
	where  string // besides that it is the row; "" for nothing
}

// statement is the change with its values from somewhere: "" or "from ... as v".
func (c *change) statement(from, key string) string {
	where := "t." + c.key + " = " + key
	if c.where != "" {
		where += " and " + c.where
	}
	return "update " + c.table + " as t set " + c.set + " " + from + " where " + where
}

type changeValue struct{ name, kind string }

var valueName = regexp.MustCompile(`\bv\.[a-z_]+`)

// update gathers what a change is to be made with, and makes it: by one statement
// over arrays on PostgreSQL, where each statement is a journey, by a prepared one a row on SQLite.
type update struct {
	change
	tx       *sqlx.Tx
	postgres bool
	rows     [][]any
}

func (s *Store) newUpdate(tx *sqlx.Tx, c change) *update {
	return &update{change: c, tx: tx, postgres: s.postgres}
}

// row adds a row; its first value is an int64, the key.
func (u *update) row(values ...any) { u.rows = append(u.rows, values) }

// flush changes the rows gathered so far and returns the keys of those that
// were there to be changed.
func (u *update) flush(ctx context.Context) (map[int64]bool, error) {
	done := make(map[int64]bool, len(u.rows))
	defer func() { u.rows = nil }()
	if len(u.rows) == 0 {
		return done, nil
	}
	if u.postgres {
		return done, u.arrays(ctx, done)
	}
	return done, u.statements(ctx, done)
}

func (u *update) arrays(ctx context.Context, done map[int64]bool) error {
	columns := make([]any, len(u.values))
	var names, arrays []string
	for i, v := range u.values {
		column := make([]sql.NullString, len(u.rows))
		for k, row := range u.rows {
			value, err := driver.DefaultParameterConverter.ConvertValue(row[i])
			if err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
			if value != nil {
				column[k] = sql.NullString{String: fmt.Sprint(value), Valid: true}
			}
		}
		columns[i] = pq.Array(column)
		names, arrays = append(names, v.name), append(arrays, fmt.Sprintf("cast(? as %s[])", v.kind))
	}
	from := fmt.Sprintf("from unnest(%s) as v (%s)", strings.Join(arrays, ", "), strings.Join(names, ", "))
	query := u.statement(from, "v."+names[0]) + " returning t." + u.key
	var keys []int64
	if err := u.tx.SelectContext(ctx, &keys, u.tx.Rebind(query), columns...); err != nil {
		return err
	}
	for _, key := range keys {
		done[key] = true
	}
	return nil
}

func (u *update) statements(ctx context.Context, done map[int64]bool) error {
	numbered := func(sql string) string {
		return valueName.ReplaceAllStringFunc(sql, func(name string) string {
			return fmt.Sprintf("?%d", 1+slices.IndexFunc(u.values, func(v changeValue) bool { return "v."+v.name == name }))
		})
	}
	stmt, err := u.tx.PrepareContext(ctx, numbered(u.statement("", "v."+u.values[0].name)))
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	return eachRow(ctx, u.rows, func(ctx context.Context, row []any) error {
		there, err := changed(stmt.ExecContext(ctx, row...))
		if there {
			done[row[0].(int64)] = true
		}
		return err
	})
}

// eachRow does something with one row after the other. A driver that watches
// the context of each statement would spend longer on that than on the
// statement: it is asked now and then instead.
func eachRow(ctx context.Context, rows [][]any, do func(context.Context, []any) error) error {
	quiet := context.WithoutCancel(ctx)
	for i, row := range rows {
		if i%100 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := do(quiet, row); err != nil {
			return err
		}
	}
	return nil
}
