-- Where a table of records is emptied at once, which no trigger on its rows sees, what the tally has of it is taken
-- back by rows of its own: the sum is the same before a fold and after, so that none need be waited for.
create function hub_tally_emptied() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
begin
    insert into record_tally (kind, agency_id, custodian_id, fonds_id, access_level, published, n)
    select kind, agency_id, custodian_id, fonds_id, access_level, published, -hub_sum(n)
      from record_tally where kind = tg_table_name
     group by kind, agency_id, custodian_id, fonds_id, access_level, published having hub_sum(n) <> 0;
    return null;
end
$$;
create trigger file_tally_emptied after truncate on file for each statement execute function hub_tally_emptied();
create trigger item_tally_emptied after truncate on item for each statement execute function hub_tally_emptied();
revoke execute on function hub_tally_emptied() from public;
