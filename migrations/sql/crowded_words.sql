-- What the index of a kind of records is asked for the words of a person, all complete but the last: all of them; or the
-- complete ones, where that costs less, and `start` is then what each row found is asked by hub_begins. `common` says
-- that so many rows hold the words that a page of them is found sooner by walking the records in their order; `crowded`,
-- that even the 4,000 that search looks at are. A walk parses texts (25 µs each) only where it must: every row that
-- holds the words is like all `needles`, and of what is like all of `surely` every row holds them; `surely` is null where
-- nothing is sure.
--
-- GIN gathers every row that holds any word with that beginning before it looks at the others, at 0.06 to 0.1 µs each; a
-- row fetched in vain costs 0.7 µs. Words typed together mostly stand together, so that fewer are in vain than chance
-- would have it: hence a sixth. How common words are PostgreSQL's own statistics tell; for the same reason each word of
-- a text counts less than the rarer one before it. Search reads the 4,000 first hits only (schema.compiler.search).
--
-- Of n rows with h hits, a walk comes to a page of fifty after 50 n / h rows, at 1 µs each, and all hits together cost
-- h µs: so a walk pays beyond 7 sqrt(n), twice that where half of the hits are not for the caller. It comes to 4,000
-- after 4,000 n / h, and to gather all hits costs 0.1 h µs: beyond 200 sqrt(n), twice that again.
create function hub_sought(
    words text, records text, out query tsquery, out start text, out needles text[], out surely text[],
    out common boolean, out crowded boolean
) language plpgsql stable strict parallel safe security definer set search_path = public, pg_temp as
$$
declare
    complete text[] := string_to_array(btrim(regexp_replace(hub_fold(words), '\s+', ' ', 'g')), ' ');
    beginning text := complete[cardinality(complete)];
    there float; share float; found float; hits float;
begin
    query := hub_query(words);
    needles := array(select '%' || word || '%' from unnest(complete) word where word ~ '^[a-z]+$');
    if array_to_string(complete, '') ~ '^[a-z]+$' then
        surely := array(select '% ' || word || case when place < cardinality(complete) then ' %' else '%' end
                          from unnest(complete) with ordinality w(word, place));
    end if;
    complete := complete[:cardinality(complete) - 1];
    select greatest(c.reltuples, 1) into there from pg_class c where c.oid = records::regclass;
    with listed as materialized (
        select e.word, e.often
          from pg_stats s
         cross join lateral unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) e(word, often)
         where s.schemaname = 'public' and s.tablename = 'ix_' || records || '_search' and e.word is not null
    ),
    begun as (
        select least(sum(l.often), 1) as often from listed l where starts_with(l.word, beginning) having count(*) > 0
    ),
    held as (
        select coalesce(l.often, (select min(often) from listed)) as often
          from (select distinct unnest(complete) as word) w left join listed l using (word)
    ),
    whole as (select often from held union all select (select often from begun))
    select (select often from begun),
           (select exp(sum(ln(often) / 2 ^ place))
              from (select often, row_number() over (order by often) - 1 as place from held) h),
           (select exp(sum(ln(often) / 2 ^ place)) * there
              from (select often, row_number() over (order by often) - 1 as place from whole) w
            having count(*) = count(often))
      into share, found, hits;
    common := coalesce(hits > 14 * sqrt(there), false);
    crowded := coalesce(hits > 400 * sqrt(there), false);
    if cardinality(complete) > 0 and beginning ~ '^[a-z]+$'
       and least(there * found, 4000 / share) < there * share / 6 then
        query := to_tsquery('simple'::regconfig, array_to_string(complete, ' & '));
        start := beginning;
    end if;
end
$$;
