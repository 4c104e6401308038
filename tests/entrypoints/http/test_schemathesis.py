"""Schemathesis against the live service on PostgreSQL: what the document says is what is done, for bad input too."""

import asyncio
import sys
from pathlib import Path
from typing import Final

from adapters.postgres.store import PostgresStore
from tests.entrypoints.http.callers import ACME, PARTNERS_KEY, SISTER, introduce_everybody
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.service import postgres_services

CONFIGURATION: Final = f"""
seed = 20260630
continue-on-failure = true
warnings = false
headers = {{ Authorization = "Bearer {PARTNERS_KEY}" }}
parameters = {{ company = "{ACME}" }}

[generation]
max-examples = 2
database = "none"
no-shrink = true

[phases]
stateful.enabled = false
examples.enabled = false
coverage.unexpected-methods = ["TRACE"]  # every other one is tried in test_bad_input
coverage.generate-duplicate-query-parameters = true

# What no schema can say (an external id that is taken, a currency that is not the account's, two dates in the wrong
# order) is refused with 409 or 422.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 404, 409, 422]

[[operations]]
include-method = "DELETE"
include-path = "/v1/companies/{{company}}"
parameters = {{ company = "{SISTER}" }}
"""
SECONDS_MAX: Final = 240


async def test_schemathesis_finds_nothing(tmp_path: Path, postgres_store: PostgresStore) -> None:
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    service = LiveService()
    service.services = postgres_services(service.clock, postgres_store)
    await introduce_everybody(postgres_store)
    async with service.running():
        url = str(service.url).rstrip("/")
        run = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            str(configuration),
            "run",
            f"{url}/openapi.json",
            f"--url={url}",
            "--workers=1",
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(SECONDS_MAX):
            printed, _ = await run.communicate()

    assert run.returncode == 0, printed.decode()
