-- migrate:up

-- Rows of people: each is derived whole from the facts of one person, and never counted up. Secondary indexes that start
-- with the organisation are partial: a plan made on an empty table never picks them by mistake.

-- Every application, as far as anybody said.
create table candidacies (
    organization text not null,
    application text not null,
    candidate text not null,
    job text,
    family text,
    cycle text,
    submitted_at timestamptz,
    first_at timestamptz,
    last_at timestamptz,
    steps text[] not null,
    decided_at timestamptz,
    outcome text,
    reason_code text,
    reason_class text,
    answered_at timestamptz,
    due_at timestamptz,
    late boolean not null,
    verdicts integer not null,
    agreed boolean,
    tier text,
    status text,
    rediscovered boolean not null,
    letter text not null,
    primary key (organization, application)
);
create index candidacies_by_candidate on candidacies (organization, candidate) where candidate <> '';
create index candidacies_by_job on candidacies (organization, job) where job is not null;

-- Every interview, with what it came to.
create table sittings (
    organization text not null,
    interview text not null,
    candidate text not null,
    application text not null,
    job text,
    stage text,
    position integer not null,
    state text not null,
    by text,
    began_at timestamptz,
    ended_at timestamptz,
    asks text[] not null,
    is_counted boolean not null,
    returned text,
    without_loop text,
    counted_from timestamptz,
    primary key (organization, interview)
);
create index sittings_by_candidate on sittings (organization, candidate) where candidate <> '';
create index sittings_by_job on sittings (organization, job) where job is not null;

-- Who owed or gave feedback on an interview that took place.
create table scorecards (
    organization text not null,
    interview text not null,
    interviewer text not null,
    candidate text not null,
    job text,
    owed_at timestamptz,
    due_at timestamptz,
    given_at timestamptz,
    withdrawn boolean not null,
    has_strengths boolean not null,
    has_development boolean not null,
    primary key (organization, interview, interviewer)
);
create index scorecards_by_candidate on scorecards (organization, candidate) where candidate <> '';
create index scorecards_by_job on scorecards (organization, job) where job is not null;
create index scorecards_by_interviewer on scorecards (organization, interviewer, interview) where interviewer <> '';

-- Each competency in each feedback that counts.
create table assessments (
    organization text not null,
    feedback text not null,
    competency text not null,
    candidate text not null,
    application text not null,
    job text,
    interviewer text not null,
    interview text,
    asked boolean not null,
    given boolean not null,
    level double precision,
    job_level integer,
    at timestamptz not null,
    primary key (organization, feedback, competency)
);
create index assessments_by_candidate on assessments (organization, candidate) where candidate <> '';
create index assessments_by_job on assessments (organization, job) where job is not null;
create index assessments_by_interviewer on assessments (organization, interviewer, feedback, competency) where interviewer <> '';
create index assessments_by_application on assessments (organization, application, competency) where application <> '';

-- Whether somebody came back stronger in what a letter told them, or nobody did.
create table growths (
    organization text not null,
    candidate text not null,
    competency text not null,
    letter text not null,
    application text not null,
    job text,
    family text,
    kind text not null,
    before double precision,
    after double precision,
    after_at timestamptz,
    primary key (organization, candidate, competency, letter)
);
create index growths_by_candidate on growths (organization, candidate) where candidate <> '';
create index growths_by_job on growths (organization, job) where job is not null;
create index growths_seen on growths (organization, candidate, competency, letter) where after is not null;

-- Earlier candidates for a job, and the job they are known from.
create table reuses (
    organization text not null,
    match text not null,
    candidate text not null,
    job text not null,
    earlier text,
    proposed boolean not null,
    accepted boolean not null,
    interested boolean not null,
    applied boolean not null,
    hired boolean not null,
    primary key (organization, match)
);
create index reuses_by_candidate on reuses (organization, candidate) where candidate <> '';
create index reuses_by_job on reuses (organization, job) where job <> '';
create index reuses_by_earlier on reuses (organization, earlier) where earlier is not null;

-- Each job, summed up. `say_at`: the hour at which it is told; `due_at`: when it changes though nobody says anything.
create table rounds (
    organization text not null,
    job text not null,
    family text not null,
    cycle text,
    opened_at timestamptz not null,
    closed_at timestamptz,
    ended_at timestamptz not null,
    outcome text,
    sums jsonb not null,
    say_at timestamptz,
    due_at timestamptz,
    primary key (organization, job)
);
create index rounds_by_end on rounds (organization, ended_at, job) where ended_at is not null;
create index rounds_by_opening on rounds (organization, family, opened_at, job) where family is not null;
create index rounds_due on rounds (due_at) where due_at is not null;

-- Few rows among many facts: the jobs of an organisation with their teams, and its surveys.
create index facts_of_openings on facts (organization, fact) where topic = 'job-opened';
create index facts_of_surveys on facts (organization, fact) where topic = 'survey-answered';

alter table candidacies enable row level security;
alter table candidacies force row level security;
create policy tenant on candidacies using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table sittings enable row level security;
alter table sittings force row level security;
create policy tenant on sittings using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table scorecards enable row level security;
alter table scorecards force row level security;
create policy tenant on scorecards using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table assessments enable row level security;
alter table assessments force row level security;
create policy tenant on assessments using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table growths enable row level security;
alter table growths force row level security;
create policy tenant on growths using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table reuses enable row level security;
alter table reuses force row level security;
create policy tenant on reuses using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table rounds enable row level security;
alter table rounds force row level security;
create policy tenant on rounds using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop index facts_of_surveys, facts_of_openings;
drop table rounds, reuses, growths, assessments, scorecards, sittings, candidacies;
