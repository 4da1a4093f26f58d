-- How true matches were closed for a row and its work, in the order it was
-- said. Rows are only ever added, as decisions are.

-- +goose Up
create table dispositions (
    seq         bigint generated always as identity primary key,
    disposition text collate "C" not null unique,
    party_key   text collate "C" not null,
    entity_key  text collate "C" not null,
    work_key    text collate "C" not null,
    list        text collate "C" not null,
    entity      text collate "C" not null,
    closing     text not null,
    reviewer    text not null,
    made        timestamptz not null,
    expires     timestamptz,
    revoked     text not null,
    content     json not null
);

create index dispositions_by_subject on dispositions (party_key, entity_key, work_key);
create index dispositions_by_entity on dispositions (list, entity);

-- +goose StatementBegin
create function dispositions_are_only_added_to() returns trigger language plpgsql as $$
begin
    raise exception 'dispositions are only added to';
end;
$$;
-- +goose StatementEnd

create trigger dispositions_are_not_changed
before update of seq, disposition, party_key, entity_key, work_key, closing, reviewer, made, expires, revoked on dispositions
for each row execute function dispositions_are_only_added_to();

create trigger dispositions_are_not_removed before delete on dispositions
for each row execute function dispositions_are_only_added_to();
