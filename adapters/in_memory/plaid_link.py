"""A PlaidLink whose users connect their banks when a test says so.

Differences from the real one: any keys are good, and no token ends by itself.
"""

from datetime import UTC, datetime
from itertools import count

import attrs

from domain.secret import Secret
from ports.plaid_feed import PlaidKeys, PlaidSource
from ports.plaid_link import GrantedItem, ItemStanding, LinkInvitation, LinkRequest, PublicTokenRefused
from ports.plaid_refusals import PlaidAccessGone


class InMemoryPlaidLink:
    """Keeps the promises of `ports.plaid_link.PlaidLink`."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._requests: dict[bytes, LinkRequest] = {}
        self._connected: dict[bytes, list[Secret]] = {}
        self._granted: dict[bytes, GrantedItem] = {}
        """By public token that was not used yet."""
        self._items: dict[bytes, ItemStanding] = {}
        """By access token."""

    def user_connects(self, invitation: Secret) -> Secret:
        """A user goes through Link to its end. The public token."""
        request = self._requests[invitation.reveal()]
        number = next(self._numbers)
        public = Secret(f"public-{number}")
        if request.repair is not None:
            self.need(request.repair, None)
            item = self._items[request.repair.reveal()].item
            granted = GrantedItem(item=item, access_token=request.repair)
        else:
            granted = GrantedItem(item=f"item-{number}", access_token=Secret(f"access-{number}"))
            self._items[granted.access_token.reveal()] = ItemStanding(
                item=granted.item,
                institution="ins_1",
                institution_name="First Platypus Bank",
                needs=None,
                consent_expires=None,
                last_update=None,
            )
            if request.hosted_return is not None:
                self._connected[invitation.reveal()].append(public)
        self._granted[public.reveal()] = granted
        return public

    def need(self, access_token: Secret, code: str | None) -> None:
        """Something is wrong with the connection from now on, or nothing any more."""
        place = access_token.reveal()
        self._items[place] = attrs.evolve(self._items[place], needs=code)

    async def invite(self, keys: PlaidKeys, request: LinkRequest) -> LinkInvitation:  # noqa: ARG002  # all are good
        """An invitation that never ends."""
        if request.repair is not None and request.repair.reveal() not in self._items:
            raise PlaidAccessGone("ITEM_NOT_FOUND")
        token = Secret(f"link-{next(self._numbers)}")
        self._requests[token.reveal()] = request
        self._connected[token.reveal()] = []
        url = "https://secure.plaid.example/hl/1" if request.hosted_return is not None else None
        return LinkInvitation(token=token, expires_at=datetime(2100, 1, 1, tzinfo=UTC), url=url)

    async def public_tokens(self, keys: PlaidKeys, invitation: Secret) -> tuple[Secret, ...]:  # noqa: ARG002
        """Those of users who connected, whether they were exchanged or not."""
        return tuple(self._connected[invitation.reveal()])

    async def exchange(self, keys: PlaidKeys, public_token: Secret) -> GrantedItem:  # noqa: ARG002
        """Once."""
        granted = self._granted.pop(public_token.reveal(), None)
        if granted is None:
            raise PublicTokenRefused("the token is used, or was never given")
        return granted

    async def standing(self, source: PlaidSource) -> ItemStanding:
        """As it was told."""
        found = self._items.get(source.access_token.reveal())
        if found is None:
            raise PlaidAccessGone("ITEM_NOT_FOUND")
        return found

    async def remove(self, source: PlaidSource) -> bool:
        """Forgets it."""
        return self._items.pop(source.access_token.reveal(), None) is not None
