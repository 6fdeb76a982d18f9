-- migrate:up

-- Words are folded further (ł is l, ı is i): whoever has a word with such a letter is described anew.
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select distinct organization, 'person', candidate from descriptions where array_to_string(words, '') ~ '[^\x01-\x7f]'
order by 1, 3 on conflict do nothing;

-- migrate:down
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select distinct organization, 'person', candidate from descriptions order by 1, 3 on conflict do nothing;
