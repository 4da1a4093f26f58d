-- Editions of the lists and the entities in them. An entity is kept once for
-- as long as it stays the same: a row holds it from first_seq to last_seq,
-- 2147483647 while it stands. Times are UTC text of one width, so they sort.

-- +goose Up
create table lists (
    list     text primary key,
    last_seq integer not null
) strict, without rowid;

create table editions (
    list         text not null references lists,
    seq          integer not null,
    hash         text not null,
    published    text,
    fetched      text not null,
    in_force     text,
    entities     integer not null,
    names        integer not null,
    state        text not null check (state in ('good', 'quarantined')),
    reason       text not null,
    files        text not null,
    accepted     text,
    accepted_by  text,
    accepted_why text,
    primary key (list, seq)
) strict, without rowid;

create table entities (
    list      text not null references lists,
    entity    text not null,
    first_seq integer not null,
    last_seq  integer not null,
    name      text not null,
    hash      text not null,
    content   text not null,
    primary key (list, entity, first_seq)
) strict, without rowid;

-- What a quarantined edition holds, until it is accepted or superseded.
create table held_entities (
    list    text not null,
    seq     integer not null,
    entity  text not null,
    name    text not null,
    hash    text not null,
    content text not null,
    primary key (list, seq, entity),
    foreign key (list, seq) references editions
) strict, without rowid;

-- What a server said of each address when it was last asked.
create table fetches (
    list          text not null,
    url           text not null,
    etag          text not null,
    last_modified text not null,
    hash          text not null,
    fetched       text not null,
    primary key (list, url)
) strict, without rowid;
