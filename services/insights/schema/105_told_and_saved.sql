-- migrate:up

-- Whom a note told since what they had understood otherwise, and a campaign what a letter names to be built up.
alter table scorecards add column put_right text[] not null default '{}';
alter table growths add column taken_up boolean not null default false;
create index facts_of_news on facts (organization, fact) where topic = 'news-published';
create index facts_of_campaigns on facts (organization, fact) where topic = 'campaign-started';
create index facts_of_written_to on facts (organization, candidate)
    where topic = 'outreach-sent' and body ->> 'kind' in ('campaign', 'keep_in_touch');

-- When an earlier candidate was accepted for a job; of those whom somebody reviewed already it is derived again.
alter table reuses add column accepted_at timestamptz;
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select distinct organization, 'person', candidate from facts where topic = 'match-reviewed' on conflict do nothing;

-- Every feedback writes several assessments: who rated the same person in the same things is found among that person's.
drop index assessments_by_application;

-- As `GET /measures` has them; a test compares.
create or replace view published.measures as
select * from (values
    ('met', 'share', 5, 'people', 'wilson'),
    ('unmet', 'share', 5, 'people', 'wilson'),
    ('not_assessed', 'share', 10, 'ratings', 'wilson'),
    ('never_asked', 'count', 5, 'interviews', 'none'),
    ('unsaid', 'share', 3, 'people', 'wilson'),
    ('apart', 'share', 5, 'people', 'wilson'),
    ('alpha', 'agreement', 30, 'people', 'bootstrap'),
    ('flat', 'share', 10, 'people', 'wilson'),
    ('levels', 'levels', 5, 'people', 'none'),
    ('misunderstood', 'share', 5, 'people', 'wilson'),
    ('answered', 'share', 5, 'people', 'wilson'),
    ('agreed', 'share', 5, 'applications', 'wilson'),
    ('reached', 'share', 5, 'applications', 'wilson'),
    ('held', 'share', 5, 'interviews', 'wilson'),
    ('wait_first', 'hours', 5, 'applications', 'none'),
    ('wait_next', 'hours', 5, 'interviews', 'none'),
    ('wait_decision', 'hours', 5, 'applications', 'none'),
    ('wait_answer', 'hours', 5, 'applications', 'none'),
    ('wait_match', 'hours', 1, 'jobs', 'none'),
    ('wait_applicant', 'hours', 1, 'jobs', 'none'),
    ('promised', 'share', 5, 'applications', 'wilson'),
    ('scored', 'share', 10, 'scorecards', 'wilson'),
    ('shareable', 'share', 5, 'scorecards', 'wilson'),
    ('withdrew', 'share', 8, 'applications', 'wilson'),
    ('accepted', 'share', 5, 'people', 'wilson'),
    ('nobody', 'share', 5, 'jobs', 'wilson'),
    ('gained', 'count', 0, 'people', 'none'),
    ('reused', 'count', 0, 'people', 'none'),
    ('took', 'mean', 1, 'people', 'none'),
    ('wasted', 'share', 0, 'interviews', 'wilson'),
    ('gaps', 'share', 5, 'people', 'wilson'),
    ('grew', 'difference', 10, 'people', 'newcombe'),
    ('survey', 'mean', 5, 'answers', 'student'),
    ('cnps', 'score', 20, 'answers', 'standard_error'),
    ('leniency', 'points', 15, 'people', 'student')
) as m(measure, unit, floor, floor_of, "interval");

-- migrate:down
create index assessments_by_application on assessments (organization, application, competency) where application <> '';
create or replace view published.measures as
select * from (values
    ('met', 'share', 5, 'people', 'wilson'),
    ('unmet', 'share', 5, 'people', 'wilson'),
    ('not_assessed', 'share', 10, 'ratings', 'wilson'),
    ('never_asked', 'count', 5, 'interviews', 'none'),
    ('unsaid', 'share', 3, 'people', 'wilson'),
    ('apart', 'share', 5, 'people', 'wilson'),
    ('alpha', 'agreement', 30, 'people', 'bootstrap'),
    ('flat', 'share', 10, 'people', 'wilson'),
    ('levels', 'levels', 5, 'people', 'none'),
    ('misunderstood', 'share', 5, 'people', 'wilson'),
    ('agreed', 'share', 5, 'applications', 'wilson'),
    ('reached', 'share', 5, 'applications', 'wilson'),
    ('held', 'share', 5, 'interviews', 'wilson'),
    ('wait_first', 'hours', 5, 'applications', 'none'),
    ('wait_next', 'hours', 5, 'interviews', 'none'),
    ('wait_decision', 'hours', 5, 'applications', 'none'),
    ('wait_answer', 'hours', 5, 'applications', 'none'),
    ('promised', 'share', 5, 'applications', 'wilson'),
    ('scored', 'share', 10, 'scorecards', 'wilson'),
    ('shareable', 'share', 5, 'scorecards', 'wilson'),
    ('withdrew', 'share', 8, 'applications', 'wilson'),
    ('accepted', 'share', 5, 'people', 'wilson'),
    ('nobody', 'share', 5, 'jobs', 'wilson'),
    ('gained', 'count', 0, 'people', 'none'),
    ('reused', 'count', 0, 'people', 'none'),
    ('wasted', 'share', 0, 'interviews', 'wilson'),
    ('gaps', 'share', 5, 'people', 'wilson'),
    ('grew', 'difference', 10, 'people', 'newcombe'),
    ('survey', 'mean', 5, 'answers', 'student'),
    ('cnps', 'score', 20, 'answers', 'standard_error'),
    ('leniency', 'points', 15, 'people', 'student')
) as m(measure, unit, floor, floor_of, "interval");
alter table reuses drop column accepted_at;
drop index facts_of_written_to, facts_of_campaigns, facts_of_news;
alter table growths drop column taken_up;
alter table scorecards drop column put_right;
