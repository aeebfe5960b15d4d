-- Takes the policies of row-level security away; `hub migrate` makes them again of the policy in force.
do $$
declare
    found record;
begin
    for found in select tablename, policyname from pg_policies
                  where schemaname = 'public' and starts_with(policyname, 'hub_') loop
        execute format('drop policy %I on %I', found.policyname, found.tablename);
    end loop;
    for found in select relname from pg_class
                  where relnamespace = 'public'::regnamespace and relkind = 'r' and relrowsecurity loop
        execute format('alter table %I disable row level security', found.relname);
    end loop;
end
$$;
