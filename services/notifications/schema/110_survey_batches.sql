-- migrate:up

-- Which answers of surveys are shown together, once and for ever: no two pages differ by fewer than five people.
create table survey_batches (
    organization text not null,
    answer text not null,
    batch integer not null,     -- counted up in each organisation, in the order in which they closed
    pool text not null check (pool in ('job', 'cycle', 'year')),
    names_somebody boolean not null,  -- its comment does, and is not shown
    primary key (organization, answer)
);
alter table survey_batches enable row level security;
alter table survey_batches force row level security;
create policy tenant on survey_batches using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop table survey_batches;
