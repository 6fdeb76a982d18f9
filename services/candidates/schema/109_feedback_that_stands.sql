-- migrate:up

-- A withdrawal counts for the person it names: it is one fact with the feedback, and `stands` reads both.
create or replace view feedback with (security_invoker = true) as
select organization, candidate, fact as feedback, body ->> 'application' as application,
       body ->> 'interview' as interview, body ->> 'interviewer' as interviewer, body ->> 'kind' as kind,
       body ->> 'overall' as overall, (body ->> 'submitted_at')::timestamptz as submitted_at, body -> 'ratings' as ratings,
       (select (w.body ->> 'withdrawn_at')::timestamptz from facts w
        where w.organization = f.organization and w.fact = f.fact and w.topic = 'feedback-withdrawn'
          and are_one_person(f.organization, f.candidate, w.candidate)) as withdrawn_at
from facts f where topic = 'feedback-submitted';

-- migrate:down
drop view feedback;
create view feedback with (security_invoker = true) as
select organization, candidate, fact as feedback, body ->> 'application' as application,
       body ->> 'interview' as interview, body ->> 'interviewer' as interviewer, body ->> 'kind' as kind,
       body ->> 'overall' as overall, (body ->> 'submitted_at')::timestamptz as submitted_at, body -> 'ratings' as ratings
from facts where topic = 'feedback-submitted';
