-- How true matches were closed for a row and its work, in the order it was
-- said. Rows are only ever added, as decisions are.

-- +goose Up
create table dispositions (
    seq         integer primary key,
    disposition text not null unique,
    party_key   text not null,
    entity_key  text not null,
    work_key    text not null,
    list        text not null,
    entity      text not null,
    closing     text not null,
    reviewer    text not null,
    made        text not null,
    expires     text,
    revoked     text not null,
    content     text not null
) strict;

create index dispositions_by_subject on dispositions (party_key, entity_key, work_key);
create index dispositions_by_entity on dispositions (list, entity);

-- +goose StatementBegin
create trigger dispositions_are_not_changed
before update of seq, disposition, party_key, entity_key, work_key, closing, reviewer, made, expires, revoked on dispositions
begin
    select raise(abort, 'dispositions are only added to');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger dispositions_are_not_removed before delete on dispositions
begin
    select raise(abort, 'dispositions are only added to');
end;
-- +goose StatementEnd
