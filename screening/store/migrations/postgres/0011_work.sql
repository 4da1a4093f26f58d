-- What a row says of the work itself, what that came to, and what a register
-- of organisations says of its parties.

-- +goose Up
alter table run_rows add column answers jsonb;
alter table run_rows add column work jsonb;
alter table run_parties add column registry text not null default '';
alter table run_parties add column via text not null default '';
