-- migrate:up

-- Words and skills came after the first members: whoever is in the pool and has no words is described.
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select distinct m.organization, 'person', m.candidate from members m
where m.status <> 'left' and not exists (
    select from descriptions d
    where d.organization = m.organization and d.candidate = m.candidate and d.family = m.family)
order by 1, 3 on conflict do nothing;

-- migrate:down
