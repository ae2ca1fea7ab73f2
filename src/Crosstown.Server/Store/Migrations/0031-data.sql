-- What the log of one signal saw of one UTC day: made from the raw events, and gone with them.
create table data_day (
    signal text not null,
    -- Days since 1970-01-01.
    day bigint not null,
    -- Events of the day when it was looked at: another number later means that it is looked at anew.
    events bigint not null,
    -- Milliseconds of the day without a silence of more than five minutes.
    seen_ms bigint not null,
    gaps bigint not null,
    longest_gap_ms bigint not null,
    first_ms bigint not null,
    last_ms bigint not null,
    primary key (signal, day)
);

-- Bytes on the disk by kind, once a day: what growth is reckoned from.
create table data_size (
    day bigint not null,
    kind text not null,
    bytes bigint not null,
    primary key (day, kind)
);

-- Looks at every stored block.
create table data_check (
    ended_ms bigint not null primary key,
    seconds bigint not null,
    signal_days bigint not null,
    events bigint not null,
    damaged bigint not null,
    missing_events bigint not null
);
