package store

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// Condition is how a database is, for those who look after it.
type Condition struct {
	Engine  string // SQLite or PostgreSQL
	Version string // "3.50.4", "16.4"
	Place   string // the file, or the server's address without its password
	Bytes   int64
	// Schema is the version of the database's schema, Wanted this program's.
	Schema, Wanted int
	Now            time.Time // by the database's own clock
	// Network names the network file system a SQLite file lies on, "" for none.
	Network string
	// MaxConnections are those a PostgreSQL server allows, Connections those
	// that are open now, and PerProcess those one process of ours may open; 0 on SQLite.
	MaxConnections, Connections, PerProcess int
}

const (
	sqliteBytes = `select (select page_count from pragma_page_count) * (select page_size from pragma_page_size)`
	serverState = `select pg_database_size(current_database()), current_setting('server_version'), current_setting('max_connections')::int,
		(select count(*) from pg_stat_activity where backend_type = 'client backend'), clock_timestamp()`
)

// Condition says how the database is. It changes nothing and costs little.
func (s *Store) Condition(ctx context.Context) (*Condition, error) {
	const doing = "looking at the database"
	c := &Condition{Engine: "SQLite", Place: s.place}
	var err error
	if c.Schema, c.Wanted, err = s.SchemaVersion(ctx); err != nil {
		return nil, err
	}
	if s.postgres {
		c.Engine, c.PerProcess = "PostgreSQL", s.write.Stats().MaxOpenConnections
		var now stamp
		err := s.read.QueryRowxContext(ctx, serverState).Scan(&c.Bytes, &c.Version, &c.MaxConnections, &c.Connections, &now)
		c.Version, _, _ = strings.Cut(c.Version, " ")
		c.Now = now.Time
		return c, s.fault(ctx, doing, err)
	}
	if err := s.read.QueryRowxContext(ctx, `select sqlite_version()`).Scan(&c.Version); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	c.Bytes, err = s.Bytes(ctx)
	c.Now = time.Now().UTC()
	c.Network = networkDisk(s.place)
	return c, err
}

// Bytes is how large the database is; on SQLite with the log beside the file.
func (s *Store) Bytes(ctx context.Context) (int64, error) {
	const doing = "measuring the database"
	var n int64
	if s.postgres {
		err := s.read.GetContext(ctx, &n, `select pg_database_size(current_database())`)
		return n, s.fault(ctx, doing, err)
	}
	if err := s.read.GetContext(ctx, &n, sqliteBytes); err != nil {
		return 0, s.fault(ctx, doing, err)
	}
	if info, err := os.Stat(s.place + "-wal"); err == nil {
		n += info.Size()
	}
	return n, nil
}

// Integrity says what is wrong with a SQLite file, nil for nothing. It reads
// the whole of it. PostgreSQL looks after its own pages and is not asked.
func (s *Store) Integrity(ctx context.Context) ([]string, error) {
	if s.postgres {
		return nil, nil
	}
	const doing = "checking the database"
	var found []string
	if err := s.read.SelectContext(ctx, &found, `select * from pragma_quick_check limit 10`); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	if len(found) == 1 && found[0] == "ok" {
		found = nil
	}
	var astray []struct {
		Table  string `db:"table"`
		Parent string `db:"parent"`
	}
	if err := s.read.SelectContext(ctx, &astray, `select distinct "table", parent from pragma_foreign_key_check limit 10`); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	for _, a := range astray {
		found = append(found, fmt.Sprintf("rows of %s belong to rows of %s that are not there", a.Table, a.Parent))
	}
	return found, nil
}

// TaskCount is how many tasks of a kind are in a state.
type TaskCount struct {
	Kind  string    `db:"kind"`
	State TaskState `db:"state"`
	Count int       `db:"count"`
}

// LastTask is the last task of a kind that was done.
type LastTask struct {
	Kind     string
	Finished time.Time
	Took     time.Duration
}

const (
	countTasks = `select kind, state, count(*) as count from tasks group by kind, state order by kind, state`
	lastTasks  = `select kind, started, finished from tasks where id in (select max(id) from tasks where state = 'done' group by kind) order by kind`
)

// CountTasks counts the tasks that are kept, by kind and state.
func (s *Store) CountTasks(ctx context.Context) ([]TaskCount, error) {
	var out []TaskCount
	err := s.read.SelectContext(ctx, &out, countTasks)
	return out, s.fault(ctx, "counting the jobs", err)
}

// LastTasks returns, for each kind, the last task that was done.
func (s *Store) LastTasks(ctx context.Context) ([]LastTask, error) {
	var rows []struct {
		Kind     string `db:"kind"`
		Started  stamp  `db:"started"`
		Finished stamp  `db:"finished"`
	}
	if err := s.read.SelectContext(ctx, &rows, lastTasks); err != nil {
		return nil, s.fault(ctx, "looking up the last jobs", err)
	}
	out := make([]LastTask, len(rows))
	for i, r := range rows {
		out[i] = LastTask{Kind: r.Kind, Finished: r.Finished.Time, Took: r.Finished.Sub(r.Started.Time)}
	}
	return out, nil
}

// NoticeCount is how many notices wait to be sent and how many were given up.
type NoticeCount struct {
	Waiting int `db:"waiting"`
	Dead    int `db:"dead"`
}

const countNotices = `select count(case when sent is null and dead is null then 1 end) as waiting, count(case when dead is not null then 1 end) as dead from notices`

// CountNotices counts the notices that were not sent.
func (s *Store) CountNotices(ctx context.Context) (NoticeCount, error) {
	var n NoticeCount
	err := s.read.GetContext(ctx, &n, countNotices)
	return n, s.fault(ctx, "counting the notices", err)
}

// AuditLines is how many lines the audit trail has been given.
func (s *Store) AuditLines(ctx context.Context) (int64, error) {
	var n int64
	err := s.read.GetContext(ctx, &n, `select coalesce(max(seq), 0) from audit_head`)
	return n, s.fault(ctx, "counting the audit trail", err)
}
