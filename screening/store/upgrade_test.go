package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// released is the last schema that offices have; later ones may still change.
const released = 12

// What was kept under each schema that was ever released is there after the
// upgrade, and the store goes on with it. Migrations only add, so the rows of
// today's tables, without what came later, are the rows of then.
func TestUpgradeFromEveryRelease(t *testing.T) {
	for name, empty := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.EmptyPostgres} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			today, err := store.Open(ctx, empty(t), store.Options{Data: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			defer today.Close()
			keep(t, today, edition("h1", 0), entity("a", "Qorvath"), entity("b", "Brelk"))
			keep(t, today, edition("h2", 1), entity("a", "Qorvath Optics"), entity("c", "Ulmara"))
			run, rows := newRun("r1"), []*screening.Result{clearRow(2), flaggedRow(3), rejectedRow(4)}
			keepRun(t, today, run, rows)
			decision, n := new(screening.Decision), 0
			fill(t, reflect.ValueOf(decision).Elem(), &n)
			decision.Revoked = ""
			if err := today.AddDecisions(ctx, []*screening.Decision{decision}); err != nil {
				t.Fatal(err)
			}
			for version := 1; version <= released; version++ {
				t.Run(fmt.Sprintf("from %d", version), func(t *testing.T) {
					dsn := empty(t)
					old, err := store.Open(ctx, dsn, store.Options{Data: t.TempDir(), NoMigrate: true})
					if err != nil {
						t.Fatal(err)
					}
					if err := store.MigrateTo(ctx, old, version); err != nil {
						t.Fatal(err)
					}
					copied := copyRows(t, today, old, name == "postgres")
					if err := old.Close(); err != nil {
						t.Fatal(err)
					}
					if !slices.Contains(copied, "entities") || version >= 2 && !slices.Contains(copied, "run_matches") || version >= 3 && !slices.Contains(copied, "decisions") {
						t.Fatalf("only these tables were filled: %v", copied)
					}
					s := storetest.Open(t, dsn) // upgrades
					holdsAll(t, s, today, version)
					keep(t, s, edition(fmt.Sprint("h3", version), 2), entity("d", "Sorvenne"))
					if version >= 2 {
						keepRun(t, s, newRun("r2"), []*screening.Result{clearRow(2)})
					}
				})
			}
		})
	}
}

// keepRun keeps a whole run.
func keepRun(t *testing.T, s *store.Store, run *screening.Run, rows []*screening.Result) {
	t.Helper()
	if err := s.StartRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if err := s.AddResults(t.Context(), run.ID, rows); err != nil {
		t.Fatal(err)
	}
	finish(t, s, run, rows)
}

// holdsAll checks that a database has what another has, as far as a schema
// had a place for it.
func holdsAll(t *testing.T, s, today *store.Store, version int) {
	t.Helper()
	ctx := t.Context()
	for seq := 1; seq <= 2; seq++ {
		if diff := cmp.Diff(collect(t, today.Entities(ctx, "zz_test", seq)), collect(t, s.Entities(ctx, "zz_test", seq))); diff != "" {
			t.Errorf("edition %d (-want +got):\n%s", seq, diff)
		}
	}
	if n := countEditions(t, s); n != 2 {
		t.Errorf("%d editions, want 2", n)
	}
	if version >= 2 {
		want, got := collect(t, today.Results(ctx, "r1")), collect(t, s.Results(ctx, "r1"))
		if len(got) != len(want) {
			t.Fatalf("%d rows of %d", len(got), len(want))
		}
		for i := range want {
			if want[i].Partner.Place != got[i].Partner.Place || want[i].Grade != got[i].Grade || len(want[i].Parties) != len(got[i].Parties) || want[i].Partner.Error != got[i].Partner.Error {
				t.Errorf("row %d is not what it was: %+v, want %+v", i, got[i], want[i])
			}
		}
		if r := mustRun(t, s, "r1"); r.Counts.RowsIn != len(want) {
			t.Errorf("the run counts %+v", r.Counts)
		}
	}
	if version >= 3 {
		if diff := cmp.Diff(collect(t, today.Decisions(ctx)), collect(t, s.Decisions(ctx))); diff != "" {
			t.Errorf("decisions (-want +got):\n%s", diff)
		}
	}
}

// copyRows fills the tables of an older schema with the rows of today's, and
// returns those that got some.
func copyRows(t *testing.T, today, old *store.Store, postgres bool) (filled []string) {
	t.Helper()
	ctx := t.Context()
	from, _ := today.DB()
	db, _ := old.DB()
	to, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	tables, lenient, strict := `select name from sqlite_master where type = 'table' and name not like 'goose%' and name not like 'sqlite%' and name not like 'river%'`, "pragma foreign_keys = off", "pragma foreign_keys = on"
	if postgres {
		tables, lenient, strict = `select tablename from pg_tables where schemaname = 'public' and tablename not like 'goose%' and tablename not like 'river%'`, "set session_replication_role = replica", "set session_replication_role = origin"
	}
	overriding := ""
	if postgres {
		overriding = "overriding system value "
	}
	run := func(query string, args ...any) {
		t.Helper()
		if _, err := to.ExecContext(ctx, query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	run(lenient)
	defer run(strict)
	for _, table := range texts(t, ctx, to, tables) {
		then := columnsOf(t, ctx, to, table)
		rows, err := from.QueryContext(ctx, "select "+strings.Join(then, ", ")+" from "+table)
		if err != nil {
			t.Fatalf("what was in %s has gone from today's schema: %v", table, err)
		}
		defer func() { _ = rows.Close() }()
		run("delete from " + table) // what a migration put there
		for rows.Next() {
			values, places := make([]any, len(then)), make([]string, len(then))
			for i := range values {
				places[i], values[i] = fmt.Sprintf("$%d", i+1), new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			for i, v := range values {
				values[i] = *v.(*any)
				if b, ok := values[i].([]byte); ok && postgres {
					values[i] = string(b)
				}
			}
			run("insert into "+table+" ("+strings.Join(then, ", ")+") "+overriding+"values ("+strings.Join(places, ", ")+")", values...)
			if !slices.Contains(filled, table) {
				filled = append(filled, table)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		for _, c := range then { // numbers that the server gives go on from here
			if postgres && (c == "id" || c == "seq") && slices.Contains(filled, table) {
				run(fmt.Sprintf("select setval(pg_get_serial_sequence('%[1]s', '%[2]s'), (select max(%[2]s) from %[1]s)) where pg_get_serial_sequence('%[1]s', '%[2]s') is not null", table, c))
			}
		}
	}
	return filled
}

// columnsOf are the columns of a table.
func columnsOf(t *testing.T, ctx context.Context, c *sql.Conn, table string) []string {
	t.Helper()
	rows, err := c.QueryContext(ctx, "select * from "+table+" where 1 = 0")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err := errors.Join(err, rows.Err()); err != nil {
		t.Fatal(err)
	}
	return columns
}

// texts is the one column of a query.
func texts(t *testing.T, ctx context.Context, c *sql.Conn, query string) (out []string) {
	t.Helper()
	rows, err := c.QueryContext(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
