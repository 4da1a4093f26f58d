-- Runs and what they found, row by row. Times are UTC text of one width;
-- identifiers, notes, nearest and content are JSON.

-- +goose Up
create table runs (
    run         text primary key,
    started     text not null,
    finished    text,
    version     text not null,
    not_checked text not null,
    policy      text not null,
    counts      text not null
) strict, without rowid;

create index runs_by_start on runs (started);

create table run_inputs (
    run     text not null references runs on delete cascade,
    ordinal integer not null,
    file    text not null,
    hash    text not null,
    sheets  text not null,
    error   text not null,
    primary key (run, ordinal)
) strict, without rowid;

-- The editions a run used; used is the whole, list and seq are its keys.
create table run_editions (
    run     text not null references runs on delete cascade,
    ordinal integer not null,
    list    text not null,
    seq     integer not null,
    used    text not null,
    primary key (run, ordinal)
) strict, without rowid;

create index run_editions_by_list on run_editions (list, seq);

create table run_sheets (
    id    integer primary key,
    run   text not null references runs on delete cascade,
    file  text not null,
    sheet text not null,
    unique (run, file, sheet)
) strict;

-- digest is the SHA-256 of the row's result as JSON.
create table run_rows (
    sheet_id  integer not null references run_sheets on delete cascade,
    row       integer not null,
    reference text not null,
    project   text not null,
    starts    text not null,
    ends      text not null,
    status    text not null,
    notes     text,
    error     text not null,
    grade     text not null,
    stakes    text not null,
    digest    text not null,
    primary key (sheet_id, row)
) strict, without rowid;

-- nearest is the best match below the review line. It stays inside its party:
-- nearly every party has one, and nobody is asked about it.
create table run_parties (
    sheet_id    integer not null references run_sheets on delete cascade,
    row         integer not null,
    party       integer not null,
    role        text not null,
    name        text not null,
    country     text not null,
    city        text not null,
    address     text not null,
    website     text not null,
    birth_date  text not null,
    identifiers text,
    cell_notes  text,
    grade       text not null,
    notes       text,
    nearest     text,
    primary key (sheet_id, row, party)
) strict, without rowid;

-- ordinal 1 is the best match of its party. content is the whole, with its
-- listings, evidence and decision; the columns beside it find it.
create table run_matches (
    sheet_id  integer not null references run_sheets on delete cascade,
    row       integer not null,
    party     integer not null,
    ordinal   integer not null,
    list      text not null,
    entity    text not null,
    name      text not null,
    matched   text not null,
    score     real not null,
    strength  text not null,
    control   text not null,
    owner     text not null,
    grade     text not null,
    rule      text not null,
    match_key text not null,
    content   text not null,
    primary key (sheet_id, row, party, ordinal)
) strict;

create index run_matches_by_entity on run_matches (list, entity);
