"""A first mapping of a file: which heading may mean what, by its words in four languages; a person reads it then.

What is protected or contact data is never suggested.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from cli.backfill.mapping import tidy
from cli.backfill.table import SourceTable, TableHints, opened
from cli.backfill.values import TIME_FORMATS, clean, read_date, read_time
from cli.errors import UserMistake

_SAMPLE = 500  # rows looked at
_MOST_WORDS, _LONGEST_WORD = 12, 24
UNKNOWN = "WHICH COLUMN?"

# Parts of headings that must not be read: protected characteristics, contact data, money, numbers of the state.
_NEVER = re.compile(
    r"gender|sex|geschlecht|genre|anrede|salutation|civilite|tratamiento|birth|geburt|naissance|nacimiento|\bdob\b|"
    r"\bage\b|\balter\b|\bedad\b|marital|married|familienstand|verheiratet|matrimonial|estado civil|etat civil|"
    r"nationalit|citizen|staatsang|nacionalidad|ethnic|ethnie|race|herkunft|origin|religi|konfession|confession|disab|behinder|"
    r"handicap|discapac|pregnan|schwanger|child|kinder|enfant|hijos|union|gewerkschaft|health|gesundheit|sante|salud|"
    r"photo|foto|salary|gehalt|salaire|salario|mail|phone|telefon|handy|mobil|address|adresse|anschrift|direccion|"
    r"street|strasse|\bplz\b|zip|postal|\bssn\b|passport|\bausweis|iban|native|hometown|expected attendance"
)
# In the order they are looked for, the surest words first: what is found is taken.
_MEANINGS: dict[str, tuple[str, ...]] = {
    "attended": (
        r"observed attend|actual attend|erschienen|teilgenommen|wahrgenommen|no.?show|asisti",
        r"attend|\bcame\b|present|presence",
        r"ergebnis|outcome|result|status|statut|estado",
    ),
    "time": (r"uhrzeit|start time|heure|\bhora\b", r"\btime\b|\bzeit\b|beginn"),
    "date": (r"(date|datum|fecha).*(interview|gesprach|entretien|entrevista)|interview.*(date|datum)",
             r"termin|date|datum|fecha|\bwhen\b|\btag\b|\bjour\b"),
    "number": (r"^(?!.*name).*(cand|bewerber|applicant|person).*\b(id|nr|no|number|nummer|numero)\b",),
    "first": (r"vorname|first ?name|given ?name|prenom",),
    "person": (
        r"cand.*name|name.*cand|bewerbername|nachname|last ?name|surname|apellido|full ?name",
        r"bewerber|candidat|kandidat|applicant|person", r"^name$|^nom$|^nombre$",
    ),
    "position": (r"position|\bjob|\brole\b|\brolle|stelle|vacan", r"title|titel|poste|puesto|requisition"),
    "client": (r"client|company|firm|kunde|unternehmen|entreprise|empresa|department|abteilung|service|departamento",),
    "kind": (r"interview.*(type|kind|format|art)|(type|art|format|mode).*(interview|gesprach|entretien|entrevista)",),
}  # fmt: skip
_MOST_WORDS_OF_A_HEADING = 5  # longer ones are questions
_NEEDED = ("date", "person", "position", "attended")
_YES = {
    "yes", "y", "ja", "j", "oui", "o", "si", "s", "true", "1", "x", "attended", "present", "completed", "done", "came",
    "erschienen", "stattgefunden", "teilgenommen", "wahrgenommen", "presente", "asistio", "realizada", "wahr", "vrai",
}  # fmt: skip
_NO = {
    "no", "n", "nein", "non", "false", "0", "absent", "missed", "no show", "no-show", "noshow", "not attended",
    "nicht erschienen", "ausgefallen", "absente", "ausente", "no asistio", "falsch", "faux", "did not come",
}  # fmt: skip
_DATES = (
    "%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%d/%m/%y", "%m/%d/%Y", "%m/%d/%y", "%d-%m-%Y", "%d-%m-%y",
    "%d-%b-%Y", "%d-%b-%y", "%d. %B %Y", "%d %B %Y", "%d %b %y", "%B %d, %Y", "%Y/%m/%d", "%Y%m%d",
)  # fmt: skip
_CLOCKS = (" %H:%M", " %H:%M:%S", " %I:%M %p", ", %H:%M", "T%H:%M:%S")


def suggest_mapping(file: Path) -> str:
    """The text of a mapping. Raises UserMistake when the file holds no table."""
    with opened(file, TableHints()) as table:
        headings, rows = _sample(table, file)
        return "\n".join(_written(file, table, headings, rows)) + "\n"


def _sample(table: SourceTable, file: Path) -> tuple[list[str], list[list[str]]]:
    """The headings, the widest of the first lines, and rows below them."""
    lines = [[clean(cell) for cell in line.cells] for line in islice(table.lines, _SAMPLE) if any(line.cells)]
    if not lines:
        raise UserMistake(f"{file} holds no line of headings.")
    first = max(lines[:20], key=lambda cells: len(set(filter(None, cells))))
    begin = lines.index(first)
    return first, lines[begin + 1 :]


def guess_columns(headings: Sequence[str]) -> dict[str, str]:
    """What each column seems to mean -> its heading. Protected and doubled headings are left alone."""
    known = Counter(headings)
    free = [h for h in headings if known[h] == 1 and _may_be_read(h)]
    found: dict[str, str] = {}
    for meaning, patterns in _MEANINGS.items():
        matching = (h for pattern in patterns for h in free if re.search(pattern, _plain(h)))
        if heading := next(matching, None):
            found[meaning] = heading
            free.remove(heading)
    return found


def _may_be_read(heading: str) -> bool:
    plain = _plain(heading)
    return 0 < len(plain.split()) <= _MOST_WORDS_OF_A_HEADING and not _NEVER.search(plain)


def _plain(heading: str) -> str:
    """Lower case, without accents, words apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-]", " ", heading)
    bare = unicodedata.normalize("NFKD", apart.casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _written(file: Path, table: SourceTable, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    found = guess_columns(headings)
    columns = {m: found[m] for m in _MEANINGS if m in found} | {m: UNKNOWN for m in _NEEDED if m not in found}
    values = {m: [row[headings.index(h)] for row in rows if len(row) > headings.index(h)] for m, h in found.items()}
    yield f"# A first mapping of {file.name}, guessed from its headings ({table.words}). Read every line of it:"
    yield "# what a column means, and that nothing is read that is not needed. No other column is ever looked at."
    yield ""
    if table.sheet:
        yield f"sheet = {_quoted(table.sheet)}"
    yield "[columns]"
    yield from (f"{meaning} = {_quoted(heading)}" for meaning, heading in columns.items())
    yield from _ids(columns)
    yield from _when(columns, values)
    yield from _attendance(values.get("attended", []))
    yield from _texts(columns)


def _ids(columns: Collection[str]) -> Iterator[str]:
    yield "" if "number" in columns else "\n# Two people of one name need a column that tells them apart."
    yield "[ids]"
    yield f'job = "{"{client}-" if "client" in columns else ""}{{position}}"'
    person = "{first}-{person}" if "first" in columns else "{person}"
    yield f'candidate = "{"{number}" if "number" in columns else person}"'


def _when(columns: Collection[str], values: dict[str, list[str]]) -> Iterator[str]:
    formats, doubt = guess_formats(values.get("date", []))
    yield f"\n[when]\ncolumn = {_quoted('date')}"
    if doubt:
        yield "# Day and month could be the other way round: no day beyond the twelfth was seen."
    yield f"formats = {json.dumps(formats)}"
    if "time" in columns:
        yield 'time_column = "time"'
        unread = [text for text in values.get("time", []) if text and not read_time(text, TIME_FORMATS)]
        yield from ['time_formats = ["%H:%M"]  # not all could be read: name theirs'] if unread else []
    else:
        yield "start = 09:00:00  # where the file has no time of day"
    yield 'minutes = 60\ntimezone = "Etc/UTC"  # where the interviews were, such as Europe/Berlin'


def guess_formats(cells: Iterable[str]) -> tuple[list[str], bool]:
    """Formats that read all of these cells, the commonest first, and whether month and day might change places."""
    left = [cell for cell in cells if cell and not read_date(cell, ())]
    chosen: list[str] = []
    doubt = False
    layouts = [*_DATES, *(d + c for d in _DATES for c in _CLOCKS)]
    while left:
        best = max(layouts, key=lambda layout: sum(read_date(cell, [layout]) is not None for cell in left))
        read = [cell for cell in left if read_date(cell, [best])]
        if not read:
            break
        turned = best.replace("%d", "%D").replace("%m", "%d").replace("%D", "%m")
        doubt = doubt or ("%m" in best and not best.startswith("%Y") and all(read_date(c, [turned]) for c in read))
        chosen.append(best)
        left = [cell for cell in left if cell not in set(read)]
    return chosen or ["%Y-%m-%d"], doubt


def _attendance(cells: Iterable[str]) -> Iterator[str]:
    words = Counter(tidy(cell) for cell in cells if cell.strip())
    yes = [word for word in words if _plain(word) in _YES] or ["yes"]
    no = [word for word in words if _plain(word) in _NO] or ["no"]
    rest = [word for word in words if word not in {*yes, *no}]
    yield f'\n[attendance]\ncolumn = "attended"\ncompleted = {_listed(yes)}\nmissed = {_listed(no)}'
    if rest and len(rest) <= _MOST_WORDS and all(len(word) <= _LONGEST_WORD for word in rest):
        yield f"# Also in this column, taken for neither: {_listed(rest)}"
    elif rest:
        yield f"# {len(rest)} other values are in this column, taken for neither."


def _texts(columns: Collection[str]) -> Iterator[str]:
    client = ", {client}" if "client" in columns else ""
    yield f'\n[job]\ntitle = "{{position}}{client}"\nfamily = "{{position}}"\nlanguage = "en"'
    yield f'\n[candidate]\nname = "{"{first} " if "first" in columns else ""}{{person}}"'
    if "kind" in columns:
        yield '\n[interview]\nformat = "{kind}"'


def _listed(words: Sequence[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
