-- The users whom files and documents name are there. Foreign keys would look them up for every row, which takes a tenth
-- of the time of a long list; here those that a statement names are looked up once, and held until it is committed.
-- Whoever would take a user away is told, as by a foreign key, that records name him.
create function hub_look_up_users(named bigint[], records text) returns void
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare missing bigint;
begin
    perform from app_user where id = any(named) order by id for key share;
    select n.id into missing from unnest(named) n(id) where n.id not in (select id from app_user) limit 1;
    if missing is not null then
        raise foreign_key_violation using table = records,
            message = format('%s names a user who is not there', records),
            detail = format('There is no app_user %s.', missing);
    end if;
end
$$;
revoke all on function hub_look_up_users(bigint[], text) from public;

create function hub_users_of_files() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform hub_look_up_users(array_agg(distinct u.id), 'file')
       from (select distinct created_by, submitted_by, accepted_by from newer) n
      cross join lateral (values (created_by), (submitted_by), (accepted_by)) u(id)
      where u.id is not null;
    return null;
end
$$;
create trigger file_users_added after insert on file referencing new table as newer
    for each statement execute function hub_users_of_files();

create function hub_users_of_items() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform hub_look_up_users(array_agg(created_by), 'item')
       from (select distinct created_by from newer where created_by is not null) n;
    return null;
end
$$;
create trigger item_users_added after insert on item referencing new table as newer
    for each statement execute function hub_users_of_items();

create function hub_users_of_file() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform hub_look_up_users(array_remove(array[new.created_by, new.submitted_by, new.accepted_by], null), 'file');
    return null;
end
$$;
create trigger file_users_changed after update of created_by, submitted_by, accepted_by on file
    for each row when ((old.created_by, old.submitted_by, old.accepted_by)
                       is distinct from (new.created_by, new.submitted_by, new.accepted_by))
    execute function hub_users_of_file();

create function hub_users_of_item() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform hub_look_up_users(array_remove(array[new.created_by], null), 'item');
    return null;
end
$$;
create trigger item_users_changed after update of created_by on item
    for each row when (old.created_by is distinct from new.created_by) execute function hub_users_of_item();

create function hub_user_is_named() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
declare is_named boolean;
begin
    if tg_op = 'TRUNCATE' then
        is_named := exists (select from file where coalesce(created_by, submitted_by, accepted_by) is not null)
                 or exists (select from item where created_by is not null);
    else
        is_named := exists (select from file where old.id in (created_by, submitted_by, accepted_by))
                 or exists (select from item where created_by = old.id);
    end if;
    if is_named then
        raise foreign_key_violation using table = 'app_user', message = 'files or documents name the user';
    end if;
    return null;
end
$$;
create trigger app_user_named_gone after delete on app_user for each row execute function hub_user_is_named();
create trigger app_user_named_anew after update of id on app_user
    for each row when (old.id <> new.id) execute function hub_user_is_named();
create trigger app_user_named_emptied after truncate on app_user for each statement execute function hub_user_is_named();

alter table file drop constraint file_created_by_fkey, drop constraint file_submitted_by_fkey,
    drop constraint file_accepted_by_fkey;
alter table item drop constraint item_created_by_fkey;
