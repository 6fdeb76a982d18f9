-- migrate:up

-- Facts with columns. Plain projections: whoever reads them sees only what the policy on facts lets through.
create view applications with (security_invoker = true) as
select organization, candidate, topic, fact as application, job, historical, time,
       (body ->> 'submitted_at')::timestamptz as submitted_at,
       (body ->> 'decided_at')::timestamptz as decided_at,
       (body ->> 'reversed_at')::timestamptz as reversed_at,
       body ->> 'outcome' as outcome,
       body -> 'notice' ->> 'by' as notice_by,
       (body -> 'notice' ->> 'not_before')::timestamptz as not_before,
       (body -> 'notice' ->> 'sent_at')::timestamptz as notice_sent_at
from facts where topic in ('application-submitted', 'application-decided', 'application-decision-reversed');

create view feedback with (security_invoker = true) as
select organization, candidate, fact as feedback, body ->> 'application' as application,
       body ->> 'interview' as interview, body ->> 'interviewer' as interviewer, body ->> 'overall' as overall,
       (body ->> 'submitted_at')::timestamptz as submitted_at, time, historical, body -> 'shareable' as shareable
from facts where topic = 'feedback-submitted';

create view feedback_withdrawals with (security_invoker = true) as
select organization, fact as feedback, (body ->> 'withdrawn_at')::timestamptz as withdrawn_at
from facts where topic = 'feedback-withdrawn';

create view interview_facts with (security_invoker = true) as
select organization, candidate, topic, fact, split_part(fact, '/', 1) as interview,
       body ->> 'application' as application, job, historical,
       (body ->> 'starts_at')::timestamptz as starts_at, (body ->> 'ends_at')::timestamptz as ends_at,
       coalesce(body ->> 'completed_at', body ->> 'cancelled_at', body ->> 'missed_at')::timestamptz as said_at,
       body ->> 'basis' as basis
from facts where topic in ('interview-scheduled', 'interview-completed', 'interview-cancelled', 'interview-missed');

create view openings with (security_invoker = true) as
select organization, fact as job, body ->> 'title' as title, body ->> 'language' as language,
       (body ->> 'opened_at')::timestamptz as opened_at, body -> 'location' ->> 'country' as country,
       body -> 'location' ->> 'timezone' as timezone, body -> 'team' as team,
       body ->> 'feedback_policy' as feedback_policy, body ->> 'url' as url
from facts where topic = 'job-opened';

create view closings with (security_invoker = true) as
select organization, fact as job, (body ->> 'closed_at')::timestamptz as closed_at
from facts where topic = 'job-closed';

create view organizations with (security_invoker = true) as
select organization, body ->> 'name' as name, body ->> 'language' as language, body ->> 'timezone' as timezone,
       body ->> 'country' as country, body ->> 'subdivision' as subdivision,
       body ->> 'outreach_mode' as outreach_mode, body -> 'sender' ->> 'name' as sender_name,
       body -> 'sender' ->> 'address' as sender_address, body ->> 'reply_person' as reply_person,
       body ->> 'colour' as colour
from facts where topic = 'organization-configured';

create view users with (security_invoker = true) as
select organization, fact as "user", body ->> 'name' as name, body ->> 'email' as email
from facts where topic = 'user-registered';

create view profiles with (security_invoker = true) as
select organization, candidate, time, body ->> 'name' as name, body ->> 'preferred_name' as preferred_name,
       body ->> 'email' as email, body ->> 'language' as language, body ->> 'timezone' as timezone,
       body ->> 'country' as country, coalesce((body ->> 'contactable')::boolean, true) as contactable
from facts where topic = 'candidate-registered';

create view consents with (security_invoker = true) as
select organization, candidate, body ->> 'purpose' as purpose, (body ->> 'granted')::boolean as granted,
       (body ->> 'given_at')::timestamptz as given_at, (body ->> 'expires_at')::timestamptz as expires_at, historical
