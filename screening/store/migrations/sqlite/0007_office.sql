-- What the office's own work keeps: the drop folder's files, the open
-- matches with whom they wait for, and the notices on their way out. Times are
-- UTC text of one width; opened and due are days.

-- +goose Up
-- Who does a piece of work that one process at a time may do.
create table leases (
    lease  text primary key,
    holder text not null,
    until  text not null
) strict, without rowid;

-- How the files of the drop folder looked the last time: one that is still
-- being copied looks different the next time.
create table drop_looks (
    place    text primary key,
    size     integer not null,
    modified text not null,
    since    text not null
) strict, without rowid;

-- Each file taken out of the drop folder. basis stands for everything but
-- the file that its result depends on.
create table drops (
    id     text primary key,
    folder text not null,
    file   text not null,
    hash   text not null,
    sender text not null,
    tries  integer not null,
    state  text not null,
    run    text not null,
    output text not null,
    why    text not null,
    basis  text not null,
    taken  text not null,
    ended  text
) strict, without rowid;

create index drops_by_content on drops (folder, hash);

-- One line a flagged match of an active collaboration that was ever open: what
-- cannot be derived from results and decisions. assignee is empty unless a person named one.
create table open_matches (
    office      text not null,
    match_key   text not null,
    party_key   text not null,
    entity_keys text not null,
    list        text not null,
    entity      text not null,
    owner       text not null,
    grade       text not null,
    run         text not null,
    file        text not null,
    sheet       text not null,
    row         integer not null,
    assignee    text not null,
    opened      text not null,
    due         text not null,
    reminded    text not null,
    overdue     text not null,
    closed      text,
    why_closed  text not null,
    primary key (office, match_key)
) strict, without rowid;

create index open_matches_by_due on open_matches (office, due) where closed is null;
create index open_matches_by_party on open_matches (office, party_key, list, entity);

-- A notice on its way out by one channel; sent and dead say how it ended.
create table notices (
    notice  text not null,
    channel text not null,
    kind    text not null,
    content text not null,
    made    text not null,
    tries   integer not null,
    next    text not null,
    sent    text,
    dead    text,
    reason  text not null,
    primary key (notice, channel)
) strict, without rowid;

create index notices_by_next on notices (next) where sent is null and dead is null;
