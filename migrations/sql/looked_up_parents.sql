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

create function hub_parents_of_files() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
declare fonds_ids bigint[]; agency_ids bigint[]; series_ids bigint[]; elsewhere bigint[]; missing text; held integer;
begin
    -- What stood in the table before the statement has been looked up.
    if tg_op = 'INSERT' then
        select array_agg(fonds_id), array_agg(agency_id), array_agg(series_id),
               array_agg(creator_elsewhere) || array_agg(custodian_elsewhere)
          into fonds_ids, agency_ids, series_ids, elsewhere
          from (select distinct fonds_id, agency_id, series_id, creator_elsewhere, custodian_elsewhere from newer) n;
    else
        select array_agg(fonds_id), array_agg(agency_id), array_agg(series_id),
               array_agg(creator_elsewhere) || array_agg(custodian_elsewhere)
          into fonds_ids, agency_ids, series_ids, elsewhere
          from (select fonds_id, agency_id, series_id, creator_elsewhere, custodian_elsewhere from newer
                except
                select fonds_id, agency_id, series_id, creator_elsewhere, custodian_elsewhere from older) n;
    end if;
    if fonds_ids is null then
        return null;
    end if;

    perform from fonds where (id, agency_id) in (select * from unnest(fonds_ids, agency_ids)) order by id for key share;
    get diagnostics held = row_count;
    if held < cardinality(fonds_ids) then  -- one is missing, or files of several series share theirs
        select concat_ws(', ', n.id, n.agency_id) into missing from unnest(fonds_ids, agency_ids) n(id, agency_id)
         where not exists (select from fonds f where f.id = n.id and f.agency_id = n.agency_id) limit 1;
        if found then
            perform hub_parent_missing('fk_file_fonds', 'fonds_id, agency_id', missing, 'fonds');
        end if;
    end if;

    if cardinality(array_remove(series_ids, null)) > 0 then
        perform from series where (id, fonds_id) in (select * from unnest(series_ids, fonds_ids)) order by id for key share;
        select concat_ws(', ', n.id, n.fonds_id) into missing from unnest(series_ids, fonds_ids) n(id, fonds_id)
         where n.id is not null
           and not exists (select from series s where s.id = n.id and s.fonds_id = n.fonds_id) limit 1;
        if found then
            perform hub_parent_missing('fk_file_series', 'series_id, fonds_id', missing, 'series');
        end if;
    end if;

    if cardinality(array_remove(elsewhere, null)) > 0 then
        perform from agency where id = any(elsewhere) order by id for key share;
        select n.id into missing from unnest(elsewhere) n(id)
         where n.id is not null and not exists (select from agency a where a.id = n.id) limit 1;
        if found then
            perform hub_parent_missing('fk_file_agency', 'creator_id or custodian_id', missing, 'agency');
        end if;
    end if;
    return null;
end
$$;
create trigger file_parents_added after insert on file referencing new table as newer
    for each statement execute function hub_parents_of_files();
create trigger file_parents_changed after update on file referencing old table as older new table as newer
    for each statement execute function hub_parents_of_files();

create function hub_fonds_takes_files() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update file set fonds_id = new.id, agency_id = new.agency_id where fonds_id = old.id and agency_id = old.agency_id;
    return null;
end
$$;
create trigger fonds_moves_files after update of id, agency_id on fonds for each row
    when ((old.id, old.agency_id) is distinct from (new.id, new.agency_id)) execute function hub_fonds_takes_files();

create function hub_parent_has_files() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
declare has_files boolean; rule text := format('fk_file_%s', tg_table_name);
begin
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
            detail = 'Files still belong to it.';
    end if;
    return null;
end
$$;
create trigger fonds_of_files_gone after delete on fonds for each row execute function hub_parent_has_files();
create trigger fonds_of_files_emptied after truncate on fonds for each statement execute function hub_parent_has_files();
create trigger series_of_files_gone after delete on series for each row execute function hub_parent_has_files();
create trigger series_of_files_anew after update of id, fonds_id on series for each row
    when ((old.id, old.fonds_id) is distinct from (new.id, new.fonds_id)) execute function hub_parent_has_files();
create trigger series_of_files_emptied after truncate on series for each statement execute function hub_parent_has_files();
create trigger agency_of_files_gone after delete on agency for each row execute function hub_parent_has_files();
create trigger agency_of_files_anew after update of id on agency for each row
    when (old.id <> new.id) execute function hub_parent_has_files();
create trigger agency_of_files_emptied after truncate on agency for each statement execute function hub_parent_has_files();

alter table file drop constraint fk_file_fonds, drop constraint fk_file_series, drop constraint fk_file_creator,
    drop constraint fk_file_custodian;
revoke execute on function hub_parent_missing(text, text, text, text), hub_parents_of_files(), hub_fonds_takes_files(),
    hub_parent_has_files() from public;
