-- What reviewers said of matches, in the order they said it. Rows are only
-- ever added: a later decision on the same two sides stands in an earlier one's
-- place, a revocation is a row too. content is the whole; the columns beside it find it.

-- +goose Up
create table decisions (
    seq        integer primary key,
    decision   text not null unique,
    party_key  text not null,
    entity_key text not null,
    list       text not null,
    entity     text not null,
    verdict    text not null,
    reviewer   text not null,
    made       text not null,
    expires    text,
    revoked    text not null,
    content    text not null
) strict;

create index decisions_by_subject on decisions (party_key, entity_key);
create index decisions_by_entity on decisions (list, entity);

-- +goose StatementBegin
create trigger decisions_are_not_changed
before update of seq, decision, party_key, entity_key, verdict, reviewer, made, expires, revoked on decisions
begin
    select raise(abort, 'decisions are only added to');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger decisions_are_not_removed before delete on decisions
begin
    select raise(abort, 'decisions are only added to');
end;
-- +goose StatementEnd
