"""Until when somebody is away, read from what their mailbox answers: in ten languages."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

from babel.dates import get_month_names

LANGUAGES = ("en", "de", "fr", "es")  # with short names of months, too: those of the others are words elsewhere
MORE_LANGUAGES = ("it", "nl", "pt", "pl", "sv", "da")
LONGEST = timedelta(days=400)
_DAY = timedelta(days=1)
_BEFORE, _AFTER = 60, 40  # characters around a date in which its meaning stands


def _month_names() -> dict[str, int]:
    found = {"sept": 9, "mrz": 3, "jänner": 1, "jän": 1, "feber": 2}
    for language in (*LANGUAGES, *MORE_LANGUAGES):
        for width in ("wide", "abbreviated") if language in LANGUAGES else ("wide",):
            for number, name in get_month_names(width, locale=language).items():
                found[name.casefold().rstrip(".")] = number
    return found


_MONTHS = _month_names()
_MONTH = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_YEAR = r"(?P<year>\d{4})"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\d/.-]){_YEAR}(?P<sep>[-/.])(?P<month>\d\d?)(?P=sep)(?P<day>\d\d?)\b",
        r"(?<![\d/.])(?P<day>\d{1,2})(?P<either>\.)\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d\d)\b)?(?!\d)",
        r"(?<![\d/.])(?!24/7\b)(?P<day>\d{1,2})(?P<either>/)(?P<month>\d{1,2})(?:/(?P<year>\d{4}|"
        r"\d\d))?(?![\d/])",
        r"(?<![\d/.-])(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4}|\d\d)\b",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|[.ºª])?[\s-]+(?:of\s+|"
        rf"de\s+)?(?P<name>{_MONTH})\b\.?(?:,?[\s-]+(?:de\s+|del\s+)?{_YEAR}\b)?",
        rf"\b(?P<name>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+{_YEAR}\b)?",
    )
)
_LAST_DAY = re.compile(
    r"\b(?:until|till|til|through|thru|up to|after|bis|nach|jusqu['\u2019](?:au|à|en)|après|hasta|después|"
    r"(?:fino|sino) (?:al?|all)|tot en met|t/m|até)\b|"
    r"\b(?:to|au|al|a|e|tot|do)\s+(?:and including\s+)?(?:\w+,?\s+)?$|[-\u2013\u2014]\s*$",
)
# The second day of two, and a day that is named as the first one back by saying not until when
_BETWEEN = re.compile(r"\b(?:between|zwischen|entre)\b[^!?\n]{0,40}\b(?:and|und|et|y)\s+(?:\w+,?\s+){0,2}$")
_NOT_UNTIL = re.compile(
    r"(?:\bnot|n['\u2019]t)\b[^.]{0,20}?\b(?:back|return\w*)\b[^.]{0,30}?\b(?:until|till|til|before)\b[^.]{0,12}$|"
    r"\bno (?:\w+ )?(?:regres|vuelv|volver)\w*[^.]{0,30}?\bhasta\b[^.]{0,12}$"
)
_FIRST_DAY_BACK = re.compile(
    r"\b(?:back|return(?:ing)?|resume|as of|zurück|wieder|erreichbar ab|ab(?: dem)?|de retour|retour|reviens|"
    r"à partir du|dès le|de vuelta|vuelvo|vuelta|regreso|regresaré|volveré|a partir del|rientr\w+|torner\w+|"
    r"torno|weer|terug|vanaf|retorn\w+|regress\w+|de volta|volto|a partir de|wracam|wrócę|od|åter|tillbaka|"
    r"tilbake|tilbage|igen)\b"
)
_ENGLISH = re.compile(r"\b(?:until|till|til|through|thru|up to|to|back|return|returning|resume|leave|office|away)\b")
_BACK_AFTERWARDS = re.compile(r"^[^.!?\n]*?\b(?:zurück|wieder|back|de retour|de vuelta)\b")
_ABSENCE = re.compile(
    r"out of (?:the )?office|\booo\b|on (?:\w+ )?leave|\bleave until|vacation|holiday|\baway\b|travel|"
    r"parental leave|sick leave|(?:limited|intermittent|no) access to (?:my )?(?:e-?)?mail|abwesen|"
    r"nicht im (?:büro|haus)|urlaub|außer haus|ausser haus|elternzeit|mutterschutz|verreist|dienstreise|"
    r"erkrankt|absen[ct]|congés?|en vacances|hors du bureau|en déplacement|fuera de (?:la )?oficina|"
    r"ausen(?:te|cia)|vacaciones|de viaje|afwezig|niet aanwezig|vakantie|fuori ufficio|in ferie|assen[tz]|"
    r"rientr|urlop|nieobecn|férias|frånvarande|semester|\bferie\b|på kontoret|dovolen|mimo kancel|szabadság|"
    r"házon kívül|ofis dışı|izinde|concediu|απουσι|εκτός γραφείου|отпуск|отсутств|відпуст|休假|不在|出差|"
    r"休暇|外出中|부재|휴가|lomalla|poissa"
)


def speaks_of_absence(text: str) -> bool:
    """True when it is about being away, and not just any automatic answer."""
    return bool(_ABSENCE.search(text.casefold()))


def last_day_away(text: str, received: date) -> date | None:
    """The last day they are away, or None when no date says so. A day without a year is the next of its kind."""
    plain = text.casefold()
    days = chain.from_iterable(_last_days(plain, pattern, received) for pattern in _DATES)
    return max((day for day in days if received <= day <= received + LONGEST), default=None)


def _last_days(text: str, pattern: re.Pattern[str], received: date) -> Iterator[date]:
    for match in pattern.finditer(text):
        before, after = text[max(0, match.start() - _BEFORE) : match.start()], text[match.end() :][:_AFTER]
        is_back = _is_day_back(before, after)
        if is_back is not None and (day := _day(match, received, is_english=bool(_ENGLISH.search(before)))):
            yield day - _DAY if is_back else day


def _is_day_back(before: str, after: str) -> bool | None:
    """False: the last day away, True: the first one back, None: any other day. The nearest word before it decides."""
    sentence = re.split(r"[!?\n]|\.\s(?=[a-zäöüàéèñ¡])", before)[-1]
    if _NOT_UNTIL.search(sentence):
        return True
    if _BETWEEN.search(before):
        return False
    last = max((m.end() for m in _LAST_DAY.finditer(sentence)), default=-1)
    back = max((m.end() for m in _FIRST_DAY_BACK.finditer(sentence)), default=-1)
    if last > back:
        return False
    return True if back >= 0 or _BACK_AFTERWARDS.match(after) else None


def _day(match: re.Match[str], received: date, *, is_english: bool) -> date | None:
    """01/06 in English words may be either: nobody says from when, so it is the one that comes first."""
    said = match.groupdict()
    month = _MONTHS[said["name"]] if said.get("name") else int(said["month"])
    day, year = int(said["day"]), said.get("year")
    either = {(day, month), (month, day)} if (said.get("either") and is_english) or month > 12 else {(day, month)}
    days = (_of_year(year, m, d, received) for d, m in either)
    return min((found for found in days if found and found >= received), default=None)


def _of_year(year: str | None, month: int, day: int, received: date) -> date | None:
    """A year that is left out is this one, else the next: an absence crosses New Year."""
    years = (int(year) + (2000 if len(year) == 2 else 0),) if year else (received.year, received.year + 1)
    for one in years:
        try:
            found = date(one, month, day)
        except ValueError:
            continue
        if year or found >= received:
            return found
    return None
