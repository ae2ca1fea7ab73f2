-- People who may sign in. Names are account names that an administrator chose, or that the city's own sign-in gave.
create table account (
    id {identity},
    name text not null,
    normalized_name text not null unique,
    -- 'local' for a password of our own, else the issuer's name in the settings.
    origin text not null,
    -- The issuer's own name of the account; empty for local accounts.
    subject text not null,
    password_hash text null,
    stamp text not null,
    failed_count bigint not null,
    locked_until_ms bigint null,
    second_factor_key text null,
    second_factor_enabled boolean not null,
    second_factor_step bigint not null,
    is_disabled boolean not null,
    must_change_password boolean not null,
    created_ms bigint not null,
    last_sign_in_ms bigint null
);

create unique index account_subject on account (origin, subject) where subject <> '';

create table account_role (
    account_id bigint not null references account (id) on delete cascade,
    role text not null,
    primary key (account_id, role)
);

create table recovery_code (
    account_id bigint not null references account (id) on delete cascade,
    code_hash text not null,
    primary key (account_id, code_hash)
);

-- Open sessions, so that they can be ended from the server's side. The cookie carries the key, the table its hash.
create table session (
    key_hash text not null primary key,
    account_id bigint not null references account (id) on delete cascade,
    stamp text not null,
    second_factor_passed boolean not null,
    started_ms bigint not null,
    seen_ms bigint not null
);

create index session_account on session (account_id);

-- Programs that send logs. The token was shown once; only its hash is kept.
create table source_token (
    id {identity},
    name text not null unique,
    token_hash text not null unique,
    created_ms bigint not null,
    created_by text not null,
    last_used_ms bigint null,
    revoked_ms bigint null
);
