-- migrate:up

-- What was said stands unless it was undone at its own instant or later: as shared/contracts/reading.py has it.
create function stands(said_at timestamptz, undone_at timestamptz) returns boolean language sql immutable
    return said_at is not null and (undone_at < said_at) is not false;

-- Whether two ids are of one person.
create function are_one_person(of_organization text, one text, other text) returns boolean language sql stable
    return one = other or (
        select count(distinct person) = 1
        from people_named(array[of_organization, of_organization], array[one, other]));

-- migrate:down
drop function are_one_person;
drop function stands;
