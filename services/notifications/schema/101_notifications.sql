-- migrate:up

-- Facts with columns. Plain projections: whoever reads them sees only what the policy on facts lets through.
create view openings with (security_invoker = true) as
select organization, fact as job, body ->> 'title' as title, (body ->> 'opened_at')::timestamptz as opened_at,
       body ->> 'language' as language, body -> 'location' ->> 'timezone' as timezone,
       body ->> 'feedback_policy' as feedback_policy, body -> 'team' as team, body ->> 'url' as url,
       body ->> 'cycle' as cycle, body -> 'competencies' as competencies
from facts where topic = 'job-opened';

create view closings with (security_invoker = true) as
select organization, fact as job, (body ->> 'closed_at')::timestamptz as closed_at
from facts where topic = 'job-closed';

create view users with (security_invoker = true) as
select organization, fact as "user", body ->> 'name' as name, body ->> 'email' as email,
       body ->> 'timezone' as timezone, (body ->> 'active')::boolean as active
from facts where topic = 'user-registered';

create view survey_answers with (security_invoker = true) as
select organization, fact as answer, time, job, body ->> 'cycle' as cycle, body -> 'answers' as answers,
       (body ->> 'recommend')::integer as recommend, body ->> 'text' as text
from facts where topic = 'survey-answered';
create index facts_of_surveys on facts (organization, fact) where topic = 'survey-answered';
create index facts_of_releases on facts (organization, fact) where topic = 'feedback-released';

-- Who reads at which address. A table: behind row-level security no index on an expression over facts is used.
create table readers (
    organization text not null,
    candidate text not null,
    address text not null,
    primary key (organization, candidate)
);
create index readers_by_address on readers (organization, address, candidate);

-- One row for each letter. `plan_letters` writes how it stands; the post writes how it left the house.
create table letters (
    organization text not null,
    kind text not null,
    about text not null,
    recipient text not null,   -- a candidate, or a user who is reminded
    candidate text not null,   -- whom it is about: their lock is the letter's
    step integer not null,
    letter text not null,
    variant text not null,
    stream text not null,
    application text,
    job text,
    match text,
    cause_topic text not null,
    cause_fact text not null,
    cause_at timestamptz not null,
    send_at timestamptz not null,
    stale_at timestamptz not null,
    asks_pool boolean not null,
    state text not null
        check (state in ('planned', 'waiting', 'ready', 'sending', 'sent', 'suppressed', 'failed')),
    reason text,
    until timestamptz,
    due_at timestamptz,
    held_reason text,
    held_until timestamptz,
    attempts integer not null default 0,
    retry_at timestamptz,      -- by the machine's clock, as leases are
    leased_until timestamptz,
    mailbox text,
    message_id text,
    language text,
    sender text,
    address text,
    content bytea,
    sent_at timestamptz,
    failed_at timestamptz,
    primary key (organization, kind, about, recipient, step)
);
create unique index letters_by_id on letters (organization, letter);
create index letters_by_token on letters (letter) where message_id is not null;  -- whose organisation a reply is for
create index letters_by_candidate on letters (organization, candidate, letter);
create index letters_by_user on letters (organization, recipient, candidate) where kind = 'reminder';
create index letters_waiting on letters (organization, job, letter) where state = 'waiting';
create index letters_due on letters (due_at) where state in ('planned', 'waiting', 'suppressed') and due_at is not null;
create index letters_ready on letters (due_at) where state = 'ready';
create index letters_leased on letters (leased_until) where state = 'sending';

-- What a person decided about a letter, for the decision it was about.
create table verdicts (
    organization text not null,
    letter text not null,
    verdict text not null check (verdict in ('approve', 'refuse')),
    verdict_on timestamptz not null,
    variant text not null,
    reason text,
    by_user text not null,
    given_at timestamptz not null,
    primary key (organization, letter)
);

-- What a person made of the draft of a full letter; `basis` names the draft it was made of.
create table edits (
    organization text not null,
    letter text not null,
    basis text not null,
    items jsonb not null,
    by_user text not null,
    edited_at timestamptz not null,
    primary key (organization, letter)
);

-- What reached a mailbox. The mailbox is a keyed hash: it outlives the address.
create table ledger (
    organization text not null,
    mailbox text not null,
    letter text not null,
    stream text not null,
    sent_at timestamptz not null,
    primary key (organization, mailbox, letter)
);

-- Mail that came in about a letter; its bytes only until they were handed on to a person.
create table incoming (
    organization text not null,
    mail text not null,
    letter text not null,
    candidate text not null,
    meaning text not null,
    received_at timestamptz not null,
    content bytea,
    attempts integer not null default 0,
    retry_at timestamptz not null default clock_timestamp(),  -- by the machine's clock
    forwarded_at timestamptz,
    primary key (organization, mail)
);
create index incoming_by_candidate on incoming (organization, candidate, mail);
create index incoming_to_forward on incoming (retry_at) where content is not null;

-- How busy an organisation's lane is, and a receiving domain's (organisation `*`, a keyed hash), by the machine's clock.
create table lanes (
    organization text not null,
    lane text not null,
    free_at timestamptz not null,
    primary key (organization, lane)
);

-- What a person must look at.
create table tasks (
    organization text not null,
    kind text not null,
    about text not null,
    candidate text not null,
    owner text,
    since timestamptz not null,
    due_at timestamptz not null,
    done_at timestamptz,
    done_by text,
    primary key (organization, kind, about)
);
create index tasks_by_candidate on tasks (organization, candidate) where candidate <> '';
create index tasks_open on tasks (organization, due_at, kind, about) where done_at is null;

-- Who waits for what, and on whom. `next_at`: when the next promise is broken.
create table waits (
    organization text not null,
    application text not null,
    missing text not null,
    candidate text not null,
    job text,
    owner text,
    since timestamptz not null,
    due_at timestamptz,
    next_at timestamptz,
    letter text,
    primary key (organization, application, missing)
);
create index waits_by_candidate on waits (organization, candidate) where candidate <> '';
create index waits_by_age on waits (organization, since, application);
create index waits_due on waits (next_at) where next_at is not null;

-- Which surveys were answered: neither when nor what, so that no answer leads back to anybody.
create table used_surveys (
    organization text not null,
    letter text not null,
    primary key (organization, letter)
);

-- Organisations that hold everything back.
create table pauses (
    organization text not null primary key,
    paused_by text not null,
    paused_at timestamptz not null
);

alter table readers enable row level security;
alter table readers force row level security;
create policy tenant on readers using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table letters enable row level security;
alter table letters force row level security;
create policy tenant on letters using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table verdicts enable row level security;
alter table verdicts force row level security;
create policy tenant on verdicts using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table edits enable row level security;
alter table edits force row level security;
create policy tenant on edits using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table ledger enable row level security;
alter table ledger force row level security;
create policy tenant on ledger using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table incoming enable row level security;
alter table incoming force row level security;
create policy tenant on incoming using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table lanes enable row level security;
alter table lanes force row level security;
create policy tenant on lanes using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table tasks enable row level security;
alter table tasks force row level security;
create policy tenant on tasks using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table waits enable row level security;
alter table waits force row level security;
create policy tenant on waits using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table used_surveys enable row level security;
alter table used_surveys force row level security;
create policy tenant on used_surveys using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table pauses enable row level security;
alter table pauses force row level security;
create policy tenant on pauses using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop table used_surveys, pauses, waits, tasks, lanes, incoming, ledger, edits, verdicts, letters, readers;
drop index facts_of_releases, facts_of_surveys;
drop view survey_answers, users, closings, openings;
