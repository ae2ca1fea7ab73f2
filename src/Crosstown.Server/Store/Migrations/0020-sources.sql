-- Where the logs of signals are read: one row per controller. Secrets are never here: an account is the name under which the settings give them.
create table source (
    id {identity},
    signal text not null unique,
    kind text not null,
    -- Host and port, or a folder below the one for logs that are dropped.
    address text not null,
    -- Folder on the controller; empty where the kind has none.
    path text not null,
    interval_s bigint not null,
    zone text null,
    account text null,
    -- The number that the controller itself reports, where it is not the signal's.
    reported_as text null,
    is_enabled boolean not null
);

-- How far each source has been read. Losing a row only makes files be read again.
create table source_position (
    source_id bigint not null primary key references source (id) on delete cascade,
    position text not null,
    saved_ms bigint not null
);
