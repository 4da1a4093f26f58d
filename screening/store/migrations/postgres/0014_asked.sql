-- Questions that reviewers put to whoever submitted a row, and the replies.
-- Rows are only ever added, as decisions are. What was answered stands beside the row of the
-- sheet (collaborations.answered), and its match is marked (open_matches.asked). Beside them
-- the guesses at passwords, which all processes count together.

-- +goose Up
create table asked (
    seq           bigint generated always as identity primary key,
    question      text collate "C" not null unique,
    match_key     text collate "C" not null,
    collaboration bigint not null,
    upload        text collate "C" not null,
    submitter     text collate "C" not null,
    made          timestamptz not null,
    content       json not null
);

create index asked_by_submitter on asked (submitter);
create index asked_by_match on asked (match_key);
create index asked_by_upload on asked (upload);

-- One question has one reply.
create table replies (
    seq      bigint generated always as identity primary key,
    question text collate "C" not null unique references asked (question),
    made     timestamptz not null,
    content  json not null
);

-- +goose StatementBegin
create function asked_is_only_added_to() returns trigger language plpgsql as $$
begin
    raise exception 'questions and replies are only added to';
end;
$$;
-- +goose StatementEnd

create trigger asked_is_not_changed before update or delete on asked
for each row execute function asked_is_only_added_to();

create trigger replies_are_not_changed before update or delete on replies
for each row execute function asked_is_only_added_to();

alter table collaborations add column answered text not null default '';
alter table open_matches add column asked text not null default '';

-- key stands for who guesses at what; level drains with time since at.
create table guesses (
    key   text collate "C" primary key,
    level double precision not null,
    at    timestamptz not null
);
