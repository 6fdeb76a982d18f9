"""Settings: what a service is told by its environment."""

from pathlib import Path

import pytest

from shared.settings.environment import SettingsError
from shared.settings.service import ListeningSettings

ENOUGH = {
    "DATABASE_URL": "postgresql://candidates:hunter2@db:5432/candidates",
    "KAFKA_BOOTSTRAP_SERVERS": "kafka-1:9092,kafka-2:9092",
    "PUBLIC_URL": "https://candidates.example.org",
    "OIDC_ISSUER": "https://id.example.org",
    "OIDC_JWKS_URL": "https://id.example.org/keys",
    "LINK_KEY": "l" * 40,
    "HASH_KEY": "h" * 40,
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ListeningSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in ENOUGH.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_what_is_needed_is_enough():
    settings = ListeningSettings()

    assert (settings.env, settings.http_port, settings.topic_prefix) == ("production", 8000, "")
    assert settings.parts == {"http", "consumer", "relay", "clock", "post"}
    assert settings.kafka == {"bootstrap_servers": ["kafka-1:9092", "kafka-2:9092"]}


def test_a_secret_is_never_printed():
    settings = ListeningSettings()

    assert "hunter2" not in repr(settings)
    assert "l" * 40 not in repr(settings)
    assert settings.database_url.get_secret_value().startswith("postgresql://candidates:hunter2@")


def test_parts_are_named_with_commas(environment):
    environment.setenv("PARTS", "http, relay")

    assert ListeningSettings().parts == {"http", "relay"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TALENTLOOP_ENV", "prod"),
        ("DATABASE_URL", "mysql://db/candidates"),
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka"),
        ("PARTS", "http,kitchen"),
        ("PARTS", ","),
        ("HTTP_PORT", "eighty"),
        ("HTTP_PORT", "70000"),
        ("PUBLIC_URL", "candidates.example.org"),
        ("OIDC_JWKS_URL", "ftp://id.example.org"),
        ("LINK_KEY", "too-short"),
        ("LINK_KEY", "l" * 40 + ",short"),
        ("HASH_KEY", "too-short"),
        ("LOG_LEVEL", "LOUD"),
        ("TOPIC_PREFIX", "a b"),
        ("KAFKA_SECURITY_PROTOCOL", "TLS"),
    ],
)
def test_a_wrong_setting_names_its_variable_and_not_its_value(environment, name, value):
    environment.setenv(name, value)

    with pytest.raises(SettingsError) as refused:
        ListeningSettings()

    assert [p.partition(":")[0] for p in refused.value.problems] == [name]
    if "KEY" in name:
        assert value not in str(refused.value)


def test_every_missing_setting_is_named_in_a_line_of_its_own(environment):
    for name in ENOUGH:
        environment.setenv(name, "")

    with pytest.raises(SettingsError) as refused:
        ListeningSettings()

    assert {line.partition(":")[0] for line in str(refused.value).splitlines()} == set(ENOUGH)
    assert refused.value.exit_code == 2


def test_a_setting_may_lie_in_a_file(environment, tmp_path: Path):
    (tmp_path / "key").write_text("k" * 50 + "\n")
    environment.delenv("LINK_KEY")
    environment.setenv("LINK_KEY_FILE", str(tmp_path / "key"))

    assert ListeningSettings().link_key.get_secret_value() == "k" * 50


def test_a_file_that_cannot_be_read_is_named_by_its_variable(environment, tmp_path: Path):
    environment.delenv("LINK_KEY")
    environment.setenv("LINK_KEY_FILE", str(tmp_path / "nowhere"))

    with pytest.raises(SettingsError, match=r"^LINK_KEY_FILE: "):
        ListeningSettings()


def test_a_setting_and_its_file_at_once_are_refused(environment, tmp_path: Path):
    (tmp_path / "key").write_text("k" * 50)
    environment.setenv("LINK_KEY_FILE", str(tmp_path / "key"))

    with pytest.raises(SettingsError, match="either LINK_KEY or LINK_KEY_FILE"):
        ListeningSettings()


def test_the_local_issuer_is_refused_in_production_only(environment):
    environment.setenv("OIDC_JWKS_URL", "file:///keys.json")

    with pytest.raises(SettingsError, match=r"^OIDC_JWKS_URL: "):
        ListeningSettings()
    assert ListeningSettings(talentloop_env="demo").env == "demo"


def test_kafka_with_a_password_signs_in(environment):
    environment.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    environment.setenv("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512")
    environment.setenv("KAFKA_SASL_USERNAME", "candidates")
    environment.setenv("KAFKA_SASL_PASSWORD", "hunter2")

    kafka = ListeningSettings().kafka

    assert kafka.pop("ssl_context") is not None
    assert kafka == {
        "bootstrap_servers": ["kafka-1:9092", "kafka-2:9092"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "candidates",
        "sasl_plain_password": "hunter2",
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://candidates@db:5432/x?a=b", "postgresql://candidates:p%40ss%2Fword@db:5432/x?a=b"),
        ("postgresql://candidates:old@db/x", "postgresql://candidates:p%40ss%2Fword@db/x"),
    ],
)
def test_the_database_password_may_stand_beside_its_url(environment, url, expected):
    environment.setenv("DATABASE_URL", url)

    assert ListeningSettings().database == url
    assert ListeningSettings(database_password="p@ss/word").database == expected


def test_kafka_with_half_a_sign_in_is_refused(environment):
    environment.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    environment.setenv("KAFKA_SASL_USERNAME", "candidates")
    environment.setenv("KAFKA_SSL_CAFILE", "/nowhere/ca.pem")

    with pytest.raises(SettingsError) as refused:
        ListeningSettings()

    assert [p.partition(":")[0] for p in refused.value.problems] == [
        "KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD",
        "KAFKA_SSL_CAFILE",
    ]


@pytest.mark.parametrize(("named", "given"), [(None, "gzip"), ("zstd", "zstd"), ("none", None)])
def test_records_are_compressed_so_that_every_client_reads_them(environment, named, given):
    if named:
        environment.setenv("KAFKA_COMPRESSION", named)

    assert ListeningSettings().producer["compression_type"] == given
