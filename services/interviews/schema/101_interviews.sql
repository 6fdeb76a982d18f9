-- migrate:up

-- Facts with columns. Plain projections: whoever reads them sees only what the policy on facts lets through.
create view interview_facts with (security_invoker = true) as
select organization, candidate, topic, fact, coalesce(body ->> 'interview', fact) as interview,
       body ->> 'application' as application, job, (body ->> 'starts_at')::timestamptz as starts_at,
       (body ->> 'ends_at')::timestamptz as ends_at,
       (body ->> 'completed_at')::timestamptz as completed_at,
       (body ->> 'cancelled_at')::timestamptz as cancelled_at,
       (body ->> 'missed_at')::timestamptz as missed_at,
       (body ->> 'submitted_at')::timestamptz as submitted_at,
       body ->> 'basis' as basis
from facts
where topic in ('interview-scheduled', 'interview-completed', 'interview-cancelled', 'interview-missed')
   or (topic = 'feedback-submitted' and body ->> 'interview' is not null);

-- What became of every interview: derived from its facts, written by one statement only.
create table interviews (
    organization text not null,
    interview text not null,
    candidate text not null,
    application text not null,
    job text,
    state text not null check (state in ('scheduled', 'completed', 'cancelled', 'missed')),
    basis text,
    starts_at timestamptz,
    ends_at timestamptz,
    completed_at timestamptz,
    due_at timestamptz,
    primary key (organization, interview)
);
create index interviews_of_candidate on interviews (organization, candidate, interview);
create index interviews_of_job on interviews (organization, job, interview) where job is not null;
create index interviews_by_state on interviews (organization, state, interview) where state <> 'scheduled';
create index interviews_due on interviews (due_at) where due_at is not null;

alter table interviews enable row level security;
alter table interviews force row level security;
create policy tenant on interviews using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop table interviews;
drop view interview_facts;
