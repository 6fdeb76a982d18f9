"""Pages of the console on which somebody acts, as figures and reports lead there."""


def where_to(act: str, job: str | None, competency: str | None = None, part: str | None = None) -> str:
    """The page on which what a finding asks for is done; `job`: of one round only."""
    if act == "news":
        return "/news" + _query({"answers": (part or "").removeprefix("about:")})
    if act == "campaign":
        asked = {"competency": competency, "job": job}
        return "/campaigns" + _query(asked)
    if act == "pool":
        return "/pool"
    if act == "letters":
        return "/letters" + _query({"job": job})
    return f"/jobs/{job}" if job else "/jobs"


def _query(asked: dict[str, str | None]) -> str:
    given = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    return f"?{given}" if given else ""
