-- migrate:up

-- Which database role reads whose figures: one organisation each. Made by `talentloop insights reader add`.
create table published_to (
    role text primary key,
    organization text not null
);
alter table published_to enable row level security;
alter table published_to force row level security;
create policy tenant on published_to using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- The views below see by their owner, whatever a reader sets; they tell a reader of its own organisation only, by the
-- role it signed in as. What they show was said to others already: figures that tell of nobody.
create policy published on published_to to current_user using (true) with check (true);
create policy published on facts for select to current_user using (topic = 'round-summed-up');
create index facts_of_rounds on facts (organization, fact) where topic = 'round-summed-up';

create schema published;

create view published.rounds with (security_barrier = true) as
select f.fact as job, f.body ->> 'family' as family, f.body ->> 'cycle' as cycle,
    (f.body ->> 'closed_at')::timestamptz as closed_at, f.body ->> 'outcome' as outcome,
    (f.body ->> 'final')::boolean as final, (f.body ->> 'people')::integer as people,
    (f.body ->> 'interviews')::integer as interviews, g.measure, g.part, g.k, g."of", g.value, g.low, g.high
from public.published_to p
join public.facts f on f.organization = p.organization and f.topic = 'round-summed-up'
cross join lateral jsonb_to_recordset(f.body -> 'figures') as g(
    measure text, competency text, part text, k integer, "of" integer, value float8, low float8, high float8)
where p.role = session_user and g.competency is null and g.measure <> 'reached';

create view published.competencies with (security_barrier = true) as
select f.fact as job, f.body ->> 'family' as family, f.body ->> 'cycle' as cycle,
    (f.body ->> 'closed_at')::timestamptz as closed_at, g.competency, g.measure, g.part, g.k, g."of", g.value, g.low, g.high
from public.published_to p
join public.facts f on f.organization = p.organization and f.topic = 'round-summed-up'
cross join lateral jsonb_to_recordset(f.body -> 'figures') as g(
    measure text, competency text, part text, k integer, "of" integer, value float8, low float8, high float8)
where p.role = session_user and g.competency is not null;

create view published.steps with (security_barrier = true) as
select f.fact as job, f.body ->> 'family' as family, f.body ->> 'cycle' as cycle,
    (f.body ->> 'closed_at')::timestamptz as closed_at, g.part::integer as position, g.k, g."of", g.value, g.low, g.high
from public.published_to p
join public.facts f on f.organization = p.organization and f.topic = 'round-summed-up'
cross join lateral jsonb_to_recordset(f.body -> 'figures') as g(
    measure text, competency text, part text, k integer, "of" integer, value float8, low float8, high float8)
where p.role = session_user and g.measure = 'reached';

-- Of each cycle the sum of what was told of its rounds: nothing follows from it that does not follow from them.
create view published.cycles with (security_barrier = true) as
select f.body ->> 'cycle' as cycle, g.measure, g.competency, g.part, count(*) as rounds, sum(g.k) as k, sum(g."of") as "of",
    sum(g.k)::float8 / nullif(sum(g."of"), 0) as value
from public.published_to p
join public.facts f on f.organization = p.organization and f.topic = 'round-summed-up'
cross join lateral jsonb_to_recordset(f.body -> 'figures') as g(
    measure text, competency text, part text, k integer, "of" integer, value float8, low float8, high float8)
where p.role = session_user and g.k is not null
group by 1, 2, 3, 4;

-- As `GET /measures` has them; a test compares.
create view published.measures as
select * from (values
    ('met', 'share', 5, 'people', 'wilson'),
    ('unmet', 'share', 5, 'people', 'wilson'),
    ('not_assessed', 'share', 10, 'ratings', 'wilson'),
    ('never_asked', 'count', 5, 'interviews', 'none'),
    ('unsaid', 'share', 3, 'people', 'wilson'),
    ('apart', 'share', 5, 'people', 'wilson'),
    ('alpha', 'agreement', 30, 'people', 'bootstrap'),
    ('flat', 'share', 10, 'people', 'wilson'),
    ('levels', 'levels', 5, 'people', 'none'),
    ('agreed', 'share', 5, 'applications', 'wilson'),
    ('reached', 'share', 5, 'applications', 'wilson'),
    ('held', 'share', 5, 'interviews', 'wilson'),
    ('wait_first', 'hours', 5, 'applications', 'none'),
    ('wait_next', 'hours', 5, 'interviews', 'none'),
    ('wait_decision', 'hours', 5, 'applications', 'none'),
    ('wait_answer', 'hours', 5, 'applications', 'none'),
    ('promised', 'share', 5, 'applications', 'wilson'),
    ('scored', 'share', 10, 'scorecards', 'wilson'),
    ('shareable', 'share', 5, 'scorecards', 'wilson'),
    ('withdrew', 'share', 8, 'applications', 'wilson'),
    ('accepted', 'share', 5, 'people', 'wilson'),
    ('nobody', 'share', 5, 'jobs', 'wilson'),
    ('gained', 'count', 0, 'people', 'none'),
    ('reused', 'count', 0, 'people', 'none'),
    ('wasted', 'share', 0, 'interviews', 'wilson'),
    ('gaps', 'share', 5, 'people', 'wilson'),
    ('grew', 'difference', 10, 'people', 'newcombe'),
    ('survey', 'mean', 5, 'answers', 'student'),
    ('cnps', 'score', 20, 'answers', 'standard_error'),
    ('leniency', 'points', 15, 'people', 'student')
) as m(measure, unit, floor, floor_of, "interval");

-- migrate:down
drop schema published cascade;
drop index facts_of_rounds;
drop policy published on facts;
drop table published_to;
