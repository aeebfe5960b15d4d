-- The fonds, series and agencies that files name are there. Foreign keys would look each up for every row, which takes
-- a sixth of the time of a long list; here what a statement names anew is looked up once, and held until it is
-- committed. Whoever would take one of them away is told as by a foreign key, under the same name of the rule, and a
-- fonds that goes to another agency takes its files along.
create function hub_parent_missing(rule text, columns text, named text, parents text) returns void
    language plpgsql set search_path = public, pg_temp as
$$
begin
    raise foreign_key_violation using table = 'file', constraint = rule,
        message = format('insert or update on table "file" violates foreign key constraint "%s"', rule),
        detail = format('Key (%s)=(%s) is not present in table "%s".', columns, named, parents);
end
$$;

-- Each of these looks again where a parent came in while it waited for another one: it is there, but nobody holds it.
create function hub_hold_fonds(ids bigint[], agency_ids bigint[]) returns void
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare missing text; held integer;
begin
    loop
        perform from fonds where (id, agency_id) in (select * from unnest(ids, agency_ids)) order by id for key share;
        get diagnostics held = row_count;
        exit when held = cardinality(ids);
        select concat_ws(', ', n.id, n.agency_id) into missing from unnest(ids, agency_ids) n(id, agency_id)
         where not exists (select from fonds f where f.id = n.id and f.agency_id = n.agency_id) limit 1;
        if found then
            perform hub_parent_missing('fk_file_fonds', 'fonds_id, agency_id', missing, 'fonds');
        end if;
    end loop;
end
$$;

create function hub_hold_series(ids bigint[], fonds_ids bigint[]) returns void
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare missing text; held integer;
begin
    loop
        perform from series where (id, fonds_id) in (select * from unnest(ids, fonds_ids)) order by id for key share;
        get diagnostics held = row_count;
        exit when held = cardinality(ids);
        select concat_ws(', ', n.id, n.fonds_id) into missing from unnest(ids, fonds_ids) n(id, fonds_id)
         where not exists (select from series s where s.id = n.id and s.fonds_id = n.fonds_id) limit 1;
        if found then
            perform hub_parent_missing('fk_file_series', 'series_id, fonds_id', missing, 'series');
        end if;
    end loop;
end
$$;

create function hub_hold_agencies(ids bigint[]) returns void
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare missing text; held integer;
begin
    loop
        perform from agency where id = any(ids) order by id for key share;
        get diagnostics held = row_count;
        exit when held = cardinality(ids);
        select n.id into missing from unnest(ids) n(id) where not exists (select from agency a where a.id = n.id) limit 1;
        if found then
            perform hub_parent_missing('fk_file_agency', 'creator_id or custodian_id', missing, 'agency');
        end if;
    end loop;
end
$$;

create function hub_parents_of_files() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform hub_hold_fonds(array_agg(fonds_id), array_agg(agency_id))
       from (select distinct fonds_id, agency_id from newer) n having count(*) > 0;
    perform hub_hold_series(array_agg(series_id), array_agg(fonds_id))
       from (select distinct series_id, fonds_id from newer where series_id is not null) n having count(*) > 0;
    perform hub_hold_agencies(array_agg(id))
       from (select creator_elsewhere from newer where creator_elsewhere is not null
             union select custodian_elsewhere from newer where custodian_elsewhere is not null) n(id) having count(*) > 0;
    return null;
end
$$;

-- An update looks up what it changes and nothing else: whoever changes bodies holds their fonds before their files.
create function hub_parents_of_changed_files() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if not exists (select id, fonds_id, agency_id, series_id, creator_elsewhere, custodian_elsewhere from newer
                   except select id, fonds_id, agency_id, series_id, creator_elsewhere, custodian_elsewhere from older) then
        return null;
    end if;
    perform hub_hold_fonds(array_agg(fonds_id), array_agg(agency_id))
       from (select distinct fonds_id, agency_id
               from (select id, fonds_id, agency_id from newer
                     except select id, fonds_id, agency_id from older) c) n having count(*) > 0;
    perform hub_hold_series(array_agg(series_id), array_agg(fonds_id))
       from (select distinct series_id, fonds_id
               from (select id, series_id, fonds_id from newer
                     except select id, series_id, fonds_id from older) c where series_id is not null) n having count(*) > 0;
    perform hub_hold_agencies(array_agg(agency))
       from (select distinct agency
               from (select id, creator_elsewhere from newer except select id, creator_elsewhere from older
                     union
                     (select id, custodian_elsewhere from newer except select id, custodian_elsewhere from older)) c(id, agency)
              where agency is not null) n having count(*) > 0;
    return null;
