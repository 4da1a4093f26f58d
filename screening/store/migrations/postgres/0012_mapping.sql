-- How people have had the columns under a row of headers read, for the next
-- sheet that has the same.

-- +goose Up
create table mappings (
    headers text primary key,
    columns text not null,
    actor   text not null,
    made    timestamptz not null
);
