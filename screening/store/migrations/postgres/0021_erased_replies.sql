-- A reply may be erased with the question it is to, and only then.

-- +goose Up
-- +goose StatementBegin
create function replies_are_only_erased() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.seq = old.seq and new.question = old.question and new.made = old.made
        and exists (select 1 from asked a where a.question = old.question and a.match_key = '') then
        return new;
    end if;
    raise exception 'questions and replies are only added to';
end;
$$;
-- +goose StatementEnd

drop trigger replies_are_not_changed on replies;

create trigger replies_are_not_changed before update or delete on replies
for each row execute function replies_are_only_erased();
