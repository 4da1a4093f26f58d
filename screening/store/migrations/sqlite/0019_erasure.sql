-- Personal data may be erased on request: from a decision or a disposition its
-- party alone, where its commitment is left in that place, and from a question the party
-- it names. Nothing else of them is ever changed. A line that is not sealed yet may be sealed.

-- +goose Up
drop trigger decisions_are_not_changed;
drop trigger dispositions_are_not_changed;
drop trigger asked_is_not_changed;

-- +goose StatementBegin
create trigger decisions_are_not_changed before update on decisions
when not (new.seq = old.seq and new.decision = old.decision and new.entity_key = old.entity_key and new.list = old.list and new.entity = old.entity
    and new.verdict = old.verdict and new.reviewer = old.reviewer and new.made = old.made and new.expires is old.expires and new.revoked = old.revoked
    and ((old.seal = '' and new.party_key = old.party_key and new.content = old.content and new.sealed = old.sealed)
        or (old.sealed = '' and new.sealed <> '' and new.seal = old.seal and new.salt = '' and new.party_key = '')))
begin
    select raise(abort, 'decisions are only added to');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger dispositions_are_not_changed before update on dispositions
when not (new.seq = old.seq and new.disposition = old.disposition and new.entity_key = old.entity_key and new.list = old.list and new.entity = old.entity
    and new.closing = old.closing and new.reviewer = old.reviewer and new.made = old.made and new.expires is old.expires and new.revoked = old.revoked
    and ((old.seal = '' and new.party_key = old.party_key and new.work_key = old.work_key and new.content = old.content and new.sealed = old.sealed)
        or (old.sealed = '' and new.sealed <> '' and new.seal = old.seal and new.salt = '' and new.party_key = '' and new.work_key = '')))
begin
    select raise(abort, 'dispositions are only added to');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger asked_is_not_changed before update on asked
when not (new.seq = old.seq and new.question = old.question and new.collaboration = old.collaboration and new.upload = old.upload
    and new.submitter = old.submitter and new.made = old.made and old.match_key <> '' and new.match_key = '')
begin
    select raise(abort, 'questions are only added to');
end;
-- +goose StatementEnd
