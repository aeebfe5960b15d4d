-- The tally of records: how many files and documents there are of each owner, keeper, fonds, access mode, published or
-- not. Every statement that changes a group adds a row with the difference, and none changes a row, so that writers
-- never wait for each other. The number of a group is the sum of its rows, exact in every snapshot; a fold makes one
-- row of them.
create table record_tally (
    kind text not null constraint ck_record_tally_kind check (kind in ('file', 'item')),
    agency_id bigint not null,
    custodian_id bigint not null,
    fonds_id bigint not null,
    access_level smallint,
    published boolean not null,
    n bigint not null
);
create index ix_record_tally_agency on record_tally (kind, agency_id);
create index ix_record_tally_fonds on record_tally (kind, fonds_id);

-- As the owner, who alone writes the tally.
create function hub_tally_added() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
begin
    insert into record_tally (kind, agency_id, custodian_id, fonds_id, access_level, published, n)
    select tg_table_name, agency_id, custodian_id, fonds_id, access_level, published, count(*)
      from newer group by agency_id, custodian_id, fonds_id, access_level, published;
    return null;
end
$$;
create function hub_tally_removed() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
begin
    insert into record_tally (kind, agency_id, custodian_id, fonds_id, access_level, published, n)
    select tg_table_name, agency_id, custodian_id, fonds_id, access_level, published, -count(*)
      from older group by agency_id, custodian_id, fonds_id, access_level, published;
    return null;
end
$$;
-- Added up, not joined: where a cascade comes to a row twice, what it was in between cancels out.
create function hub_tally_changed() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
begin
    insert into record_tally (kind, agency_id, custodian_id, fonds_id, access_level, published, n)
    select tg_table_name, agency_id, custodian_id, fonds_id, access_level, published, hub_sum(n)
      from (select agency_id, custodian_id, fonds_id, access_level, published, 1::bigint as n from newer
            union all
            select agency_id, custodian_id, fonds_id, access_level, published, -1 from older) c
     group by agency_id, custodian_id, fonds_id, access_level, published having hub_sum(n) <> 0;
    return null;
end
$$;
create trigger file_tally_added after insert on file
    referencing new table as newer for each statement execute function hub_tally_added();
create trigger file_tally_removed after delete on file
    referencing old table as older for each statement execute function hub_tally_removed();
create trigger file_tally_changed after update on file
    referencing old table as older new table as newer for each statement execute function hub_tally_changed();
create trigger item_tally_added after insert on item
    referencing new table as newer for each statement execute function hub_tally_added();
create trigger item_tally_removed after delete on item
    referencing old table as older for each statement execute function hub_tally_removed();
create trigger item_tally_changed after update on item
    referencing old table as older new table as newer for each statement execute function hub_tally_changed();

-- One fold at a time: who comes second leaves the rows to the next, since no number waits for it.
create function hub_fold_record_tally() returns void language plpgsql
    security definer set search_path = public, pg_temp as $$
begin
    if not pg_try_advisory_xact_lock(hashtext('hub_fold_record_tally')) then
        return;
    end if;
    with fresh as (
        delete from record_tally where ctid = any(array(
            select unnest(array_agg(ctid)) from record_tally
             group by kind, agency_id, custodian_id, fonds_id, access_level, published having count(*) > 1))
        returning *
    )
    insert into record_tally (kind, agency_id, custodian_id, fonds_id, access_level, published, n)
    select kind, agency_id, custodian_id, fonds_id, access_level, published, hub_sum(n)
      from fresh group by kind, agency_id, custodian_id, fonds_id, access_level, published
    having hub_sum(n) <> 0;
end
$$;
-- Anew from the records, in one snapshot with what it takes the place of; no fold may be under way.
create function hub_tally_records() returns void language plpgsql
    set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtext('hub_fold_record_tally'));
    with old as (delete from record_tally)
    insert into record_tally (kind, agency_id, custodian_id, fonds_id, access_level, published, n)
    select 'file', agency_id, custodian_id, fonds_id, access_level, published, count(*)
      from file group by agency_id, custodian_id, fonds_id, access_level, published
    union all
    select 'item', agency_id, custodian_id, fonds_id, access_level, published, count(*)
      from item group by agency_id, custodian_id, fonds_id, access_level, published;
end
$$;
revoke execute on function hub_tally_added(), hub_tally_removed(), hub_tally_changed(), hub_fold_record_tally(),
    hub_tally_records() from public;
grant execute on function hub_fold_record_tally() to hub_app;
revoke insert, update, delete on record_tally from hub_app;
grant select on record_tally to hub_app;
select hub_tally_records();
