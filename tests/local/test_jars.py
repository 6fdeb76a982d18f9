"""Downloads: pinned, whole or not at all, and plain words when a registry cannot be reached."""

import http.server
import threading

import pytest

from local import jars
from local.errors import RegistryUnreachable


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "talentloop"


@pytest.fixture
def lying_registry(monkeypatch):
    """Answers every question with a page, as a hotel's network does."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>Please log in</html>")

        def log_message(self, *_):
            """Keep quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("TALENTLOOP_MAVEN_URL", f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()


def test_every_jar_is_pinned_by_a_hash():
    pinned = jars.pinned_jars()

    assert next(jar.name for jar in pinned) == f"kafka_2.13-{jars.VERSION}.jar"
    assert all(len(jar.sha256) == 64 for jar in pinned)


def test_an_unreachable_registry_is_said_in_words(empty_cache, monkeypatch):
    monkeypatch.setenv("TALENTLOOP_MAVEN_URL", "http://127.0.0.1:1")

    with pytest.raises(RegistryUnreachable, match="TALENTLOOP_MAVEN_URL"):
        jars.fetch_jars()

    assert not (jars.kafka_folder() / "jars").exists()


def test_a_login_page_is_not_taken_for_a_jar(empty_cache, lying_registry):
    with pytest.raises(RegistryUnreachable):
        jars.fetch_jars()

    assert list(jars.kafka_folder().iterdir()) == []


def test_jars_in_the_cache_need_no_network(kafka, monkeypatch):
    monkeypatch.setenv("TALENTLOOP_MAVEN_URL", "http://127.0.0.1:1")

    assert all(jar.exists() for jar in jars.fetch_jars())
