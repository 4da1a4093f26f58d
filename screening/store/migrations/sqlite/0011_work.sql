-- What a row says of the work itself, and what that came to.

-- +goose Up
alter table run_rows add column answers text;
alter table run_rows add column work text;
