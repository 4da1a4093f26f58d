package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/jmoiron/sqlx"
)

// rowsAtOnce is how many rows one insert writes: enough to make few trips,
// and far from SQLite's 32,766 values a statement.
const rowsAtOnce = 100

// insert gathers rows for one table and writes them many to a statement.
type insert struct {
	tx      *sqlx.Tx
	into    string // "insert into t (a, b) values "
	columns int
	args    []any
	full    *sql.Stmt // for rowsAtOnce rows, prepared at its first use
}

func newInsert(tx *sqlx.Tx, into string) *insert {
	return &insert{tx: tx, into: into, columns: strings.Count(into, ",") + 1}
}

// row adds a row, and writes when there are enough.
func (in *insert) row(ctx context.Context, values ...any) error {
	if in.args = append(in.args, values...); len(in.args) < rowsAtOnce*in.columns {
		return nil
	}
	if in.full == nil {
		var err error
		if in.full, err = in.tx.PrepareContext(ctx, in.statement(rowsAtOnce)); err != nil {
			return err
		}
	}
	_, err := in.full.ExecContext(ctx, in.args...)
	in.args = in.args[:0]
	return err
}

// end writes what is left and lets the statement go.
func (in *insert) end(ctx context.Context) error {
	if n := len(in.args) / in.columns; n > 0 {
		if _, err := in.tx.ExecContext(ctx, in.statement(n), in.args...); err != nil {
			return err
		}
		in.args = in.args[:0]
	}
	if in.full == nil {
		return nil
	}
	err := in.full.Close()
	in.full = nil
	return err
}

// statement inserts n rows: … values (?,?),(?,?)
func (in *insert) statement(n int) string {
	row := "(" + strings.Repeat("?,", in.columns-1) + "?)"
	return in.tx.Rebind(in.into + strings.Repeat(row+",", n-1) + row)
}
