-- migrate:up

-- Who asked a person for something and has no answer yet: they wait, too.
create table asked_waits (
    organization text not null,
    response text not null,
    asked text not null,
    missing text not null,
    candidate text not null,
    application text,
    job text,
    owner text,
    since timestamptz not null,
    due_at timestamptz not null,
    letter text,
    primary key (organization, response)
);
create index asked_waits_by_candidate on asked_waits (organization, candidate) where candidate <> '';
create index asked_waits_by_age on asked_waits (organization, since, response);
create index asked_waits_by_due on asked_waits (organization, due_at, response);
alter table asked_waits enable row level security;
alter table asked_waits force row level security;
create policy tenant on asked_waits using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- Everybody who waits, under the name that tells them apart; whoever was promised no day comes last.
create view everyone_waiting with (security_invoker = true) as
select organization, application as name, since, coalesce(due_at, timestamptz '2101-01-01 00:00+00') as due_by, missing,
       application, letter, candidate, job, owner, due_at, null as response, null as asked from waits
union all
select organization, response as name, since, due_at as due_by, missing,
       application, letter, candidate, job, owner, due_at, response, asked from asked_waits;

select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select distinct organization, 'person', candidate from tasks
where done_at is null and candidate <> '' and kind in ('feedback_requested', 'review_requested', 'disputed')
on conflict do nothing;

-- migrate:down
drop view everyone_waiting;
drop table asked_waits;
