-- migrate:up

-- What was done to more things at once than a form can name, so that it can be taken back: their ids, for a day.
create table acts (
    id uuid primary key,
    organization text not null,
    "user" text not null,
    things text[] not null,
    done_at timestamptz not null
);
create index acts_by_time on acts (done_at);

alter table acts enable row level security;
alter table acts force row level security;
create policy tenant on acts using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop table acts;
