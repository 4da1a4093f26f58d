package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/jmoiron/sqlx"
)

// rowsHeld is how many rows an insert gathers before it writes them.
const rowsHeld = 2000

// insert gathers new rows of one table and writes them many at a time: by COPY
// on PostgreSQL, which is several times faster there, by a prepared statement a row on SQLite,
// which would keep a journal of its own for a statement of many. Rows are in the table after flush, not before.
type insert struct {
	tx       *sqlx.Tx
	postgres bool
	table    string
	columns  []string
	rows     [][]any
	one      *sql.Stmt // prepared at its first use
}

// newInsert takes the columns as a list with commas.
func (s *Store) newInsert(tx *sqlx.Tx, table, columns string) *insert {
	return &insert{tx: tx, postgres: s.postgres, table: table, columns: strings.Split(columns, ", ")}
}

// row adds a row.
func (in *insert) row(ctx context.Context, values ...any) error {
	if in.rows = append(in.rows, values); len(in.rows) < rowsHeld {
		return nil
	}
	return in.flush(ctx)
}

// flush writes the rows gathered so far.
func (in *insert) flush(ctx context.Context) error {
	if len(in.rows) == 0 {
		return nil
	}
	write := in.statements
	if in.postgres {
		write = in.copy
	}
	err := write(ctx)
	clear(in.rows) // lets what they held go
	in.rows = in.rows[:0]
	return err
}

func (in *insert) copy(ctx context.Context) error {
	stmt, err := in.tx.PrepareContext(ctx, "copy "+in.table+" ("+strings.Join(in.columns, ", ")+") from stdin")
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	for _, row := range in.rows {
		if _, err := stmt.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	if _, err := stmt.ExecContext(ctx); err != nil { // the end of the rows
		return err
	}
	return stmt.Close()
}

func (in *insert) statements(ctx context.Context) error {
	if in.one == nil {
		var err error
		query := "insert into " + in.table + " (" + strings.Join(in.columns, ", ") + ") values (" + strings.Repeat("?,", len(in.columns)-1) + "?)"
		if in.one, err = in.tx.PrepareContext(ctx, query); err != nil {
			return err
		}
	}
	return eachRow(ctx, in.rows, func(ctx context.Context, row []any) error {
		_, err := in.one.ExecContext(ctx, row...)
		return err
	})
}
