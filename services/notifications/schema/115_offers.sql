-- migrate:up

-- The tenth statement of a survey, which may stay empty.
create or replace view survey_answers with (security_invoker = true) as
select organization, fact as answer, time, job, body ->> 'cycle' as cycle, body -> 'answers' as answers,
       (body ->> 'recommend')::integer as recommend, body ->> 'text' as text, (body ->> 'offer')::integer as offer
from facts where topic = 'survey-answered';

-- migrate:down
drop view survey_answers;
create view survey_answers with (security_invoker = true) as
select organization, fact as answer, time, job, body ->> 'cycle' as cycle, body -> 'answers' as answers,
       (body ->> 'recommend')::integer as recommend, body ->> 'text' as text
from facts where topic = 'survey-answered';
