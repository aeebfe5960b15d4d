-- The words of a folded text in their order. Signs and blanks of every script stand between words; of a word longer than
-- an index holds counts the beginning.
create function hub_apart(folded text) returns text[] language sql immutable parallel safe as
$$ select coalesce(array_agg(left(word, 200) order by place), '{}')
     from regexp_split_to_table(folded, '[[:space:][:cntrl:][:punct:]' || chr(160) || ']+') with ordinality w(word, place)
    where word <> '' $$;

-- The same as the index of words holds them. A text of letters a to z, digits and blanks, as nearly all are, needs no
-- parser: its words stand between the blanks, at half of what to_tsvector takes, which besides takes 1e5xa for the
-- number 1e5 and a word xa.
create function hub_words(folded text) returns tsvector language sql immutable parallel safe as
$$ select case when folded ~ '^[a-z0-9 ]*$' and length(folded) < 2000
               then array_to_tsvector(array_remove(string_to_array(folded, ' '), ''))
               else array_to_tsvector(public.hub_apart(folded)) end $$;

-- What holds all of these words, of which the last may be `begun` only. Null when there is none.
create function hub_holding(words text[], begun boolean) returns tsquery language sql immutable parallel safe as
$$ select case when cardinality(words) > 0
               then ('''' || array_to_string(words, ''' & ''') || '''' || case when begun then ':*' else '' end)::tsquery
          end $$;

-- Words typed by a person as a query: all of them, the last one as a prefix. Null when no word is left.
create or replace function hub_query(t text) returns tsquery language sql immutable strict parallel safe as
$$ select public.hub_holding(public.hub_apart(public.hub_fold(t)), true) $$;

-- Whether a word of a folded text begins so: `start` is letters a to z. The same as hub_words(folded) @@ 'start:*', which
-- is asked only where the letters follow a sign.
create or replace function hub_begins(folded text, start text) returns boolean language sql immutable parallel safe as
$$
select case when strpos(' ' || folded, ' ' || start) > 0 then true
            when strpos(folded, start) = 0 then false
            else folded ~ ('[^a-z0-9 ]' || start) and public.hub_words(folded) @@ (start || ':*')::tsquery end
$$;

drop function hub_sought(text, text);
-- What the index of a kind of records is asked for the words of a person, all complete but the last: all of them; or the
-- complete ones, where that costs less, and `start` is then what each row found is asked by hub_begins. `common` says
-- that so many rows hold the words that a page of them is found sooner by walking the records in their order; `crowded`,
-- that even the 4,000 that search looks at are. A walk takes texts apart only where it must: every row that
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
    complete text[] := hub_apart(hub_fold(words));
    beginning text := complete[cardinality(complete)];
    there float; share float; found float; hits float;
begin
    query := hub_holding(complete, true);
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
        query := hub_holding(complete, false);
        start := beginning;
    end if;
end
$$;
