-- migrate:up

-- Facts with columns. Plain projections: whoever reads them sees only what the policy on facts lets through. Several
-- topics are a range of names, not a list: with a list, a plan made without statistics walks the primary key by topic.
create view applications with (security_invoker = true) as
select organization, candidate, topic, fact as application, job,
       (body ->> 'submitted_at')::timestamptz as submitted_at,
       (body ->> 'decided_at')::timestamptz as decided_at,
       (body ->> 'reversed_at')::timestamptz as reversed_at,
       body ->> 'origin' as origin,
       body ->> 'outcome' as outcome,
       coalesce((body -> 'reason' ->> 'disqualifying')::boolean, false) as disqualifying,
       (body ->> 'would_reconsider')::boolean as would_reconsider,
       (body ->> 'reconsider_after')::timestamptz as reconsider_after
from facts where topic >= 'application-decided' and topic <= 'application-submitted';

create view feedback with (security_invoker = true) as
select organization, candidate, fact as feedback, body ->> 'application' as application,
       body ->> 'interview' as interview, body ->> 'interviewer' as interviewer, body ->> 'kind' as kind,
       body ->> 'overall' as overall, (body ->> 'submitted_at')::timestamptz as submitted_at, body -> 'ratings' as ratings
from facts where topic = 'feedback-submitted';

create view feedback_withdrawals with (security_invoker = true) as
select organization, fact as feedback, (body ->> 'withdrawn_at')::timestamptz as withdrawn_at
from facts where topic = 'feedback-withdrawn';

create view interview_facts with (security_invoker = true) as
select organization, candidate, topic, split_part(fact, '/', 1) as interview, body ->> 'application' as application,
       job, (body ->> 'starts_at')::timestamptz as starts_at, (body ->> 'ends_at')::timestamptz as ends_at,
       coalesce(body ->> 'completed_at', body ->> 'cancelled_at', body ->> 'missed_at')::timestamptz as said_at,
       body ->> 'basis' as basis
from facts where topic >= 'interview-cancelled' and topic <= 'interview-scheduled';

create view openings with (security_invoker = true) as
select organization, fact as job, body ->> 'title' as title, (body ->> 'opened_at')::timestamptz as opened_at,
       body ->> 'family' as family, body ->> 'department' as department, body ->> 'cycle' as cycle,
       body -> 'competencies' as competencies, body -> 'team' as team
from facts where topic = 'job-opened';

-- Secondary indexes that start with the organisation are partial: a plan made on an empty table never picks them by
-- mistake, whatever the statistics say.

-- Every job with its family, so that openings of a family and applicants of its jobs are found.
create table jobs (
    organization text not null,
    job text not null,
    family text not null,
    is_open boolean not null,
    primary key (organization, job)
);
create index jobs_by_family on jobs (organization, family, job) where family is not null;
create index jobs_open on jobs (organization, family) where is_open;

-- Where everyone stands in the pool. A person who left keeps a row for as long as the reason follows from facts.
create table members (
    organization text not null,
    candidate text not null,
    family text not null,
    membership text not null,
    application text not null,
    cycle text,
    tier text,
    status text not null,
    reason text,
    why text[] not null,
    evidence text[] not null,
    rules_version text not null,
    reconfirm_at timestamptz,
    expires_at timestamptz,
    due_at timestamptz,
    primary key (organization, candidate, family)
);
create index members_due on members (due_at) where due_at is not null;

-- Who is proposed for an open job, or blocked and why; the run holds what was looked at.
create table matches (
    organization text not null,
    candidate text not null,
    job text not null,
    match text not null,
    run text not null,
    blockers text[] not null,
    meets integer not null,
    of integer not null,
    must_haves_missed integer not null,
    score double precision,
    newest_interview_at timestamptz not null,
    due_at timestamptz,
    primary key (organization, candidate, job)
);
create unique index matches_by_id on matches (organization, match) where match is not null;
create index matches_by_job on matches (organization, job, candidate) where job is not null;
create index matches_due on matches (due_at) where due_at is not null;

-- What was looked at and what came of it, kept for an audit: one row for each different set of inputs.
create table runs (
    organization text not null,
    run text not null,
    match text not null,
    candidate text not null,
    job text not null,
    derived_at timestamptz not null,
    rules_version text not null,
    inputs jsonb not null,
    result jsonb not null,
    primary key (organization, run)
);
create index runs_by_candidate on runs (organization, candidate) where candidate is not null;

-- Rule 11: when somebody's next step is due: erasing where it was asked for, else asking. `seen_at`: first heard of.
create table keeping (
    organization text not null,
    candidate text not null,
    rule_at timestamptz,
    requested_at timestamptz,
    seen_at timestamptz not null,
    primary key (organization, candidate)
);
create index keeping_due on keeping (rule_at) where rule_at is not null;

-- Rule 12: who mentors whom, and whose turn it is. `due_on`: the last day of one that is not over.
create table mentorships (
    organization text not null,
    relation text not null,
    candidate text not null,
    colleague text not null,
    goals text[] not null,
    starts_on date not null,
    ends_on date not null,
    stage text not null,
    reason text,
    due_on date,
    primary key (organization, relation)
);
create index mentorships_by_candidate on mentorships (organization, candidate) where candidate <> '';
create index mentorships_by_colleague on mentorships (organization, colleague) where stage <> 'ended';
create index mentorships_due on mentorships (due_on) where due_on is not null;
create index facts_of_referrals on facts (organization, fact) where topic = 'referral-made';

alter table jobs enable row level security;
alter table jobs force row level security;
create policy tenant on jobs using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table members enable row level security;
alter table members force row level security;
create policy tenant on members using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table matches enable row level security;
alter table matches force row level security;
create policy tenant on matches using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table runs enable row level security;
alter table runs force row level security;
create policy tenant on runs using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table keeping enable row level security;
alter table keeping force row level security;
create policy tenant on keeping using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table mentorships enable row level security;
alter table mentorships force row level security;
create policy tenant on mentorships using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop index facts_of_referrals;
drop table mentorships, keeping, runs, matches, members, jobs;
drop view openings, interview_facts, feedback_withdrawals, feedback, applications;
