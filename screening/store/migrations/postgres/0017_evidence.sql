-- What proves that nothing kept was changed or removed: seals of rows, editions
-- and decisions, the digest of a run's results, and signed checkpoints. '' where a record is older than its
-- seal. terms is what else was fixed when a run started; salt goes when what it covers is taken away, and sealed
-- stands for that then.

-- +goose Up
alter table runs add column results text not null default '';
alter table runs add column terms text not null default '';
alter table run_rows add column seal text not null default '';
alter table run_parties add column salt text not null default '';
alter table run_rows add column terms jsonb;
alter table run_parties add column sealed text not null default '';
alter table editions add column content text not null default '';
alter table decisions add column salt text not null default '';
alter table decisions add column sealed text not null default '';
alter table decisions add column seal text not null default '';
alter table dispositions add column salt text not null default '';
alter table dispositions add column sealed text not null default '';
alter table dispositions add column seal text not null default '';

create table checkpoints (
    number     bigint primary key,
    at         timestamptz not null,
    content    text not null,
    signature  text not null,
    public_key text not null
);

-- +goose StatementBegin
create function checkpoints_are_only_added_to() returns trigger language plpgsql as $$
begin
    raise exception 'checkpoints are only added to';
end;
$$;
-- +goose StatementEnd

create trigger checkpoints_are_not_changed before update or delete on checkpoints
for each row execute function checkpoints_are_only_added_to();

create trigger checkpoints_are_not_emptied before truncate on checkpoints
for each statement execute function checkpoints_are_only_added_to();
