-- Runs and what they found, row by row. identifiers, notes,
-- nearest and content are JSON.

-- +goose Up
create table runs (
    run         text collate "C" primary key,
    started     timestamptz not null,
    finished    timestamptz,
    version     text not null,
    not_checked jsonb not null,
    policy      jsonb not null,
    counts      jsonb not null
);

create index runs_by_start on runs (started);

create table run_inputs (
    run     text collate "C" not null references runs on delete cascade,
    ordinal integer not null,
    file    text not null,
    hash    text not null,
    sheets  jsonb not null,
    error   text not null,
    primary key (run, ordinal)
);

-- The editions a run used; used is the whole, list and seq are its keys.
create table run_editions (
    run     text collate "C" not null references runs on delete cascade,
    ordinal integer not null,
    list    text collate "C" not null,
    seq     integer not null,
    used    jsonb not null,
    primary key (run, ordinal)
);

create index run_editions_by_list on run_editions (list, seq);

create table run_sheets (
    id    bigint generated always as identity primary key,
    run   text collate "C" not null references runs on delete cascade,
    file  text collate "C" not null,
    sheet text collate "C" not null,
    unique (run, file, sheet)
);

-- digest is the SHA-256 of the row's result as JSON.
create table run_rows (
    sheet_id  bigint not null references run_sheets on delete cascade,
    row       integer not null,
    reference text not null,
    project   text not null,
    starts    text not null,
    ends      text not null,
    status    text not null,
    notes     jsonb,
    error     text not null,
    grade     text not null,
    stakes    text not null,
    digest    text not null,
    primary key (sheet_id, row)
);

-- nearest is the best match below the review line. It stays inside its party:
-- nearly every party has one, and nobody is asked about it.
create table run_parties (
    sheet_id    bigint not null references run_sheets on delete cascade,
    row         integer not null,
    party       integer not null,
    role        text not null,
    name        text not null,
    country     text not null,
    city        text not null,
    address     text not null,
    website     text not null,
    birth_date  text not null,
    identifiers jsonb,
    cell_notes  jsonb,
    grade       text not null,
    notes       jsonb,
    nearest     jsonb,
    primary key (sheet_id, row, party)
);

-- ordinal 1 is the best match of its party. content is the whole, with its
-- listings, evidence and decision; the columns beside it find it.
create table run_matches (
    sheet_id  bigint not null references run_sheets on delete cascade,
    row       integer not null,
    party     integer not null,
    ordinal   integer not null,
    list      text collate "C" not null,
    entity    text collate "C" not null,
    name      text not null,
    matched   text not null,
    score     double precision not null,
    strength  text not null,
    control   text not null,
    owner     text not null,
    grade     text not null,
    rule      text not null,
    match_key text not null,
    content   jsonb not null,
    primary key (sheet_id, row, party, ordinal)
);

create index run_matches_by_entity on run_matches (list, entity);
