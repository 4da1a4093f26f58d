-- Who did what, when, to what. Lines are only ever added, each with the hash of
-- the one before it; audit_head has one row at most, which gives out the numbers.

-- +goose Up
create table audit (
    seq     bigint primary key,
    at      timestamptz not null,
    actor   text collate "C" not null,
    action  text collate "C" not null,
    subject text collate "C" not null,
    list    text collate "C" not null,
    before  text not null,
    after   text not null,
    request text not null,
    prev    text not null,
    hash    text not null
);

create index audit_by_subject on audit (subject, seq);
create index audit_by_actor on audit (actor, seq);

create table audit_head (
    one  integer primary key check (one = 1),
    seq  bigint not null,
    hash text not null
);

-- +goose StatementBegin
create function audit_is_only_added_to() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is only added to';
end;
$$;
-- +goose StatementEnd

create trigger audit_is_not_changed before update or delete on audit
for each row execute function audit_is_only_added_to();

create trigger audit_is_not_emptied before truncate on audit
for each statement execute function audit_is_only_added_to();
