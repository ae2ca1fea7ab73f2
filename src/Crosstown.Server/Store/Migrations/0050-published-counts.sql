-- Counts that the public has. What is in here is out, so that nothing in here ever changes: the database itself refuses an update.
create table published_block (
    signal text not null check (length(signal) <= 15),
    subject text not null check (subject in ('vehicles', 'pedestrian-calls')),
    start_ms bigint not null,
    end_ms bigint not null,
    published_ms bigint not null,
    primary key (signal, subject, start_ms)
);

create table published_count (
    signal text not null check (length(signal) <= 15),
    subject text not null check (subject in ('vehicles', 'pedestrian-calls')),
    start_ms bigint not null,
    end_ms bigint not null,
    -- Places in the lists of directions and movements; -1 for a movement means the approach as a whole, or a crosswalk.
    direction bigint not null,
    movement bigint not null,
    -- 0 for none.
    phase bigint not null,
    overlap bigint not null,
    -- Null when withheld, and when the log saw nothing.
    count bigint null,
    is_withheld boolean not null,
    seen_share double precision not null,
    faulted_detectors bigint not null,
    primary key (signal, subject, start_ms, direction, movement, phase, overlap)
);

create index published_count_start on published_count (start_ms);

-- only sqlite
create trigger published_block_is_final before update on published_block begin select raise(abort, 'what is published is final'); end;
create trigger published_count_is_final before update on published_count begin select raise(abort, 'what is published is final'); end;
-- only postgresql
create function published_is_final() returns trigger language plpgsql as 'begin raise exception ''what is published is final''; end';
create trigger published_block_is_final before update on published_block for each row execute function published_is_final();
create trigger published_count_is_final before update on published_count for each row execute function published_is_final();
-- both
