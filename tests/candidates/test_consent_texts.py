"""What people agreed to stays as it was: a published version of a consent text is never edited."""

import hashlib
import json
from pathlib import Path

from services.candidates.api.consent_texts import PLACE

PUBLISHED = Path(__file__).with_name("consent_texts.json")


def digests() -> dict[str, str]:
    """Every text by its place, with what it says as a number."""
    folder = Path(str(PLACE))
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_published_text_is_never_changed_and_a_new_one_is_noted():
    published, found = json.loads(PUBLISHED.read_text()), digests()

    changed = [name for name, digest in published.items() if found.get(name) != digest]
    assert not changed, (
        f"{changed}: people agreed to these words. Bring them back (`git checkout`), and put the new wording into "
        "files of a new version, named after its month."
    )
    assert list(found) == list(published), f"Add the new texts to {PUBLISHED.name}: {json.dumps(found, indent=2)}"
