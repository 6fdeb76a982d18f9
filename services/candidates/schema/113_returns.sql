-- migrate:up

-- What an interview came to is said by us: its topic lies among those of platforms.
create or replace view interview_facts with (security_invoker = true) as
select organization, candidate, topic, split_part(fact, '/', 1) as interview, body ->> 'application' as application,
       job, (body ->> 'starts_at')::timestamptz as starts_at, (body ->> 'ends_at')::timestamptz as ends_at,
       coalesce(body ->> 'completed_at', body ->> 'cancelled_at', body ->> 'missed_at')::timestamptz as said_at,
       body ->> 'basis' as basis
from facts where topic >= 'interview-cancelled' and topic <= 'interview-scheduled' and topic <> 'interview-returned';

-- Whose interviews are counted otherwise once the family of a job they were accepted for is known.
create index facts_of_reviews on facts (organization, job, candidate) where job is not null and topic = 'match-reviewed';

select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select distinct organization, 'person', candidate from facts
where topic in ('interview-completed', 'feedback-submitted') and candidate is not null
on conflict do nothing;

-- migrate:down
drop index facts_of_reviews;
create or replace view interview_facts with (security_invoker = true) as
select organization, candidate, topic, split_part(fact, '/', 1) as interview, body ->> 'application' as application,
       job, (body ->> 'starts_at')::timestamptz as starts_at, (body ->> 'ends_at')::timestamptz as ends_at,
       coalesce(body ->> 'completed_at', body ->> 'cancelled_at', body ->> 'missed_at')::timestamptz as said_at,
       body ->> 'basis' as basis
from facts where topic >= 'interview-cancelled' and topic <= 'interview-scheduled';
