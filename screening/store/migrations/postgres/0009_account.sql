-- Who signs in, and with what. Passwords, sessions, keys and recovery codes are
-- kept as hashes; the seed of a second factor has to be kept as it is.

-- +goose Up
create table accounts (
    id         text primary key,
    name       text collate "C" not null unique,
    full_name  text not null,
    roles      text not null,
    source     text not null check (source in ('local', 'link', 'oidc', 'proxy')),
    subject    text not null,
    disabled   boolean not null,
    password   text not null,
    totp       text not null,
    totp_step  bigint not null,
    created    timestamptz not null,
    signed_in  timestamptz
);

create unique index accounts_by_subject on accounts (source, subject) where subject <> '';

-- Codes that stand in for a lost second factor, each once.
create table recovery_codes (
    account text not null references accounts,
    hash    text not null,
    primary key (account, hash)
);

create table sessions (
    hash    text primary key,
    account text not null references accounts,
    method  text not null,
    address text not null,
    created timestamptz not null,
    seen    timestamptz not null
);

create index sessions_by_account on sessions (account);

-- prefix is shown and finds the key; hash is of its secret.
create table api_keys (
    prefix    text primary key,
    account   text not null references accounts,
    name      text collate "C" not null,
    scopes    text not null,
    hash      text not null,
    created   timestamptz not null,
    expires   timestamptz not null,
    used      timestamptz,
    revoked   timestamptz
);

create index api_keys_by_account on api_keys (account);
