package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/jmoiron/sqlx"
)

const (
	// rowsHeld is how many rows an insert gathers before it writes them.
	rowsHeld = 2000
	// rowsAtOnce is how many rows one statement writes on SQLite: enough to be
	// quick, and far from the 32,766 values a statement may have.
	rowsAtOnce = 100
)

// insert gathers new rows of one table and writes them many at a time: by COPY
// on PostgreSQL, which is several times faster there, by statements of many rows on SQLite. Rows
// are in the table after flush, not before.
type insert struct {
	tx       *sqlx.Tx
	postgres bool
	table    string
	columns  []string
	args     []any
	full     *sql.Stmt // for rowsAtOnce rows, prepared at its first use
}

// newInsert takes the columns as a list with commas.
func (s *Store) newInsert(tx *sqlx.Tx, table, columns string) *insert {
	return &insert{tx: tx, postgres: s.postgres, table: table, columns: strings.Split(columns, ", ")}
}

// row adds a row.
func (in *insert) row(ctx context.Context, values ...any) error {
	if in.args = append(in.args, values...); len(in.args) < rowsHeld*len(in.columns) {
		return nil
	}
	return in.flush(ctx)
}

// flush writes the rows gathered so far.
func (in *insert) flush(ctx context.Context) error {
	if len(in.args) == 0 {
		return nil
	}
	write := in.statements
	if in.postgres {
		write = in.copy
	}
	err := write(ctx)
	clear(in.args) // lets what they held go
	in.args = in.args[:0]
	return err
}

func (in *insert) copy(ctx context.Context) error {
	stmt, err := in.tx.PrepareContext(ctx, "copy "+in.table+" ("+strings.Join(in.columns, ", ")+") from stdin")
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	for args := in.args; len(args) > 0; args = args[len(in.columns):] {
		if _, err := stmt.ExecContext(ctx, args[:len(in.columns)]...); err != nil {
			return err
		}
	}
	if _, err := stmt.ExecContext(ctx); err != nil { // the end of the rows
		return err
	}
	return stmt.Close()
}

func (in *insert) statements(ctx context.Context) error {
	args, n := in.args, rowsAtOnce*len(in.columns)
	for ; len(args) >= n; args = args[n:] {
		if in.full == nil {
			var err error
			if in.full, err = in.tx.PrepareContext(ctx, in.statement(rowsAtOnce)); err != nil {
				return err
			}
		}
		if _, err := in.full.ExecContext(ctx, args[:n]...); err != nil {
			return err
		}
	}
	if len(args) == 0 {
		return nil
	}
	_, err := in.tx.ExecContext(ctx, in.statement(len(args)/len(in.columns)), args...)
	return err
}

// statement inserts n rows.
func (in *insert) statement(n int) string {
	row := "(" + strings.Repeat("?,", len(in.columns)-1) + "?)"
	return "insert into " + in.table + " (" + strings.Join(in.columns, ", ") + ") values " + strings.Repeat(row+",", n-1) + row
}
