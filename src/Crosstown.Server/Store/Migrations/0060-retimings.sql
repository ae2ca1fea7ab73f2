-- Plans that were found from logs, and what came of them. What a plan says never changes once it is written; only its state does.
create table retiming_proposal (
    id {identity},
    made_ms bigint not null,
    origin text not null check (origin in ('night', 'request', 'town')),
    -- The corridor's id; empty for all signals.
    corridor text not null,
    state text not null check (state in ('found', 'proposed', 'approved', 'in-field', 'kept', 'rolled-back', 'declined')),
    -- Accounts of staff. The database itself refuses an approval by the one who proposed.
    proposed_by text null,
    approved_by text null,
    -- The local day in which the cabinets were changed, yyyy-mm-dd.
    field_day text null,
    -- JSON: what was asked for, the figures of the list, and all that the page shows.
    choices text not null,
    summary text not null,
    content text not null,
    -- SHA-256 of the plan and the content, hexadecimal: what an approval holds for.
    content_hash text not null,
    -- JSON: what the logs measured of the effect; null until there is something.
    effect text null,
    check (approved_by is null or (proposed_by is not null and lower(approved_by) <> lower(proposed_by))),
    check (state in ('found', 'declined') or proposed_by is not null),
    check (state not in ('approved', 'in-field', 'kept', 'rolled-back') or approved_by is not null),
    check (state not in ('in-field', 'kept', 'rolled-back') or field_day is not null)
);

create table retiming_step (
    proposal_id bigint not null references retiming_proposal (id) on delete cascade,
    number bigint not null,
    act text not null,
    state text not null,
    at_ms bigint not null,
    account text not null,
    -- One of a closed list of words.
    reason text not null,
    -- The local day in which it happened in the field, yyyy-mm-dd; null where the act is no change of cabinets.
    day text null,
    primary key (proposal_id, number)
);

-- Sheets, tables and drawings of a plan.
create table retiming_file (
    proposal_id bigint not null references retiming_proposal (id) on delete cascade,
    name text not null,
    bytes bigint not null,
    -- gzip in base64.
    content text not null,
    primary key (proposal_id, name)
);

-- What a corridor loses by its timing against the best plan that was known at the time.
create table retiming_loss (
    at_ms bigint not null,
    -- The corridor's id; empty for all signals.
    corridor text not null,
    period text not null,
    name text not null,
    -- Delay and stops, vehicle hours per hour.
    today double precision not null,
    best double precision not null,
    seen_share double precision not null,
    primary key (at_ms, corridor, period)
);
