-- migrate:up

-- When an earlier candidate was accepted for a job; of those whom somebody reviewed already it is derived again.
alter table reuses add column accepted_at timestamptz;
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select distinct organization, 'person', candidate from facts where topic = 'match-reviewed' on conflict do nothing;

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
