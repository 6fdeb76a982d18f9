-- migrate:up

-- Which jobs are open, by field of work: what whoever asked to be kept in touch is told of, besides the notes.
create or replace view openings with (security_invoker = true) as
select organization, fact as job, body ->> 'title' as title, (body ->> 'opened_at')::timestamptz as opened_at,
       body ->> 'language' as language, body -> 'location' ->> 'timezone' as timezone,
       body ->> 'feedback_policy' as feedback_policy, body -> 'team' as team, body ->> 'url' as url,
       body ->> 'cycle' as cycle, body -> 'competencies' as competencies, known_at,
       body ->> 'family' as family, body ->> 'department' as department
from facts where topic = 'job-opened';

create table jobs (
    organization text not null,
    job text not null,
    family text not null,
    is_open boolean not null,
    primary key (organization, job)
);
create index jobs_open on jobs (organization, family) where is_open;
alter table jobs enable row level security;
alter table jobs force row level security;
create policy tenant on jobs using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select organization, 'job', fact from facts where topic = 'job-opened' on conflict do nothing;
insert into waiting (organization, kind, id)
select distinct organization, 'person', candidate from letters
where kind = 'keep_in_touch' and state not in ('sending', 'sent') on conflict do nothing;

create index facts_of_news on facts (organization, fact) where topic = 'news-published';
create index letters_nothing_new on letters (organization, candidate)
    where kind = 'keep_in_touch' and state = 'suppressed' and reason = 'nothing_new';

-- migrate:down
drop index letters_nothing_new, facts_of_news;
drop table jobs;
drop view openings;
create view openings with (security_invoker = true) as
select organization, fact as job, body ->> 'title' as title, (body ->> 'opened_at')::timestamptz as opened_at,
       body ->> 'language' as language, body -> 'location' ->> 'timezone' as timezone,
       body ->> 'feedback_policy' as feedback_policy, body -> 'team' as team, body ->> 'url' as url,
       body ->> 'cycle' as cycle, body -> 'competencies' as competencies, known_at
from facts where topic = 'job-opened';
