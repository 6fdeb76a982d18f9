"""How a pattern may begin: by their first two characters, few of many patterns are tried at a word."""

from collections.abc import Iterator, Set

ANY = "\0"  # any character
BLANKS = " -"  # every blank counts as the first
LENGTH = 2
_LOOKS = ("(?!", "(?=", "(?<")


def openings(pattern: str) -> Set[str]:
    """The first two characters of whatever it matches; fewer where more than those few may stand there."""
    found = _of_alternatives(_Reading(pattern))
    return {(opening if len(opening) == LENGTH else opening + ANY).partition(ANY)[0] for opening in found}


class _Reading:
    """A pattern, read from left to right. Of expressions it knows what the word lists use."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0

    def at(self, *texts: str) -> bool:
        return self.pattern.startswith(texts, self.position)

    def take(self, length: int = 1) -> str:
        taken = self.pattern[self.position : self.position + length]
        self.position += length
        return taken

    @property
    def has_more(self) -> bool:
        return self.position < len(self.pattern) and not self.at("|", ")")


def _of_alternatives(reading: _Reading) -> set[str]:
    found = _of_sequence(reading)
    while reading.at("|"):
        reading.take()
        found |= _of_sequence(reading)
    return found


def _of_sequence(reading: _Reading) -> set[str]:
    found = {""}
    while reading.has_more:
        following = _repeated(reading, _of_item(reading))
        found = set(_joined(found, following))
    return found


def _joined(found: Set[str], following: Set[str]) -> Iterator[str]:
    for opening in found:
        is_open = len(opening) < LENGTH and not opening.endswith(ANY)
        yield from ((opening + more)[:LENGTH] for more in following) if is_open else (opening,)


def _of_item(reading: _Reading) -> set[str]:
    if reading.at(*_LOOKS):
        _skip_group(reading)
        return {""}
    if reading.at("("):
        reading.take(3 if reading.at("(?:") else 1)
        found = _of_alternatives(reading)
        reading.take()
        return found
    if reading.at("["):
        return _of_class(reading)
    if reading.at("\\"):
        return _of_escape(reading.take(2)[1])
    letter = reading.take()
    return {ANY if letter == "." else letter}


def _of_escape(letter: str) -> set[str]:
    if letter == "d":
        return set("0123456789")
    return {"" if letter == "b" else ANY if letter.isalpha() else letter}


def _of_class(reading: _Reading) -> set[str]:
    inner = reading.take(reading.pattern.index("]", reading.position) - reading.position + 1)[1:-1]
    if inner == r"\s-":
        return set(BLANKS)
    if inner.startswith("^") or "\\" in inner or "-" in inner[1:-1]:
        return {ANY}
    return set(inner)


def _repeated(reading: _Reading, found: set[str]) -> set[str]:
    least, most = _times(reading)
    if most > 1:
        found = {opening if len(opening) == LENGTH else opening + ANY for opening in found if opening}
    return found | {""} if least == 0 else found


def _times(reading: _Reading) -> tuple[int, int]:
    sign = reading.take() if reading.at("?", "*", "+", "{") else ""
    least = 0 if sign in ("?", "*") else 1
    if sign == "{":
        bounds = reading.take(reading.pattern.index("}", reading.position) - reading.position + 1)[:-1]
        least = int(bounds.partition(",")[0] or 0)
    if sign and reading.at("?", "+"):
        reading.take()
    return least, 2 if sign in ("*", "+", "{") else 1


def _skip_group(reading: _Reading) -> None:
    depth = 0
    while True:
        sign = reading.take()
        if sign == "\\":
            reading.take()
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return
