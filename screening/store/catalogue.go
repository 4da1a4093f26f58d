package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
)

// table is one table as the database describes it.
type table struct {
	name    string
	columns []string // without computed ones
	key     []string // of the primary key, in its order
	refers  []string // the tables its rows refer to
}

const (
	sqliteNames   = `select name from sqlite_master where type = 'table' order by name`
	sqliteColumns = `select name from pragma_table_info(?) order by cid`
	sqliteKey     = `select name from pragma_table_info(?) where pk > 0 order by pk`
	sqliteRefers  = `select distinct "table" from pragma_foreign_key_list(?) order by 1`

	postgresNames = `select cast(c.relname as text) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition order by 1`
	postgresColumns = `select cast(column_name as text) from information_schema.columns
		where table_schema = current_schema() and table_name = ? and is_generated = 'NEVER' order by ordinal_position`
	postgresKey = `select cast(a.attname as text) from pg_index i join pg_class c on c.oid = i.indrelid
		join pg_namespace n on n.oid = c.relnamespace
		join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
		where n.nspname = current_schema() and c.relname = ? and i.indisprimary order by array_position(i.indkey, a.attnum)`
	postgresRefers = `select distinct cast(r.relname as text) from pg_constraint k join pg_class c on c.oid = k.conrelid
		join pg_namespace n on n.oid = c.relnamespace join pg_class r on r.oid = k.confrelid
		where k.contype = 'f' and n.nspname = current_schema() and c.relname = ? order by 1`
	// The columns whose values the database counts up itself.
	postgresCounted = `select cast(column_name as text) from information_schema.columns
		where table_schema = current_schema() and table_name = ? and (is_identity = 'YES' or column_default like 'nextval(%')`
)

// tables are the program's own tables, each after those it refers to: without
// the versions of the schema, and without the queue's, whose jobs belong to now.
func (s *Store) tables(ctx context.Context, db reader) ([]table, error) {
	names, columns, key, refers := sqliteNames, sqliteColumns, sqliteKey, sqliteRefers
	if s.postgres {
		names, columns, key, refers = postgresNames, postgresColumns, postgresKey, postgresRefers
	}
	var all []string
	if err := sqlx.SelectContext(ctx, db, &all, names); err != nil {
		return nil, err
	}
	waiting := map[string]table{}
	for _, name := range all {
		if name == "goose_db_version" || strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "river_") {
			continue
		}
		t := table{name: name}
		err := errors.Join(
			sqlx.SelectContext(ctx, db, &t.columns, db.Rebind(columns), name),
			sqlx.SelectContext(ctx, db, &t.key, db.Rebind(key), name),
			sqlx.SelectContext(ctx, db, &t.refers, db.Rebind(refers), name))
		if err != nil {
			return nil, err
		}
		waiting[name] = t
	}
	var out []table
	for len(waiting) > 0 {
		before := len(out)
		for _, name := range all {
			t, ok := waiting[name]
			if ok && !slices.ContainsFunc(t.refers, func(r string) bool { _, w := waiting[r]; return w && r != name }) {
				out = append(out, t)
				delete(waiting, name)
			}
		}
		if len(out) == before {
			return nil, fmt.Errorf("%d tables refer to each other in a circle", len(waiting))
		}
	}
	return out, nil
}

// quoted are names as SQL takes them whatever they are.
func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = `"` + strings.ReplaceAll(n, `"`, `""`) + `"`
	}
	return strings.Join(out, ", ")
}
