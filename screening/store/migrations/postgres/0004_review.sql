-- What a report that comes back is held against: who submitted its run, where
-- a match of a run stands by its key, and the secrets the lines are sealed with.

-- +goose Up
alter table runs add column submitter text not null default '';

create index run_matches_by_key on run_matches (match_key);

create table secrets (
    name   text primary key,
    secret text not null
);
