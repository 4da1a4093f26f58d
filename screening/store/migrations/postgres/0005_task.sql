-- Work: tasks as people see them, the batches and chunks a large screening is
-- cut into, the workers that are alive, and when work starts by itself. args, progress,
-- outcome, terms and counts are JSON. The queue's own tables are made beside these.

-- +goose Up
create table tasks (
    id         bigint generated always as identity primary key,
    kind       text not null,
    args       jsonb not null,
    started_by text not null,
    schedule   text collate "C" not null,
    state      text collate "C" not null,
    attempt    integer not null,
    attempts   integer not null,
    queued     timestamptz not null,
    due        timestamptz,
    started    timestamptz,
    next_try   timestamptz,
    finished   timestamptz,
    worker     text not null,
    run        text collate "C" not null,
    progress   jsonb,
    outcome    jsonb,
    reason     text not null,
    queue_job  bigint not null
);

create index tasks_by_state on tasks (state, id);
create index tasks_by_schedule on tasks (schedule, state);
create index tasks_by_run on tasks (run);

-- done counts chunks; all chunks are known once cut is set. The row is the one
-- every chunk passes through, so exactly one of them is the last.
create table batches (
    run       text collate "C" primary key references runs on delete cascade,
    task      bigint not null,
    terms     jsonb not null,
    cut       boolean not null,
    chunks    integer not null,
    done      integer not null,
    rows_cut  integer not null,
    rows_done integer not null,
    began     timestamptz,
    rate      double precision not null,
    rated     timestamptz
) with (fillfactor = 50);

-- rows is gzipped JSON, and null once the chunk is done.
create table run_chunks (
    run    text collate "C" not null references batches on delete cascade,
    chunk  integer not null,
    place  text not null,
    count  integer not null,
    rows   bytea,
    counts jsonb,
    primary key (run, chunk)
);

create table workers (
    worker  text collate "C" primary key,
    version text not null,
    started timestamptz not null,
    beat    timestamptz not null
);

create table schedules (
    name      text collate "C" primary key,
    kind      text not null,
    spec      text not null,
    args      jsonb not null,
    enabled   boolean not null,
    next_run  timestamptz,
    last_run  timestamptz,
    last_task bigint not null
);
