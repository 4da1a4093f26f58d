-- Work: tasks as people see them, the batches and chunks a large screening is
-- cut into, the workers that are alive, and when work starts by itself. args, progress,
-- outcome, terms and counts are JSON. The queue's own tables are made beside these.

-- +goose Up
create table tasks (
    id         integer primary key autoincrement,
    kind       text not null,
    args       text not null,
    started_by text not null,
    schedule   text not null,
    state      text not null,
    attempt    integer not null,
    attempts   integer not null,
    queued     text not null,
    due        text,
    started    text,
    next_try   text,
    finished   text,
    worker     text not null,
    run        text not null,
    progress   text,
    outcome    text,
    reason     text not null,
    queue_job  integer not null
) strict;

create index tasks_by_state on tasks (state, id);
create index tasks_by_schedule on tasks (schedule, state);
create index tasks_by_run on tasks (run);

-- done counts chunks; all chunks are known once cut is set. The row is the one
-- every chunk passes through, so exactly one of them is the last.
create table batches (
    run       text primary key references runs on delete cascade,
    task      integer not null,
    terms     text not null,
    cut       integer not null,
    chunks    integer not null,
    done      integer not null,
    rows_cut  integer not null,
    rows_done integer not null,
    began     text,
    rate      real not null,
    rated     text
) strict, without rowid;

-- rows is gzipped JSON, and null once the chunk is done.
create table run_chunks (
    run    text not null references batches on delete cascade,
    chunk  integer not null,
    place  text not null,
    count  integer not null,
    rows   blob,
    counts text,
    primary key (run, chunk)
) strict;

create table workers (
    worker  text primary key,
    version text not null,
    started text not null,
    beat    text not null
) strict, without rowid;

create table schedules (
    name      text primary key,
    kind      text not null,
    spec      text not null,
    args      text not null,
    enabled   integer not null,
    next_run  text,
    last_run  text,
    last_task integer not null
) strict, without rowid;
