"""What every PlaidLink promises, whoever it asks."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

import attrs
import pytest
import pytest_asyncio

from domain.secret import Secret
from ports.plaid_feed import PlaidKeys, PlaidSource
from ports.plaid_link import GrantedItem, LinkRequest, PlaidLink, PublicTokenRefused
from ports.plaid_refusals import PlaidAccessGone

ASKED: Final = LinkRequest(client_name="Ledgerline, the books of thousands", user="co_1", countries=("US",))
HOSTED: Final = attrs.evolve(ASKED, hosted_return="https://ledgerline.example/bank/done")


class Door(Protocol):
    """A Plaid with one bank, and users who do as they are told."""

    @property
    def link(self) -> PlaidLink: ...
    @property
    def keys(self) -> PlaidKeys: ...
    def user_connects(self, invitation: Secret) -> Secret:
        """A user goes through Link to its end. The public token."""

    def want_login(self, access_token: Secret) -> None: ...


class PlaidLinkContract(ABC):
    """Subclass it for each adapter."""

    @abstractmethod
    def open_door(self) -> AbstractAsyncContextManager[Door]:
        """Everything works."""

    @pytest_asyncio.fixture
    async def door(self) -> AsyncIterator[Door]:
        async with self.open_door() as door:
            yield door

    async def test_an_invitation_has_a_page_only_where_it_was_asked_for(self, door: Door) -> None:
        plain, hosted = await door.link.invite(door.keys, ASKED), await door.link.invite(door.keys, HOSTED)

        assert (plain.url, hosted.url is not None) == (None, True)
        assert plain.token != hosted.token
        assert plain.expires_at.tzinfo is not None

    async def test_a_public_token_gives_the_connection_once(self, door: Door) -> None:
        granted = await connected(door)
        public = door.user_connects((await door.link.invite(door.keys, ASKED)).token)
        other = await door.link.exchange(door.keys, public)

        with pytest.raises(PublicTokenRefused) as refused:
            await door.link.exchange(door.keys, public)

        assert granted.item != other.item
        assert public.reveal().decode() not in str(refused.value)

    async def test_a_public_token_that_nobody_gave(self, door: Door) -> None:
        with pytest.raises(PublicTokenRefused):
            await door.link.exchange(door.keys, Secret("public-sandbox-00000000-0000-4000-8000-000000000000"))

    async def test_hosted_link_tells_the_public_token_to_who_asks(self, door: Door) -> None:
        invitation = await door.link.invite(door.keys, HOSTED)
        before = await door.link.public_tokens(door.keys, invitation.token)
        public = door.user_connects(invitation.token)

        after = await door.link.public_tokens(door.keys, invitation.token)

        assert (before, after) == ((), (public,))

    async def test_a_connection_says_how_it_is(self, door: Door) -> None:
        granted = await connected(door)
        good = await door.link.standing(source_of(door, granted))
        door.want_login(granted.access_token)
        bad = await door.link.standing(source_of(door, granted))

        assert (good.item, good.needs, good.institution_name) == (granted.item, None, "First Platypus Bank")
        assert (bad.item, bad.needs) == (granted.item, "ITEM_LOGIN_REQUIRED")

    async def test_a_user_repairs_the_connection_which_stays_the_same(self, door: Door) -> None:
        granted = await connected(door)
        door.want_login(granted.access_token)
        repair = attrs.evolve(ASKED, repair=granted.access_token)

        door.user_connects((await door.link.invite(door.keys, repair)).token)

        standing = await door.link.standing(source_of(door, granted))
        assert (standing.item, standing.needs) == (granted.item, None)

    async def test_what_is_let_go_is_gone(self, door: Door) -> None:
        granted = await connected(door)
        source = source_of(door, granted)

        removed = [await door.link.remove(source) for _ in range(2)]

        assert removed == [True, False]
        with pytest.raises(PlaidAccessGone):
            await door.link.standing(source)
        with pytest.raises(PlaidAccessGone):
            await door.link.invite(door.keys, attrs.evolve(ASKED, repair=granted.access_token))


async def connected(door: Door) -> GrantedItem:
    """A user connected the bank."""
    invitation = await door.link.invite(door.keys, ASKED)
    return await door.link.exchange(door.keys, door.user_connects(invitation.token))


def source_of(door: Door, granted: GrantedItem) -> PlaidSource:
    """Whom to ask of it."""
    return PlaidSource(keys=door.keys, access_token=granted.access_token, item=granted.item)
