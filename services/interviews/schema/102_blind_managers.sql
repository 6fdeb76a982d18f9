-- migrate:up

-- Blind until submitted, for hiring managers too: is this user asked for feedback about an application, and has not yet
-- given it? An interview that is still to come asks everyone on its panel.
create function owes(of_organization text, of_person text, of_application text, by_user text) returns boolean
language sql stable as $$
    select exists (
        select from interviews i
        where i.organization = of_organization and i.candidate = of_person and i.application = of_application
          and (by_user = any(i.owed_by) or (i.state = 'scheduled' and by_user = any(i.interviewers))))
$$;

-- migrate:down
drop function owes;
