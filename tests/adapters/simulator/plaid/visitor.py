"""Somebody who goes through Link's pages."""

import re
from collections.abc import Iterable
from typing import Any

import aiohttp

from adapters.simulator.wire import JsonObject
from tests.adapters.simulator.plaid.desk import Desk

LOGIN = "ins_109508/owner"


async def link_token(desk: Desk, **fields: Any) -> JsonObject:
    asked: dict[str, Any] = {
        "client_name": "Ledgerline",
        "language": "en",
        "country_codes": ["US"],
        "user": {"client_user_id": "co_1"},
        **fields,
    }
    if "access_token" not in fields:
        asked.setdefault("products", ["transactions"])
    return await desk.ask("link_token_create", **asked)


class Visitor:
    """Somebody with a browser that runs no scripts."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session, self.url = session, url
        self.page = ""
        self.status = 0
        self.sent_to = ""

    async def open(self, url: str) -> None:
        async with self.session.get(url) as response:
            await self._read(response)

    async def press(self, decision: str, **fields: str | Iterable[str]) -> None:
        """Fills the form that is open and presses a button of it."""
        action = re.search(r'action="([^"]+)"', self.page)
        assert action, self.page
        assert f'value="{decision}"' in self.page
        form = [("decision", decision), *re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.page)]
        for name, value in fields.items():
            form += [(name, each) for each in ([value] if isinstance(value, str) else value)]
        async with self.session.post(f"{self.url}{action[1]}", data=form, allow_redirects=False) as response:
            self.sent_to = response.headers.get("Location", "")
            await self._read(response)

    async def connect(self, *accounts: str) -> None:
        """Goes through both pages."""
        await self.press("choose", login=LOGIN)
        await self.press("connect", account=accounts)

    @property
    def public_token(self) -> str:
        """What the last page shows."""
        found = re.search(r'<output id="public-token">([^<]*)</output>', self.page)
        assert found, self.page
        return found[1]

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        self.status, self.page = response.status, await response.text()
