"""One page of one of Stripe's lists, read by whoever knows its records. What cannot be read is named, not passed over.

Source: docs.stripe.com/api/pagination, API version 2026-10-28.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from adapters.stripe_api import json_fields
from adapters.stripe_api.stripe_requests import StripeRequests
from domain.partner import Mode
from ports.file_formats.json_values import JsonObject
from ports.file_formats.records import UnreadableRecord
from ports.file_formats.text import is_plain_id
from ports.stripe_feed_reader import FeedAccount, FeedPage, PlaceGone
from ports.stripe_refusals import StripeAnswerUnreadable, StripeRefused

R = TypeVar("R")
PAGE: Final = 100
"""The most that Stripe gives at once."""


class _Page(msgspec.Struct):
    data: list[dict[str, Any]]
    has_more: bool


async def page_of(
    requests: StripeRequests,
    source: FeedAccount,
    path: str,
    params: Mapping[str, Any],
    after: str | None,
    read: Callable[[JsonObject], R],
) -> FeedPage[R]:
    """The page that begins after this record. Raises PlaceGone and what `ports.stripe_refusals` has."""
    asked = {**params, "limit": PAGE, **({} if after is None else {"starting_after": after})}
    try:
        page = decoded(await get(requests, source, path, asked), _Page)
    except StripeRefused as refusal:
        if after is not None and refusal.param == "starting_after":
            raise PlaceGone(after) from refusal
        raise
    if page.has_more and not page.data:
        raise StripeAnswerUnreadable("Stripe lists nothing, and says that there is more")
    records, unreadable = list[R](), list[str]()
    listed = {_id(record): record for record in page.data}  # each once, whatever changed under the page
    for id, record in listed.items():
        try:
            records.append(read(record))
        except UnreadableRecord as error:
            unreadable.append(f"{id}: {error}")
    return FeedPage(
        records=tuple(records),
        ids=tuple(listed),
        unreadable=tuple(unreadable),
        first_created=_created(page.data[0]) if page.data else None,
        last_created=_created(page.data[-1]) if page.data else None,
        has_more=page.has_more,
    )


async def get(requests: StripeRequests, source: FeedAccount, path: str, params: Mapping[str, Any]) -> bytes:
    """The answer's body; the platform's own account is asked without naming it."""
    account = None if source.is_own else source.account
    return await requests.send("get", path, key=source.key, account=account, params=params)


def decoded(body: bytes, type_: type[R]) -> R:
    """The body as this type. Raises StripeAnswerUnreadable."""
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise StripeAnswerUnreadable("Stripe's answer is no JSON as it documents it") from error


def refuse_other_mode(record: JsonObject, source: FeedAccount) -> None:
    """Raises StripeAnswerUnreadable for a record of the other mode, or of none."""
    if json_fields.truth(record, "livemode") is not (source.mode is Mode.LIVE):
        raise StripeAnswerUnreadable(f"Stripe answered with what is not of {source.mode.value} mode")


def _id(record: JsonObject) -> str:
    """Without it no list can be walked."""
    id = record.get("id")
    if not isinstance(id, str) or not is_plain_id(id):
        raise StripeAnswerUnreadable("Stripe lists a record without an id")
    return id


def _created(record: JsonObject) -> datetime | None:
    try:
        return json_fields.moment(record, "created")
    except UnreadableRecord:
        return None
