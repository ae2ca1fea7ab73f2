-- What became of log files and event batches that were handed in: a row each time, or a row an hour for doors through which something comes every minute.
create table import_run (
    id {identity},
    door text not null,
    started_ms bigint not null,
    ended_ms bigint not null,
    files bigint not null,
    bytes bigint not null,
    events_read bigint not null,
    events_added bigint not null,
    duplicates bigint not null,
    rows_refused bigint not null,
    issues bigint not null
);

create index import_run_ended on import_run (ended_ms);

-- The files of one run, as they may be kept: names without folders and network addresses (rule P10).
create table import_file (
    import_id bigint not null references import_run (id) on delete cascade,
    number bigint not null,
    name text not null,
    -- Null when no reader knew the content.
    format text null,
    -- The signal whose log it is; null when it holds those of several, or of none.
    signal text null,
    signals bigint not null,
    events bigint not null,
    rows_refused bigint not null,
    bytes bigint not null,
    primary key (import_id, number)
);

-- How often something was wrong, by kind and file.
create table import_issue_count (
    import_id bigint not null references import_run (id) on delete cascade,
    number bigint not null,
    kind text not null,
    source text not null,
    issues bigint not null,
    primary key (import_id, number)
);

-- The first few of each kind and file, whole. A value that the privacy gate refused is not kept (rule P07).
create table import_issue (
    import_id bigint not null references import_run (id) on delete cascade,
    number bigint not null,
    kind text not null,
    source text not null,
    position bigint not null,
    value text not null,
    assumed text not null,
    primary key (import_id, number)
);
