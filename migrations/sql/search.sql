-- What the index of a kind of records is asked for the words of a person, all complete but the last: all of them; or the
-- complete ones, where that costs less, and `start` is then what each row found is asked by hub_begins.
--
-- GIN gathers every row that holds any word with that beginning before it looks at the others, at 0.06 to 0.1 µs each; a
-- row fetched in vain costs 0.7 µs. Words typed together mostly stand together, so that fewer are in vain than chance
-- would have it: hence a sixth. How common words are PostgreSQL's own statistics tell; for the same reason each word of
-- a text counts less than the rarer one before it. Only the 4,000 first hits are read (schema.compiler.search).
create function hub_sought(words text, records text, out query tsquery, out start text)
    language plpgsql stable strict parallel safe security definer set search_path = public, pg_temp as
$$
declare
    complete text[] := string_to_array(btrim(regexp_replace(hub_fold(words), '\s+', ' ', 'g')), ' ');
    beginning text := complete[cardinality(complete)];
    there float; share float; found float;
begin
    query := hub_query(words);
    complete := complete[:cardinality(complete) - 1];
    if cardinality(complete) = 0 or beginning !~ '^[a-z]+$' then
        return;
    end if;
    select c.reltuples into there from pg_class c where c.oid = records::regclass;
    with listed as materialized (
        select e.word, e.common
          from pg_stats s
         cross join lateral unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) e(word, common)
         where s.schemaname = 'public' and s.tablename = 'ix_' || records || '_search' and e.word is not null
    ),
    rarest_first as (
        select coalesce(l.common, (select min(common) from listed)) as common,
               row_number() over (order by l.common nulls first) - 1 as place
          from (select distinct unnest(complete) as word) w left join listed l using (word)
    )
    select (select least(sum(l.common), 1) from listed l where starts_with(l.word, beginning) having count(*) > 0),
           (select exp(sum(ln(r.common) / 2 ^ r.place)) from rarest_first r)
      into share, found;
    if least(there * found, 4000 / share) < there * share / 6 then
        query := to_tsquery('simple'::regconfig, array_to_string(complete, ' & '));
        start := beginning;
    end if;
end
$$;

-- Whether a word of a folded text begins so: `start` is letters a to z. The same as to_tsvector(folded) @@ 'start:*',
-- which has to read the whole text (25 µs) and is asked only where the letters follow something else than a letter or a
-- blank.
create function hub_begins(folded text, start text) returns boolean language sql immutable parallel safe as
$$
select case when strpos(' ' || folded, ' ' || start) > 0 then true
            when strpos(folded, start) = 0 then false
            else folded ~ ('[^a-z ]' || start)
                 and to_tsvector('simple'::regconfig, folded) @@ (start || ':*')::tsquery end
$$;
