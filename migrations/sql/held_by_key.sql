-- What records name (looked_up_parents.sql, named_users.sql) is held key by key: a parent that came in while another was
-- waited for, too, and users as fonds, series and agencies are. An update looks up what it changes and nothing else.
-- Whoever moves or removes what records name sees all records.

-- Holds the rows of a table that have these keys, the id and a second column, until the transaction ends; what it
-- answers tells of one that is not there. It looks again where a row came in while it waited for another one: that one
-- is there, but nobody holds it.
create function hub_hold(parents text, owner text, ids bigint[], owners bigint[]) returns text
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare wanted integer; held integer; missing text;
begin
    select count(*) into wanted from (select distinct * from unnest(ids, owners)) n;
    while wanted > 0 loop
        execute format('select count(*) from (select from %I where (id, %I) in (select * from unnest($1, $2))'
                       ' order by id for key share) h', parents, owner) into held using ids, owners;
        exit when held = wanted;
        execute format($sql$
            select format('There is no %%s %%s', $3, n.id) || case when $4 = 'id' then '.' else format(' with %%s %%s.', $4, n.owner) end
              from unnest($1, $2) n(id, owner)
             where not exists (select from %I p where p.id = n.id and p.%I = n.owner) limit 1
            $sql$, parents, owner) into missing using ids, owners, parents, owner;
        exit when missing is not null;
    end loop;
    return missing;
end
$$;

create function hub_hold_parents(parents text, owner text, ids bigint[], owners bigint[]) returns void
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare missing text := hub_hold(parents, owner, ids, owners);
begin
    if missing is not null then
        raise foreign_key_violation using table = 'file', constraint = 'fk_file_' || parents, detail = missing,
            message = format('insert or update on table "file" violates foreign key constraint "fk_file_%s"', parents);
    end if;
end
$$;

create function hub_parents_of_files() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform hub_hold_parents('fonds', 'agency_id', array_agg(fonds_id), array_agg(agency_id))
       from (select distinct fonds_id, agency_id from newer) n having count(*) > 0;
    perform hub_hold_parents('series', 'fonds_id', array_agg(series_id), array_agg(fonds_id))
       from (select distinct series_id, fonds_id from newer where series_id is not null) n having count(*) > 0;
    perform hub_hold_parents('agency', 'id', array_agg(id), array_agg(id))
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
    perform hub_hold_parents('fonds', 'agency_id', array_agg(fonds_id), array_agg(agency_id))
       from (select distinct fonds_id, agency_id
               from (select id, fonds_id, agency_id from newer
                     except select id, fonds_id, agency_id from older) c) n having count(*) > 0;
    perform hub_hold_parents('series', 'fonds_id', array_agg(series_id), array_agg(fonds_id))
       from (select distinct series_id, fonds_id
               from (select id, series_id, fonds_id from newer
                     except select id, series_id, fonds_id from older) c where series_id is not null) n having count(*) > 0;
    perform hub_hold_parents('agency', 'id', array_agg(agency), array_agg(agency))
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

-- A transaction that sees the city as it once was would not see the records that have come since.
create function hub_see_all_records() returns void language plpgsql set search_path = public, pg_temp as
$$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise feature_not_supported using
            message = 'what records name is moved and removed in transactions that are READ COMMITTED';
    end if;
end
$$;

create function hub_fonds_takes_files() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform hub_see_all_records();
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
    perform hub_see_all_records();
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

-- Users whom records name (named_users.sql) are held in the same way.
create or replace function hub_look_up_users(named bigint[], records text) returns void
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare missing text := hub_hold('app_user', 'id', named, named);
begin
    if missing is not null then
        raise foreign_key_violation using table = records, detail = missing,
            message = format('%s names a user who is not there', records);
    end if;
end
$$;
create function hub_user_goes() returns trigger language plpgsql set search_path = public, pg_temp as
$$
begin
    perform hub_see_all_records();
    return null;
end
$$;
create trigger app_user_named_seen after delete or update of id or truncate on app_user
    for each statement execute function hub_user_goes();

revoke execute on function hub_hold(text, text, bigint[], bigint[]), hub_hold_parents(text, text, bigint[], bigint[]),
    hub_parents_of_files(), hub_parents_of_changed_files(), hub_see_all_records(), hub_fonds_takes_files(),
    hub_parent_has_files(), hub_user_goes() from public;
