-- migrate:up

-- The words of people's names, and their addresses whole: who is found by how one of them begins.
create table names (
    organization text not null,
    candidate text not null,
    word text collate "C" not null,
    primary key (organization, candidate, word)
);
create index names_by_word on names (organization, word, candidate collate "C") where word <> '';

alter table names enable row level security;
alter table names force row level security;
create policy tenant on names using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select distinct organization, 'person', candidate from facts
where topic = 'candidate-registered' and candidate is not null
on conflict do nothing;

-- migrate:down
drop table names;
