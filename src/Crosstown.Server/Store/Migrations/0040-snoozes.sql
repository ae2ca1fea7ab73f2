-- Findings that somebody set aside for a while. The finding's id is made of a signal, a kind and a number, and names nobody.
create table snooze (
    finding text not null primary key,
    -- One of a closed list of words.
    reason text not null,
    until_ms bigint not null,
    set_ms bigint not null,
    account text not null
);
