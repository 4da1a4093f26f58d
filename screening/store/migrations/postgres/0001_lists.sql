-- Editions of the lists and the entities in them. An entity is kept once for
-- as long as it stays the same: a row holds it from first_seq to last_seq,
-- 2147483647 while it stands. Ids sort by code point ("C"), as on SQLite, and
-- content is json, not jsonb, so that its SHA-256 stays the one beside it.

-- +goose Up
create table lists (
    list     text collate "C" primary key,
    last_seq integer not null
);

create table editions (
    list         text collate "C" not null references lists,
    seq          integer not null,
    hash         text not null,
    published    timestamptz,
    fetched      timestamptz not null,
    in_force     timestamptz,
    entities     integer not null,
    names        integer not null,
    state        text not null check (state in ('good', 'quarantined')),
    reason       text not null,
    files        jsonb not null,
    accepted     timestamptz,
    accepted_by  text,
    accepted_why text,
    primary key (list, seq)
);

create table entities (
    list      text collate "C" not null references lists,
    entity    text collate "C" not null,
    first_seq integer not null,
    last_seq  integer not null,
    name      text not null,
    hash      text not null,
    content   json not null,
    primary key (list, entity, first_seq)
);

-- What a quarantined edition holds, until it is accepted or superseded.
create table held_entities (
    list    text collate "C" not null,
    seq     integer not null,
    entity  text collate "C" not null,
    name    text not null,
    hash    text not null,
    content json not null,
    primary key (list, seq, entity),
    foreign key (list, seq) references editions
);

-- What a server said of each address when it was last asked.
create table fetches (
    list          text collate "C" not null,
    url           text collate "C" not null,
    etag          text not null,
    last_modified text not null,
    hash          text not null,
    fetched       timestamptz not null,
    primary key (list, url)
);
