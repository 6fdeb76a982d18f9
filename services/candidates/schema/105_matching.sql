-- migrate:up

-- What a job asked for in one version, once for everyone who was looked at for it.
create table demands (
    organization text not null,
    demand text not null,
    job text not null,
    body jsonb not null,
    primary key (organization, demand)
);
alter table runs add column demand text;
select set_config('app.organizations', '*', true);
insert into demands
select distinct organization, 'before-' || md5((inputs -> 'job')::text), job, inputs -> 'job' from runs;
update runs set demand = 'before-' || md5((inputs -> 'job')::text), inputs = inputs - 'job',
    result = (result - 'factors' - 'gaps' - 'proposed' - 'of') || jsonb_build_object(
        'assessed', (select coalesce(jsonb_object_agg(f ->> 'competency', f - '{competency,name,weight,required,must_have}'::text[]), '{}')
                     from jsonb_array_elements(result -> 'factors') f where f ->> 'days' is not null),
        'met', (select coalesce(jsonb_agg(f -> 'competency'), '[]') from jsonb_array_elements(result -> 'factors') f
                where not exists (select from jsonb_array_elements(result -> 'gaps') g
                                  where g ->> 'competency' = f ->> 'competency')));

-- Rule 2's order as text: nothing against it, must-haves missed, newest interview, candidate.
alter table matches add column place text collate "C" not null default '';
update matches set place = case when blockers = '{}' then '0' else '1' end || lpad(must_haves_missed::text, 3, '0')
    || lpad((extract(epoch from timestamptz '2100-12-31 23:59:59.999999+00' - newest_interview_at) * 1000000)::bigint::text,
            17, '0') || candidate;
create index matches_by_place on matches (organization, job, place) where job is not null;

-- Matches as they stood when their job was closed: history, for an audit. Nothing is derived from them.
create table past_matches (like matches, closed_at timestamptz not null, primary key (organization, candidate, job));
create unique index past_matches_by_id on past_matches (organization, match) where match is not null;
create index past_matches_by_place on past_matches (organization, job, place) where job is not null;
create view shown_matches with (security_invoker = true) as
select organization, candidate, job, match, run, blockers, meets, of, must_haves_missed, score, place,
       null::timestamptz as closed_at from matches
union all
select organization, candidate, job, match, run, blockers, meets, of, must_haves_missed, score, place, closed_at
from past_matches;

-- An application without a job is of the family `general`.
create index facts_of_general on facts (organization, candidate) where topic = 'application-submitted' and job is null;

-- Interviews that name a job themselves; and jobs of a cycle.
create index facts_of_interviews on facts (organization, job, candidate)
    where job is not null and topic >= 'interview-cancelled' and topic <= 'interview-scheduled';
alter table jobs add column cycle text;
update jobs j set cycle = o.cycle from openings o where o.organization = j.organization and o.job = j.job;
create index jobs_by_cycle on jobs (organization, cycle) where cycle is not null;

alter table demands enable row level security;
alter table demands force row level security;
create policy tenant on demands using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table past_matches enable row level security;
alter table past_matches force row level security;
create policy tenant on past_matches using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop view shown_matches;
drop table past_matches, demands;
drop index facts_of_interviews, facts_of_general, jobs_by_cycle, matches_by_place;
alter table jobs drop column cycle;
alter table matches drop column place;
alter table runs drop column demand;
