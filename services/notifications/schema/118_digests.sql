-- migrate:up

-- Whose business mornings are waited for. `due_at`: the next one; put forward before a digest leaves, so that it leaves once.
create table digests (
    organization text not null,
    reader text not null,
    due_at timestamptz not null,
    retry_at timestamptz,  -- by the machine's clock
    refused text,          -- the mailbox, a keyed hash, that a server took nothing for
    primary key (organization, reader)
);
create index digests_due on digests (due_at);

-- What a person is to decide about somebody who is known: a place in the pool that is held, a match that is proposed.
create table reviews (
    organization text not null,
    kind text not null,
    about text not null,
    candidate text not null,
    job text,
    primary key (organization, kind, about)
);
create index reviews_by_candidate on reviews (organization, candidate);
create index reviews_by_job on reviews (organization, job, kind);

alter table digests enable row level security;
alter table digests force row level security;
create policy tenant on digests using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table reviews enable row level security;
alter table reviews force row level security;
create policy tenant on reviews using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

create or replace view users with (security_invoker = true) as
select organization, fact as "user", body ->> 'name' as name, body ->> 'email' as email,
       body ->> 'timezone' as timezone, (body ->> 'active')::boolean as active,
       coalesce((body ->> 'daily_digest')::boolean, true) as daily_digest
from facts where topic = 'user-registered';

-- Those known before are derived again: whoever works on their jobs gets a row, and what is to be decided too.
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select distinct organization, 'person', candidate from facts
where topic in ('candidate-pooled', 'candidate-matched') and candidate is not null
union
select organization, 'person', candidate from waits
union
select organization, 'person', candidate from tasks where done_at is null and candidate <> ''
on conflict do nothing;

-- migrate:down
drop view users;
create view users with (security_invoker = true) as
select organization, fact as "user", body ->> 'name' as name, body ->> 'email' as email,
       body ->> 'timezone' as timezone, (body ->> 'active')::boolean as active
from facts where topic = 'user-registered';
drop table reviews;
drop table digests;
