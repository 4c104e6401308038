"""The adapter keeps what its ports promise, before a simulated Plaid, through Plaid's SDK over HTTP."""

from contextlib import AbstractAsyncContextManager

from tests.adapters.plaid_api.simulated import simulated_bank, simulated_door, simulated_signer
from tests.ports.plaid_feed_contract import Bank, PlaidFeedContract
from tests.ports.plaid_link_contract import Door, PlaidLinkContract
from tests.ports.plaid_platform_contract import PlaidPlatformContract, Signer


class TestPlaidApiFeed(PlaidFeedContract):
    def open_bank(self) -> AbstractAsyncContextManager[Bank]:
        return simulated_bank()


class TestPlaidApiLink(PlaidLinkContract):
    def open_door(self) -> AbstractAsyncContextManager[Door]:
        return simulated_door()


class TestPlaidApiPlatform(PlaidPlatformContract):
    def open_signer(self) -> AbstractAsyncContextManager[Signer]:
        return simulated_signer()
