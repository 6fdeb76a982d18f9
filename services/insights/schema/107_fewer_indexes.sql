-- migrate:up

-- Every feedback writes several assessments: who rated the same person in the same things is found among that person's.
drop index assessments_by_application;

-- migrate:down
create index assessments_by_application on assessments (organization, application, competency) where application <> '';
