-- migrate:up

-- Facts with columns. Plain projections: whoever reads them sees only what the policy on facts lets through. Several
-- topics are a range of names, not a list: with a list, a plan made without statistics walks the primary key by topic.
create view interview_facts with (security_invoker = true) as
select organization, candidate, topic, fact, body ->> 'interview' as interview, body ->> 'application' as application,
       job, body ->> 'basis' as basis, body ->> 'interviewer' as interviewer, body -> 'interviewers' as interviewers,
       (body ->> 'starts_at')::timestamptz as starts_at, (body ->> 'ends_at')::timestamptz as ends_at,
       coalesce(body ->> 'completed_at', body ->> 'cancelled_at', body ->> 'missed_at',
                body ->> 'submitted_at')::timestamptz as said_at
from facts
where topic >= 'feedback-submitted' and topic <= 'interview-scheduled' and topic <> 'feedback-withdrawn'
  and body ->> 'interview' is not null;

create view feedback_withdrawals with (security_invoker = true) as
select organization, fact as feedback, candidate, (body ->> 'withdrawn_at')::timestamptz as withdrawn_at
from facts where topic = 'feedback-withdrawn';

create view application_facts with (security_invoker = true) as
select organization, candidate, topic, fact as application, job, body ->> 'outcome' as outcome,
       (body ->> 'submitted_at')::timestamptz as submitted_at, (body ->> 'decided_at')::timestamptz as decided_at,
       (body ->> 'reversed_at')::timestamptz as reversed_at
from facts where topic >= 'application-decided' and topic <= 'application-submitted';

create view feedback with (security_invoker = true) as
select organization, fact as feedback, candidate, body ->> 'application' as application,
       body ->> 'interview' as interview, body ->> 'interviewer' as interviewer, body ->> 'kind' as kind,
       body ->> 'overall' as overall, (body ->> 'submitted_at')::timestamptz as submitted_at
from facts where topic = 'feedback-submitted';

-- Few rows among many facts: each list of its own.
create index facts_of_users on facts (organization, fact) where topic = 'user-registered';
create index facts_of_feedback on facts (organization, fact) where topic = 'feedback-submitted';

create table jobs (
    organization text not null,
    job text not null,
    title text,
    state text not null,
    opened_at timestamptz,
    managers text[] not null,
    primary key (organization, job)
);

-- The predicates that always hold keep an index out of statements that do not ask for it by the same words.
create table applications (
    organization text not null,
    candidate text not null,
    application text not null,
    job text,
    state text not null,
    outcome text,
    submitted_at timestamptz,
    primary key (organization, candidate, application)
);
create index applications_by_id on applications (organization, application) where application <> '';
create index applications_by_job on applications (organization, job, application) where job is not null;

create table interviews (
    organization text not null,
    candidate text not null,
    interview text not null,
    application text not null,
    job text,
    state text not null,
    basis text,
    starts_at timestamptz,
    ended_at timestamptz,
    interviewers text[] not null,
    owed_by text[] not null,
    due_at timestamptz,
    primary key (organization, candidate, interview)
);
create index interviews_by_id on interviews (organization, interview) where interview <> '';
create index interviews_by_job on interviews (organization, job, interview) where job is not null;
create index interviews_due on interviews (due_at) where due_at is not null;
create index interviews_owed on interviews (organization, ended_at, interview) where owed_by <> '{}';

-- Blind until submitted: has this user given feedback about an application that stands, and owes none about it?
create function has_said(of_organization text, of_person text, of_application text, by_user text) returns boolean
language sql stable as $$
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

alter table jobs enable row level security;
alter table jobs force row level security;
create policy tenant on jobs using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table applications enable row level security;
alter table applications force row level security;
create policy tenant on applications using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table interviews enable row level security;
alter table interviews force row level security;
create policy tenant on interviews using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop function has_said;
drop table interviews, applications, jobs;
drop index facts_of_feedback, facts_of_users;
drop view feedback, application_facts, feedback_withdrawals, interview_facts;
