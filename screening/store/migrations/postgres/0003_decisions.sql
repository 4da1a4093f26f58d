-- What reviewers said of matches, in the order they said it. Rows are only
-- ever added: a later decision on the same two sides stands in an earlier one's
-- place, a revocation is a row too. content is the whole; the columns beside it find it.

-- +goose Up
create table decisions (
    seq        bigint generated always as identity primary key,
    decision   text collate "C" not null unique,
    party_key  text collate "C" not null,
    entity_key text collate "C" not null,
    list       text collate "C" not null,
    entity     text collate "C" not null,
    verdict    text not null,
    reviewer   text not null,
    made       timestamptz not null,
    expires    timestamptz,
    revoked    text not null,
    content    json not null
);

create index decisions_by_subject on decisions (party_key, entity_key);
create index decisions_by_entity on decisions (list, entity);

-- +goose StatementBegin
create function decisions_are_only_added_to() returns trigger language plpgsql as $$
begin
    raise exception 'decisions are only added to';
end;
$$;
-- +goose StatementEnd

create trigger decisions_are_not_changed
before update of seq, decision, party_key, entity_key, verdict, reviewer, made, expires, revoked on decisions
for each row execute function decisions_are_only_added_to();

create trigger decisions_are_not_removed before delete on decisions
for each row execute function decisions_are_only_added_to();
