-- Who signs in, and with what. Passwords, sessions, keys and recovery codes are
-- kept as hashes; the seed of a second factor has to be kept as it is.

-- +goose Up
create table accounts (
    id         text primary key,
    name       text not null unique,
    full_name  text not null,
    roles      text not null,
    source     text not null check (source in ('local', 'link', 'oidc', 'proxy')),
    subject    text not null,
    disabled   integer not null,
    password   text not null,
    totp       text not null,
    totp_step  integer not null,
    created    text not null,
    signed_in  text
) strict, without rowid;

create unique index accounts_by_subject on accounts (source, subject) where subject <> '';

-- Codes that stand in for a lost second factor, each once.
create table recovery_codes (
    account text not null references accounts,
    hash    text not null,
    primary key (account, hash)
) strict, without rowid;

create table sessions (
    hash    text primary key,
    account text not null references accounts,
    method  text not null,
    address text not null,
    created text not null,
    seen    text not null
) strict, without rowid;

create index sessions_by_account on sessions (account);

-- prefix is shown and finds the key; hash is of its secret.
create table api_keys (
    prefix    text primary key,
    account   text not null references accounts,
    name      text not null,
    scopes    text not null,
    hash      text not null,
    created   text not null,
    expires   text not null,
    used      text,
    revoked   text
) strict, without rowid;

create index api_keys_by_account on api_keys (account);
