-- Who did what, when, to what. Lines are only ever added, each with the hash of
-- the one before it; audit_head has one row at most, which gives out the numbers.

-- +goose Up
create table audit (
    seq     integer primary key,
    at      text not null,
    actor   text not null,
    action  text not null,
    subject text not null,
    list    text not null,
    before  text not null,
    after   text not null,
    request text not null,
    prev    text not null,
    hash    text not null
) strict;

create index audit_by_subject on audit (subject, seq);
create index audit_by_actor on audit (actor, seq);

create table audit_head (
    one  integer primary key check (one = 1),
    seq  integer not null,
    hash text not null
) strict;

-- +goose StatementBegin
create trigger audit_is_not_changed before update on audit
begin
    select raise(abort, 'the audit trail is only added to');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger audit_is_not_removed before delete on audit
begin
    select raise(abort, 'the audit trail is only added to');
end;
-- +goose StatementEnd
