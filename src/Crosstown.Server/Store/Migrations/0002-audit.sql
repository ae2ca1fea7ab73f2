-- Who did what, why, and what it changed: each entry carries the hash of the one before, so that no entry can be changed, left out or put in unseen.
create table audit_entry (
    number bigint not null primary key,
    time_ms bigint not null,
    account text not null,
    reason text not null,
    action text not null,
    subject text not null,
    before_hash text not null,
    after_hash text not null,
    program text not null,
    previous_hash text not null,
    hash text not null
);

create index audit_entry_time on audit_entry (time_ms);

-- Up to where entries were removed because their time was over, and the hash that the first one left must carry. A cut is itself an entry of the chain.
create table audit_cut (
    number bigint not null primary key,
    hash text not null,
    time_ms bigint not null
);

-- only sqlite
create trigger audit_entry_no_update before update on audit_entry
begin select raise(abort, 'audit entries are never changed'); end;
create trigger audit_entry_no_delete before delete on audit_entry when old.number > (select coalesce(max(number), 0) from audit_cut)
begin select raise(abort, 'audit entries are never removed before their time'); end;
create trigger audit_cut_no_update before update on audit_cut
begin select raise(abort, 'cuts of the audit are never changed'); end;
create trigger audit_cut_no_delete before delete on audit_cut
begin select raise(abort, 'cuts of the audit are never removed'); end;
-- only postgresql
create function audit_refuse() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and tg_table_name = 'audit_entry' then
        if old.number <= (select coalesce(max(number), 0) from audit_cut) then
            return old;
        end if;
    end if;
    raise exception 'audit entries are never changed or removed before their time';
end $$;
create trigger audit_entry_no_change before update or delete on audit_entry for each row execute function audit_refuse();
create trigger audit_entry_no_truncate before truncate on audit_entry for each statement execute function audit_refuse();
create trigger audit_cut_no_change before update or delete on audit_cut for each row execute function audit_refuse();
create trigger audit_cut_no_truncate before truncate on audit_cut for each statement execute function audit_refuse();
-- both
