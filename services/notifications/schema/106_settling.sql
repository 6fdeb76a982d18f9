-- migrate:up

-- When this service heard of a job's opening and closing: what is said about it waits until that has settled.
create or replace view openings with (security_invoker = true) as
select organization, fact as job, body ->> 'title' as title, (body ->> 'opened_at')::timestamptz as opened_at,
       body ->> 'language' as language, body -> 'location' ->> 'timezone' as timezone,
       body ->> 'feedback_policy' as feedback_policy, body -> 'team' as team, body ->> 'url' as url,
       body ->> 'cycle' as cycle, body -> 'competencies' as competencies, known_at
from facts where topic = 'job-opened';

create or replace view closings with (security_invoker = true) as
select organization, fact as job, (body ->> 'closed_at')::timestamptz as closed_at, known_at
from facts where topic = 'job-closed';

-- migrate:down
drop view openings, closings;
create view openings with (security_invoker = true) as
select organization, fact as job, body ->> 'title' as title, (body ->> 'opened_at')::timestamptz as opened_at,
       body ->> 'language' as language, body -> 'location' ->> 'timezone' as timezone,
       body ->> 'feedback_policy' as feedback_policy, body -> 'team' as team, body ->> 'url' as url,
       body ->> 'cycle' as cycle, body -> 'competencies' as competencies
from facts where topic = 'job-opened';
create view closings with (security_invoker = true) as
select organization, fact as job, (body ->> 'closed_at')::timestamptz as closed_at
from facts where topic = 'job-closed';
