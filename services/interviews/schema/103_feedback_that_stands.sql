-- migrate:up

-- A withdrawal counts for the person it names: it is one fact with the feedback, and `stands` reads both.
create or replace view feedback with (security_invoker = true) as
select organization, fact as feedback, candidate, body ->> 'application' as application,
       body ->> 'interview' as interview, body ->> 'interviewer' as interviewer, body ->> 'kind' as kind,
       body ->> 'overall' as overall, (body ->> 'submitted_at')::timestamptz as submitted_at,
       (select (w.body ->> 'withdrawn_at')::timestamptz from facts w
        where w.organization = f.organization and w.fact = f.fact and w.topic = 'feedback-withdrawn'
          and are_one_person(f.organization, f.candidate, w.candidate)) as withdrawn_at
from facts f where topic = 'feedback-submitted';

create or replace view interview_facts with (security_invoker = true) as
select organization, candidate, topic, fact, body ->> 'interview' as interview, body ->> 'application' as application,
       job, body ->> 'basis' as basis, body ->> 'interviewer' as interviewer, body -> 'interviewers' as interviewers,
       (body ->> 'starts_at')::timestamptz as starts_at, (body ->> 'ends_at')::timestamptz as ends_at,
       coalesce(body ->> 'completed_at', body ->> 'cancelled_at', body ->> 'missed_at',
                body ->> 'submitted_at')::timestamptz as said_at,
       case when topic = 'feedback-submitted' then (
           select (w.body ->> 'withdrawn_at')::timestamptz from facts w
           where w.organization = f.organization and w.fact = f.fact and w.topic = 'feedback-withdrawn'
             and are_one_person(f.organization, f.candidate, w.candidate)) end as withdrawn_at
from facts f
where topic >= 'feedback-submitted' and topic <= 'interview-scheduled' and topic <> 'feedback-withdrawn'
  and body ->> 'interview' is not null;

create or replace function has_said(of_organization text, of_person text, of_application text, by_user text)
returns boolean language sql stable as $$
    select exists (
        select from people_named(array[of_organization], array[of_person]) p
        cross join lateral (
            select f.submitted_at, f.withdrawn_at from feedback f
            where f.organization = of_organization and f.candidate = p.candidate and f.application = of_application
              and f.interviewer = by_user offset 0) f
        where stands(f.submitted_at, f.withdrawn_at))
    and not exists (
        select from interviews i
        where i.organization = of_organization and i.candidate = of_person and i.application = of_application
          and by_user = any(i.owed_by))
$$;

-- migrate:down
create or replace function has_said(of_organization text, of_person text, of_application text, by_user text)
returns boolean language sql stable as $$
    select exists (
        select from people_named(array[of_organization], array[of_person]) p
        cross join lateral (
            select f.feedback, f.submitted_at from feedback f
            where f.organization = of_organization and f.candidate = p.candidate and f.application = of_application
              and f.interviewer = by_user offset 0) f
        where not exists (
            select from feedback_withdrawals w
            where w.organization = of_organization and w.feedback = f.feedback and w.withdrawn_at >= f.submitted_at))
    and not exists (
        select from interviews i
        where i.organization = of_organization and i.candidate = of_person and i.application = of_application
          and by_user = any(i.owed_by))
$$;

drop view interview_facts;
create view interview_facts with (security_invoker = true) as
select organization, candidate, topic, fact, body ->> 'interview' as interview, body ->> 'application' as application,
       job, body ->> 'basis' as basis, body ->> 'interviewer' as interviewer, body -> 'interviewers' as interviewers,
       (body ->> 'starts_at')::timestamptz as starts_at, (body ->> 'ends_at')::timestamptz as ends_at,
       coalesce(body ->> 'completed_at', body ->> 'cancelled_at', body ->> 'missed_at',
                body ->> 'submitted_at')::timestamptz as said_at
from facts
where topic >= 'feedback-submitted' and topic <= 'interview-scheduled' and topic <> 'feedback-withdrawn'
  and body ->> 'interview' is not null;

drop view feedback;
create view feedback with (security_invoker = true) as
select organization, fact as feedback, candidate, body ->> 'application' as application,
       body ->> 'interview' as interview, body ->> 'interviewer' as interviewer, body ->> 'kind' as kind,
       body ->> 'overall' as overall, (body ->> 'submitted_at')::timestamptz as submitted_at
from facts where topic = 'feedback-submitted';
