-- migrate:up

-- Who asked for a new link, until the clock looks a moment later; of an address nobody reads at, only that somebody asked.
create table link_requests (
    organization text not null,
    request text not null,
    candidates text[] not null,
    primary key (organization, request)
);
alter table link_requests enable row level security;
alter table link_requests force row level security;
create policy tenant on link_requests using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down

drop table link_requests;
