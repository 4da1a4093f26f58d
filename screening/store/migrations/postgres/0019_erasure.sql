-- Personal data may be erased on request: from a decision or a disposition its
-- party alone, where its commitment is left in that place, and from a question the party
-- it names. Nothing else of them is ever changed. A line that is not sealed yet may be sealed.

-- +goose Up
drop trigger decisions_are_not_changed on decisions;
drop trigger dispositions_are_not_changed on dispositions;
drop trigger asked_is_not_changed on asked;

create trigger decisions_are_not_changed before update on decisions for each row
when (not (new.seq = old.seq and new.decision = old.decision and new.entity_key = old.entity_key and new.list = old.list and new.entity = old.entity
    and new.verdict = old.verdict and new.reviewer = old.reviewer and new.made = old.made and new.expires is not distinct from old.expires and new.revoked = old.revoked
    and ((old.seal = '' and new.party_key = old.party_key and new.content::text = old.content::text and new.sealed = old.sealed)
        or (old.sealed = '' and new.sealed <> '' and new.seal = old.seal and new.salt = '' and new.party_key = ''))))
execute function decisions_are_only_added_to();

create trigger dispositions_are_not_changed before update on dispositions for each row
when (not (new.seq = old.seq and new.disposition = old.disposition and new.entity_key = old.entity_key and new.list = old.list and new.entity = old.entity
    and new.closing = old.closing and new.reviewer = old.reviewer and new.made = old.made and new.expires is not distinct from old.expires and new.revoked = old.revoked
    and ((old.seal = '' and new.party_key = old.party_key and new.work_key = old.work_key and new.content::text = old.content::text and new.sealed = old.sealed)
        or (old.sealed = '' and new.sealed <> '' and new.seal = old.seal and new.salt = '' and new.party_key = '' and new.work_key = ''))))
execute function dispositions_are_only_added_to();

create trigger asked_is_not_changed before update on asked for each row
when (not (new.seq = old.seq and new.question = old.question and new.collaboration = old.collaboration and new.upload = old.upload
    and new.submitter = old.submitter and new.made = old.made and old.match_key <> '' and new.match_key = ''))
execute function asked_is_only_added_to();

create trigger asked_is_not_removed before delete on asked for each row execute function asked_is_only_added_to();
