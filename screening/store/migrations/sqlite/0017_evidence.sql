-- What proves that nothing kept was changed or removed: seals of rows, editions
-- and decisions, the digest of a run's results, and signed checkpoints. '' where a record is older than its
-- seal. terms is what else was fixed when a run started; salt goes when what it covers is taken away, and sealed
-- stands for that then.

-- +goose Up
alter table runs add column results text not null default '';
alter table runs add column terms text not null default '';
alter table run_rows add column seal text not null default '';
alter table run_parties add column salt text not null default '';
alter table run_rows add column terms text;
alter table run_parties add column sealed text not null default '';
alter table editions add column content text not null default '';
alter table decisions add column salt text not null default '';
alter table decisions add column sealed text not null default '';
alter table decisions add column seal text not null default '';
alter table dispositions add column salt text not null default '';
alter table dispositions add column sealed text not null default '';
alter table dispositions add column seal text not null default '';

create table checkpoints (
    number     integer primary key,
    at         text not null,
    content    text not null,
    signature  text not null,
    public_key text not null
) strict;

-- +goose StatementBegin
create trigger checkpoints_are_not_changed before update on checkpoints
begin
    select raise(abort, 'checkpoints are only added to');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger checkpoints_are_not_removed before delete on checkpoints
begin
    select raise(abort, 'checkpoints are only added to');
end;
-- +goose StatementEnd
