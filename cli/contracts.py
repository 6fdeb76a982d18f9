"""`talentloop contracts`: the committed JSON Schemas and the AsyncAPI document, and whether they may change so."""

import json
from typing import Annotated

import typer

from cli.errors import Failed
from cli.showing import AsJson
from shared.contracts.compatibility import Schema, breaks_of_all
from shared.contracts.generate import ASYNCAPI, FOLDER, documents, written

app = typer.Typer(help="Write and check the published contracts.", no_args_is_help=True)


@app.command()
def write(
    break_readers: Annotated[
        bool, typer.Option("--break-readers", help="Also where old readers cannot live with it: before a release only.")
    ] = False,
) -> None:
    """Write all documents anew. Refused where a change needs a new topic `...-v2`."""
    broken = _broken()
    if broken and not break_readers:
        raise Failed(_sentences(broken) + "\nNothing is written. Such a change is a new topic `...-v2`.")
    changed = stale()
    FOLDER.mkdir(exist_ok=True)
    wanted = documents()
    for name in changed:
        if name in wanted:
            (FOLDER / name).write_text(written(wanted[name]), encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    print(f"{len(changed)} of {len(wanted)} documents written to {FOLDER}.")


@app.command()
def check(as_json: AsJson = False) -> None:
    """Compare the committed documents with the contracts. Exit 1 when they differ or old readers would break."""
    differ, broken = stale(), _broken()
    if as_json:
        print(json.dumps({"differ": differ, "incompatible": broken}))
        raise typer.Exit(1 if differ or broken else 0)
    if differ or broken:
        raise Failed("\n".join(filter(None, (_sentences(broken), *map(_differs, differ)))))
    print(f"{len(documents())} documents are as the contracts say.")


def stale() -> list[str]:
    """Names of the documents that are missing, superfluous, or not what the contracts say."""
    wanted = {name: written(document) for name, document in documents().items()}
    found = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    return sorted(name for name in wanted | found if wanted.get(name) != found.get(name))


def committed() -> dict[str, Schema]:
    """The JSON Schemas of the snapshot by file name."""
    paths = (path for path in sorted(FOLDER.glob("*.json")) if path.name != ASYNCAPI)
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def _broken() -> dict[str, list[str]]:
    return breaks_of_all(committed(), documents())


def _sentences(broken: dict[str, list[str]]) -> str:
    return "\n".join(f"{name}: {sentence}" for name, sentences in broken.items() for sentence in sentences)


def _differs(name: str) -> str:
    return f"{name} differs from the contracts: run `talentloop contracts write`."
