-- migrate:up

-- Approved, and not to leave before then: it may be taken back as long as it is here. `basis`: the draft that was approved.
alter table verdicts add column not_before timestamptz;
alter table verdicts add column basis text;

-- migrate:down
alter table verdicts drop column basis;
alter table verdicts drop column not_before;
