-- Organisations, their users, devices, sessions and settings.
--
-- One text for SQLite and PostgreSQL. Times are milliseconds since 1970-01-01T00:00Z. The organisation
-- leads every primary key, so that the same tables can be spread over nodes by organisation.

create table organisation (
    id uuid not null primary key,
    name text not null,
    -- Random, and new with every init and recovery; a cursor of another epoch is rolled back.
    epoch uuid not null,
    -- The last number given in the organisation's log; its row lock orders all writers.
    seq bigint not null default 0,
    -- The hash over the log up to seq.
    chain bytea not null,
    created_at bigint not null
);

create table app_user (
    org_id uuid not null references organisation (id),
    id uuid not null,
    -- Folded to lower case; unique on the server, not only in the organisation (F64).
    email text not null,
    -- A PHC string; empty: no password is right.
    password_hash text not null default '',
    role smallint not null,
    disabled boolean not null default false,
    -- Access tokens carry it; a higher one ends them all.
    token_version bigint not null default 1,
    -- When the role last became one that reads by audience alone; 0: never.
    restricted_at bigint not null default 0,
    created_at bigint not null,
    primary key (org_id, id)
);

create unique index app_user_email on app_user (email);

create table device (
    org_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    platform text not null,
    name text not null,
    -- SHA-256 of the installation's secret.
    install_hash bytea not null,
    created_at bigint not null,
    last_seen_at bigint not null,
    -- 0: not revoked.
    revoked_at bigint not null default 0,
    primary key (org_id, id),
    foreign key (org_id, user_id) references app_user (org_id, id)
);

-- A revoked device never comes back: the next sign-in of that installation enrols a new one.
create unique index device_install on device (org_id, user_id, install_hash) where revoked_at = 0;
create index device_user on device (org_id, user_id);

-- One row for each sign-in. Refresh tokens are not kept: each says its generation, sealed by the server.
create table session (
    org_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    device_id uuid not null,
    -- Of the newest refresh token.
    generation bigint not null,
    -- The newest generation whose access token was used: the refresh token before it is spent.
    seen bigint not null,
    created_at bigint not null,
    issued_at bigint not null,
    expires_at bigint not null,
    -- 0: not ended.
    ended_at bigint not null default 0,
    primary key (org_id, id),
    foreign key (org_id, device_id) references device (org_id, id)
);

create index session_device on session (org_id, device_id, ended_at);

-- A code for one time by which a user chooses a password and is signed in; at most one for each user.
create table enrolment (
    org_id uuid not null,
    -- SHA-256 of the code.
    code_hash bytea not null,
    user_id uuid not null,
    expires_at bigint not null,
    primary key (org_id, code_hash),
    foreign key (org_id, user_id) references app_user (org_id, id)
);

create index enrolment_user on enrolment (org_id, user_id);

-- What users without access handed in, until a manager applies or discards it.
create table hand_in (
    org_id uuid not null,
    -- Derived from whose it is and what it holds: handed in twice, it is there once.
    id uuid not null,
    user_id uuid not null,
    device_id uuid not null,
    handed_in_at bigint not null,
    changes bigint not null,
    -- As it came: sealed with the user's keep key, which the secrets give.
    sealed bytea not null,
    primary key (org_id, id),
    foreign key (org_id, device_id) references device (org_id, id)
);

create index hand_in_user on hand_in (org_id, user_id);

-- What administrators set: products, statuses, fields, users and whatever kinds come later. The body
-- is the domain's encoding; the server reads it, the log carries it.
create table settings (
    org_id uuid not null references organisation (id),
    kind bigint not null,
    id uuid not null,
    -- The product it belongs to; the nil UUID: none.
    product_id uuid not null,
    version bigint not null,
    -- Which devices receive it.
    class bigint not null,
    body bytea not null,
    -- Its place in the organisation's log.
    seq bigint not null,
    primary key (org_id, kind, id)
);

create index settings_seq on settings (org_id, seq);

-- Empty, but while it is asked whether writing works.
create table probe (
    id bigint not null primary key,
    filler bytea not null
);
