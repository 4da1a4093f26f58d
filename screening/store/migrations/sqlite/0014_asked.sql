-- Questions that reviewers put to whoever submitted a row, and the replies.
-- Rows are only ever added, as decisions are. What was answered stands beside the row of the
-- sheet (collaborations.answered), and its match is marked (open_matches.asked). Beside them
-- the guesses at passwords, which all processes count together.

-- +goose Up
create table asked (
    seq           integer primary key,
    question      text not null unique,
    match_key     text not null,
    collaboration integer not null,
    upload        text not null,
    submitter     text not null,
    made          text not null,
    content       text not null
) strict;

create index asked_by_submitter on asked (submitter);
create index asked_by_match on asked (match_key);
create index asked_by_upload on asked (upload);

-- One question has one reply.
create table replies (
    seq      integer primary key,
    question text not null unique references asked (question),
    made     text not null,
    content  text not null
) strict;

-- +goose StatementBegin
create trigger asked_is_not_changed before update on asked
begin
    select raise(abort, 'questions are only added to');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger asked_is_not_removed before delete on asked
begin
    select raise(abort, 'questions are only added to');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger replies_are_not_changed before update on replies
begin
    select raise(abort, 'replies are only added to');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger replies_are_not_removed before delete on replies
begin
    select raise(abort, 'replies are only added to');
end;
-- +goose StatementEnd

alter table collaborations add column answered text not null default '';
alter table open_matches add column asked text not null default '';

-- key stands for who guesses at what; level drains with time since at.
create table guesses (
    key   text primary key,
    level real not null,
    at    text not null
) strict;
