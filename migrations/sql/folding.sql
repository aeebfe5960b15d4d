-- Search form of a text: lower case, no diacritics, ASCII punctuation as spaces. Equal to hub.kit.vietnamese.fold.
create extension if not exists unaccent with schema public;

-- unaccent is only STABLE because its dictionary may change; pinned to the dictionary it may serve an index.
create function hub_fold(t text) returns text
    language sql immutable strict parallel safe as
$$ select translate(lower(public.unaccent('public.unaccent'::regdictionary, t)),
                    '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ') $$;

-- Words typed by a person as a query: all of them, the last one as a prefix. Null when no word is left.
create function hub_query(t text) returns tsquery
    language sql immutable strict parallel safe as
$$ select case when words = '' then null
               else to_tsquery('simple'::regconfig, replace(words, ' ', ' & ') || ':*') end
   from (select trim(regexp_replace(hub_fold(t), '\s+', ' ', 'g')) as words) w $$;