from facts where topic = 'consent-changed';

create view memberships with (security_invoker = true) as
select organization, candidate, topic, fact as membership, time, historical, body ->> 'family' as family,
       body ->> 'application' as application, body ->> 'status' as status
from facts where topic in ('candidate-pooled', 'candidate-left-pool');

create view matches with (security_invoker = true) as
select organization, candidate, topic, fact as match, job, time, historical, body ->> 'job' as of_job,
       body ->> 'outcome' as outcome, (body ->> 'reviewed_at')::timestamptz as reviewed_at, body ->> 'reason' as reason
from facts where topic in ('candidate-matched', 'match-withdrawn', 'match-reviewed');

create view responses with (security_invoker = true) as
select organization, candidate, fact as response, body ->> 'kind' as kind,
       (body ->> 'responded_at')::timestamptz as responded_at, (body ->> 'until')::timestamptz as until,
       body ->> 'match' as match
from facts where topic = 'candidate-responded';

-- What left the house and what came back. The ledger of a mailbox is its letters that were sent and these.
create view outreach with (security_invoker = true) as
select organization, candidate, topic, fact as letter, time, body ->> 'stream' as stream, body ->> 'kind' as kind,
       body ->> 'application' as application, body ->> 'bounce' as bounce, body ->> 'message_id' as message_id
from facts where topic in ('outreach-sent', 'outreach-bounced');

-- Every letter the facts ask for, once: two causes, one letter. `plan_letters` is the only writer of its plan.
create table letters (
    organization text not null,
    kind text not null,
    about text not null,
    recipient text not null,
    step integer not null,
    letter text not null,
    candidate text not null,
    application text,
    job text,
    match text,
    variant text,
    stream text not null,
    state text not null check (state in ('planned', 'approval', 'sent', 'suppressed', 'failed')),
    reason text,
    until timestamptz,
    cause_topic text not null,
    cause_fact text not null,
    cause_at timestamptz not null,
    due_at timestamptz,
    approved_by text,
    approved_at timestamptz,
    refused_reason text,
    -- What the policy answered when it was asked at sending time; it ends with `held_until` or with the next facts.
    held_reason text,
    held_until timestamptz,
    -- What its mode made of it at its time, for good.
    shadowed_at timestamptz,
    mailbox text,
    language text,
    template_version text,
    asks_pool boolean not null default false,
    message_id text,
    mail bytea,
    lease_until timestamptz,
    attempts integer not null default 0,
    sent_at timestamptz,
    primary key (organization, kind, about, recipient, step)
);
create unique index letters_by_id on letters (organization, letter);
create index letters_by_candidate on letters (organization, candidate, kind);
create index letters_by_mailbox on letters (organization, mailbox) where state = 'sent' and mailbox is not null;
create index letters_due on letters (due_at) where due_at is not null;
create index letters_waiting on letters (organization, state, letter) where state <> 'sent';

-- What a person must look at, because no mail may say it.
create table tasks (
    organization text not null,
    kind text not null,
    about text not null,
    candidate text not null,
    owner text,
    due_at timestamptz,
    done_at timestamptz,
    note text not null,
    primary key (organization, kind, about)
);
create index tasks_by_candidate on tasks (organization, candidate);
create index tasks_open on tasks (organization, due_at, kind, about) where done_at is null;

-- Organisations that hold everything back for now.
create table pauses (
    organization text primary key,
    paused_at timestamptz not null,
    by text not null
);

alter table letters enable row level security;
alter table letters force row level security;
create policy tenant on letters using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table tasks enable row level security;
alter table tasks force row level security;
create policy tenant on tasks using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table pauses enable row level security;
alter table pauses force row level security;
create policy tenant on pauses using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop table pauses, tasks, letters;
drop view outreach, responses, matches, memberships, consents, profiles, users, organizations, closings, openings,
          interview_facts, feedback_withdrawals, feedback, applications;
