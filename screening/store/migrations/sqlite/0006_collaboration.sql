-- Collaborations: the rows of all sheets as they stand, to be screened again
-- every night; and the nights. Times are UTC text of one width; content, basis, counts and causes are JSON.

-- +goose Up
-- A sheet an office sends in again and again: upload is the run that last
-- screened it to the end, begun at uploaded; uploading the one that last began to.
create table collaboration_sheets (
    id        integer primary key,
    office    text not null,
    file      text not null,
    sheet     text not null,
    upload    text not null,
    uploading text not null,
    uploaded  text,
    unique (office, file, sheet)
) strict;

create index collaboration_sheets_uploading on collaboration_sheets (uploading);

-- closed, until and ended say whether it is active: closed '' and until ''
-- or a day to come, and ended null. outcome stands for the result that result_run
-- explains at result_sheet and result_row; base_ is what the last night left it with, where a
-- sheet has changed it since. watched is 1 while the last night counted it.
create table collaborations (
    id           integer primary key,
    office       text not null,
    sheet_id     integer not null references collaboration_sheets,
    upload       text not null,
    row          integer not null,
    identity     text not null,
    content_hash text not null,
    reference    text not null,
    project      text not null,
    search       text not null,
    content      text not null,
    first_seen   text not null,
    last_seen    text not null,
    closed       text not null,
    until        text not null,
    unsure       integer not null,
    ended        text,
    ended_by     text not null default '',
    ended_why    text not null default '',
    grade        text not null,
    outcome      text not null,
    screened     text not null,
    result_run   text not null references runs,
    result_sheet integer not null,
    result_row   integer not null,
    base_run     text not null default '',
    base_sheet   integer not null default 0,
    base_row     integer not null default 0,
    base_grade   text not null default '',
    base_outcome text not null default '',
    waiting      integer not null,
    watched      integer not null default 0
) strict;

create index collaborations_by_identity on collaborations (office, identity, upload);
create index collaborations_by_sheet on collaborations (sheet_id);
-- All that a night counts by, so that it reads no rows for it.
create index collaborations_by_office on collaborations (office, id, closed, until, ended, waiting, watched, unsure, grade, sheet_id, last_seen);
create index collaborations_by_grade on collaborations (office, grade, id);
create index collaborations_by_result on collaborations (result_run);
create index collaborations_waiting on collaborations (office, id) where waiting = 1;

-- The distinct parties of all collaborations, by what matching sees of them.
-- found stands for the candidates of the last night, '' before its first.
create table parties (
    id     integer primary key,
    digest text not null unique,
    folded text not null,
    found  text not null default '',
    content text not null
) strict;

create index parties_by_name on parties (folded);

create table collaboration_parties (
    party         integer not null references parties,
    collaboration integer not null references collaborations on delete cascade,
    primary key (party, collaboration)
) strict, without rowid;

create index collaboration_parties_of on collaboration_parties (collaboration);

create table collaboration_events (
    seq           integer primary key,
    collaboration integer not null references collaborations on delete cascade,
    at            text not null,
    what          text not null,
    who           text not null,
    why           text not null,
    run           text not null
) strict;

create index collaboration_events_of on collaboration_events (collaboration, seq);

-- A night screens the collaborations of an office again. attempt fences: who
-- began it anew owns it. basis is what it screened against and by.
create table nights (
    night    integer primary key,
    office   text not null,
    attempt  integer not null,
    started  text not null,
    finished text,
    basis    text not null,
    counts   text not null
) strict;

create index nights_by_office on nights (office, night);

-- What a night changed: before_ is the result until then, in run the result
-- since. opens is 1 where there is something new for a person to decide.
create table night_changes (
    night         integer not null references nights on delete cascade,
    collaboration integer not null references collaborations on delete cascade,
    before_run    text not null,
    before_sheet  integer not null,
    before_row    integer not null,
    before_grade  text not null,
    grade         text not null,
    run           text not null,
    sheet         integer not null,
    row           integer not null,
    opens         integer not null,
    causes        text not null,
    primary key (night, collaboration)
) strict, without rowid;
