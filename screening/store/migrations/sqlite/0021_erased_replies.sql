-- A reply may be erased with the question it is to, and only then.

-- +goose Up
drop trigger replies_are_not_changed;

-- +goose StatementBegin
create trigger replies_are_not_changed before update on replies
when not (new.seq = old.seq and new.question = old.question and new.made = old.made
    and exists (select 1 from asked a where a.question = old.question and a.match_key = ''))
begin
    select raise(abort, 'replies are only added to');
end;
-- +goose StatementEnd
