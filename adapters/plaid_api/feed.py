"""What is new at a bank, and its accounts, asked of Plaid: `/transactions/sync` and `/accounts/get`."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from plaid.model.accounts_get_request import AccountsGetRequest
from plaid.model.transactions_sync_request import TransactionsSyncRequest
from plaid.model.transactions_sync_request_options import TransactionsSyncRequestOptions

from adapters.plaid_api.bank_account_json import account_balance_from_json, bank_account_from_json
from adapters.plaid_api.bank_line_json import bank_line_from_json, id_in
from adapters.plaid_api.exact_json import field, object_in, text_or_none
from adapters.plaid_api.plaid_requests import PlaidRequests
from domain.bank_deposit import BankAccount, BankDeposit, BankDepositId
from ports.file_formats.records import UnreadableRecord
from ports.plaid_feed import (
    AccountBalance,
    FeedLines,
    FeedProgress,
    PagesMoved,
    PlaidSource,
    UnreadableLine,
)
from ports.plaid_refusals import PlaidAnswerUnreadable, PlaidRefused

PAGE_LINES: Final = 500
"""The most that Plaid gives: the fewer pages, the rarer do lines change under them."""
_MOVED: Final = "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"
_PROGRESS: Final = {
    "NOT_READY": FeedProgress.NOT_READY,
    "INITIAL_UPDATE_COMPLETE": FeedProgress.RECENT,
    "HISTORICAL_UPDATE_COMPLETE": FeedProgress.WHOLE,
}


class PlaidApiFeed:
    """Keeps the promises of `ports.plaid_feed.PlaidFeed`."""

    def __init__(self, requests: PlaidRequests, *, page_lines: int = PAGE_LINES) -> None:
        self._requests, self._page_lines = requests, page_lines

    async def page(self, source: PlaidSource, *, cursor: str | None) -> FeedLines:
        """With the bank's own text, which is not sent unless asked for."""
        place = {"cursor": cursor} if cursor else {}
        request = TransactionsSyncRequest(
            access_token=source.access_token.reveal().decode("ascii"),
            count=self._page_lines,
            options=TransactionsSyncRequestOptions(include_original_description=True),
            **place,
        )
        try:
            body = await self._requests.ask("transactions_sync", request, keys=source.keys)
        except PlaidRefused as refusal:
            if refusal.code == _MOVED:
                raise PagesMoved from refusal
            raise
        return _Page(source).read(object_in(body))

    async def balances(self, source: PlaidSource) -> tuple[AccountBalance, ...]:
        """All accounts of the connection."""
        request = AccountsGetRequest(access_token=source.access_token.reveal().decode("ascii"))
        answer = object_in(await self._requests.ask("accounts_get", request, keys=source.keys))
        try:
            return tuple(account_balance_from_json(record, source) for record in _objects(answer, "accounts"))
        except UnreadableRecord as error:
            raise PlaidAnswerUnreadable(f"an account of Plaid's answer cannot be read: {error}") from error


class _Page:
    """One answer of `/transactions/sync`."""

    def __init__(self, source: PlaidSource) -> None:
        self._source = source
        self._unreadable: list[UnreadableLine] = []

    def read(self, answer: Mapping[str, Any]) -> FeedLines:
        """Every line is in the page, or named as unreadable."""
        added, modified = self._lines(answer, "added"), self._lines(answer, "modified")
        removed = self._removed(answer)
        cursor = field(answer, "next_cursor", str) or None
        has_more = field(answer, "has_more", bool)
        if has_more and cursor is None:
            raise PlaidAnswerUnreadable("Plaid's answer goes on and does not say where")
        status = text_or_none(answer, "transactions_update_status") or ""
        return FeedLines(
            added=added,
            modified=modified,
            removed=removed,
            unreadable=tuple(self._unreadable),
            accounts=self._accounts(answer),
            cursor=cursor,
            has_more=has_more,
            progress=_PROGRESS.get(status, FeedProgress.UNKNOWN),
        )

    def _lines(self, answer: Mapping[str, Any], name: str) -> tuple[BankDeposit, ...]:
        found: list[BankDeposit] = []
        for place, record in enumerate(_objects(answer, name)):
            try:
                found.append(bank_line_from_json(record))
            except UnreadableRecord as error:
                self._cannot_read(record, f"{name}[{place}]", error)
        return tuple(found)

    def _removed(self, answer: Mapping[str, Any]) -> tuple[BankDepositId, ...]:
        found: list[BankDepositId] = []
        for place, record in enumerate(_objects(answer, "removed")):
            try:
                found.append(BankDepositId(id_in(record, "transaction_id")))
            except UnreadableRecord as error:
                self._cannot_read(record, f"removed[{place}]", error)
        return tuple(found)

    def _accounts(self, answer: Mapping[str, Any]) -> tuple[BankAccount, ...]:
        """Descriptive only: an account that cannot be read is known by its lines."""
        found: list[BankAccount] = []
        for record in _objects(answer, "accounts"):
            try:
                found.append(bank_account_from_json(record, self._source))
            except UnreadableRecord:
                continue
        return tuple(found)

    def _cannot_read(self, record: Mapping[str, Any], where: str, error: UnreadableRecord) -> None:
        id = text_or_none(record, "transaction_id")
        self._unreadable.append(UnreadableLine(line=BankDepositId(id) if id else None, where=where, reason=str(error)))


def _objects(answer: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    listed: list[object] = field(answer, name, list)
    for record in listed:
        yield record if isinstance(record, Mapping) else {}
