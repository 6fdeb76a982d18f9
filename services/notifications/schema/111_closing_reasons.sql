-- migrate:up

-- How an opening ended, and why as candidates may read it.
create or replace view closings with (security_invoker = true) as
select organization, fact as job, (body ->> 'closed_at')::timestamptz as closed_at, known_at,
       body ->> 'outcome' as outcome, body ->> 'told_reason' as told_reason
from facts where topic = 'job-closed';

-- migrate:down
drop view closings;
create view closings with (security_invoker = true) as
select organization, fact as job, (body ->> 'closed_at')::timestamptz as closed_at, known_at
from facts where topic = 'job-closed';