end
$$;
create trigger file_parents_added after insert on file referencing new table as newer
    for each statement execute function hub_parents_of_files();
create trigger file_parents_changed after update on file referencing old table as older new table as newer
    for each statement execute function hub_parents_of_changed_files();

-- A transaction that sees the city as it once was would not see the files that have come since.
create function hub_see_all_files() returns void language plpgsql set search_path = public, pg_temp as
$$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise feature_not_supported using
            message = 'what files belong to is moved and removed in transactions that are READ COMMITTED';
    end if;
end
$$;

create function hub_fonds_takes_files() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform hub_see_all_files();
    update file set fonds_id = new.id, agency_id = new.agency_id where fonds_id = old.id and agency_id = old.agency_id;
    return null;
end
$$;
create trigger fonds_moves_files after update on fonds for each row
    when ((old.id, old.agency_id) is distinct from (new.id, new.agency_id)) execute function hub_fonds_takes_files();

create function hub_parent_has_files() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
declare has_files boolean; rule text := format('fk_file_%s', tg_table_name);
begin
    perform hub_see_all_files();
    -- The key of a parent that goes may be that of another one by the end of the statement.
    if tg_op = 'TRUNCATE' then
        has_files := exists (
            select from file where tg_table_name = 'fonds' or (tg_table_name = 'series' and series_id is not null)
                or (tg_table_name = 'agency' and (creator_elsewhere is not null or custodian_elsewhere is not null)));
    elsif tg_table_name = 'fonds' then
        has_files := exists (select from file where fonds_id = old.id and agency_id = old.agency_id)
            and not exists (select from fonds where id = old.id and agency_id = old.agency_id);
    elsif tg_table_name = 'series' then
        has_files := exists (select from file where series_id = old.id and fonds_id = old.fonds_id)
            and not exists (select from series where id = old.id and fonds_id = old.fonds_id);
    else
        has_files := (exists (select from file where creator_id = old.id and creator_elsewhere = old.id)
                      or exists (select from file where custodian_id = old.id and custodian_elsewhere = old.id))
            and not exists (select from agency where id = old.id);
    end if;
    if has_files then
        raise foreign_key_violation using table = 'file', constraint = rule,
            message = format('update or delete on table "%s" violates foreign key constraint "%s" on table "file"',
                             tg_table_name, rule),
            detail = 'Files still belong to it.', hint = 'Move or remove them first.';
    end if;
    return null;
end
$$;
create trigger fonds_of_files_gone after delete on fonds for each row execute function hub_parent_has_files();
create trigger fonds_of_files_emptied after truncate on fonds for each statement execute function hub_parent_has_files();
create trigger series_of_files_gone after delete on series for each row execute function hub_parent_has_files();
create trigger series_of_files_anew after update on series for each row
    when ((old.id, old.fonds_id) is distinct from (new.id, new.fonds_id)) execute function hub_parent_has_files();
create trigger series_of_files_emptied after truncate on series for each statement execute function hub_parent_has_files();
create trigger agency_of_files_gone after delete on agency for each row execute function hub_parent_has_files();
create trigger agency_of_files_anew after update on agency for each row
    when (old.id <> new.id) execute function hub_parent_has_files();
create trigger agency_of_files_emptied after truncate on agency for each statement execute function hub_parent_has_files();

alter table file drop constraint fk_file_fonds, drop constraint fk_file_series, drop constraint fk_file_creator,
    drop constraint fk_file_custodian;
revoke execute on function hub_parent_missing(text, text, text, text), hub_hold_fonds(bigint[], bigint[]),
    hub_hold_series(bigint[], bigint[]), hub_hold_agencies(bigint[]), hub_parents_of_files(),
    hub_parents_of_changed_files(), hub_see_all_files(), hub_fonds_takes_files(), hub_parent_has_files() from public;
