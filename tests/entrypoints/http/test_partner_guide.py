"""The guide on the documentation page does what it says: its commands are answered, its program knows us."""

import re
import shlex
from datetime import UTC, datetime
from html import unescape
from typing import Any

from adapters.partner_webhooks.http_sender import HttpWebhookSender
from domain.secret import Secret
from entrypoints.http.resources import ROUTES
from ports.webhook_sender import OutgoingWebhook
from tests.adapters.partner_webhooks.receiver import listening, take
from tests.entrypoints.http.live_service import LiveService, live_service
from tests.entrypoints.http.service import work_done

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


async def shown(service: LiveService) -> list[str]:
    """What the page shows to be copied: the commands, then the program."""
    page = (await service.ask("GET", "/docs", secret=None)).content.decode()
    guide = page[page.index("<h2>Guide") : page.index("<h2>", page.index("<h2>Guide") + 1)]
    return [unescape(each) for each in re.findall(r"<pre>(.*?)</pre>", guide, re.DOTALL)]


async def test_its_commands_lead_from_a_company_to_a_match() -> None:
    answers: list[Any] = []
    async with live_service() as service:
        commands, _ = await shown(service)
        company = ""
        for command in commands.split("\n\n"):
            told = shlex.split(command.replace("$COMPANY", company).replace("\\\n", " "))
            url = next(word for word in told if word.startswith("http"))
            headers = dict(told[at + 1].split(": ") for at, word in enumerate(told) if word == "-H")
            headers.pop("Authorization")
            content = told[told.index("-d") + 1].encode() if "-d" in told else None
            path = url.removeprefix(service.services.public_url)
            answer = await service.ask("GET" if content is None else "POST", path, content=content, headers=headers)
            assert answer.status in (200, 201), (command, answer.content)
            answers.append(answer.json)
            company = company or answer.json["id"]
            await work_done(service.services)

    (match,) = answers[4]["data"]
    assert match["status"] == "matched"


async def test_its_program_tells_our_events_from_others() -> None:
    async with live_service() as service:
        _, program = await shown(service)
    names: dict[str, Any] = {}
    exec(program, names)
    is_tieouts = names["is_tieouts"]
    at = datetime(2026, 6, 30, 12, tzinfo=UTC)
    async with HttpWebhookSender(loopback_allowed=True) as sender, listening(take) as receiver:
        other = Secret("whsec_" + "A" * 32)
        await sender.send(
            OutgoingWebhook(url=receiver.url, id="evt_1", at=at, body=b'{"a":1}', secrets=(other, Secret(SECRET)))
        )
    (received,) = receiver.received
    headers = {name.lower(): value for name, value in received.request.headers.items()}

    assert is_tieouts(headers, received.body, SECRET, at.timestamp)
    assert not is_tieouts(headers, received.body + b" ", SECRET, at.timestamp)
    assert not is_tieouts(headers, received.body, "whsec_" + "B" * 32, at.timestamp)
    assert not is_tieouts(headers, received.body, SECRET, lambda: at.timestamp() + 301)
    assert not is_tieouts({**headers, "webhook-timestamp": "x"}, received.body, SECRET, at.timestamp)


async def test_every_path_that_it_names_is_there() -> None:
    async with live_service() as service:
        page = (await service.ask("GET", "/docs", secret=None)).content.decode()
    guide = page[page.index("<h2>Guide") : page.index('<h2 id="problems">')].partition("<details")[0]
    named = {each.rpartition(" ")[2] for each in re.findall(r"<code>((?:[A-Z]+ )?/[\w/]+)</code>", guide)}

    assert named
    assert [each for each in named if not any(route.path.endswith(each) for route in ROUTES)] == []
