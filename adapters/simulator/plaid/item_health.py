"""What becomes of an Item's access: login required, consent that ends, permission revoked, repaired, removed."""

from typing import Final, Literal

from adapters.simulator.plaid import item_updates
from adapters.simulator.plaid.item import Item, LinkedAccount
from adapters.simulator.plaid.kernel import Kernel, moment_text
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.wire import DAY, JsonObject

_WARNED_BEFORE: Final = 7 * DAY
"""PENDING_EXPIRATION and PENDING_DISCONNECT come so long before (documented)."""


def require_login(kernel: Kernel, item: Item, reason: str | None = None) -> None:
    """The user must log in again: ITEM / ERROR with ITEM_LOGIN_REQUIRED (plaid.com/docs/api/items; documented)."""
    if item.is_removed or item.error is not None:
        return
    item.error = Refused("ITEM_LOGIN_REQUIRED", reason=reason)
    _tell(kernel, item, "ERROR", error={**item.error.as_object(), "status": item.error.status})


def heal(kernel: Kernel, item: Item) -> None:
    """The login works again by itself: ITEM / LOGIN_REPAIRED (documented)."""
    if item.error is not None and item.error.code == "ITEM_LOGIN_REQUIRED":
        item.error = None
        _tell(kernel, item, "LOGIN_REPAIRED")
        item_updates.look(kernel, item)


def repair(kernel: Kernel, item: Item) -> None:
    """The user went through Link's update mode: consent begins anew, and Plaid looks at once. A permission that was
    revoked does not come back so: it takes a new Item (documented)."""
    if item.error is not None and item.error.code != "ITEM_LOGIN_REQUIRED":
        return
    was_broken, item.error = item.error is not None, None
    begin_consent(kernel, item)
    if was_broken and kernel.switches.repaired_is_told:
        _tell(kernel, item, "LOGIN_REPAIRED")
    item_updates.look(kernel, item)


def begin_consent(kernel: Kernel, item: Item) -> None:
    """Where consent ends by itself: a warning seven days before, then a login is required (documented)."""
    days = item.bank.habits.consent_days
    if days is None:
        return
    expires = kernel.now + days * DAY
    item.consent_expires = expires

    def warn() -> None:
        if item.consent_expires == expires and not item.is_removed:
            _tell(kernel, item, "PENDING_EXPIRATION", consent_expiration_time=moment_text(expires))

    def end() -> None:
        if item.consent_expires == expires:
            require_login(kernel, item, "OAUTH_CONSENT_EXPIRED")

    kernel.clock.at(expires - _WARNED_BEFORE, warn)
    kernel.clock.at(expires, end)


def announce_disconnect(
    kernel: Kernel,
    item: Item,
    reason: Literal["INSTITUTION_MIGRATION", "INSTITUTION_TOKEN_EXPIRATION"] = "INSTITUTION_MIGRATION",
) -> None:
    """PENDING_DISCONNECT, in the United States and Canada; a login is required in seven days unless the user goes
    through update mode before (documented)."""
    ends = kernel.now + _WARNED_BEFORE
    item.consent_expires = ends
    _tell(kernel, item, "PENDING_DISCONNECT", reason=reason, disconnect_time=moment_text(ends))

    def end() -> None:
        if item.consent_expires == ends:
            require_login(kernel, item)

    kernel.clock.at(ends, end)


def revoke(kernel: Kernel, item: Item) -> None:
    """The user took back the permission: USER_PERMISSION_REVOKED, for good (documented)."""
    if item.is_removed:
        return
    item.error = Refused("USER_PERMISSION_REVOKED")
    error = {**item.error.as_object(), "status": item.error.status}
    _tell(kernel, item, "USER_PERMISSION_REVOKED", error=error)


def revoke_account(kernel: Kernel, item: Item, linked: LinkedAccount) -> None:
    """The user took back one account: USER_ACCOUNT_REVOKED (documented)."""
    stop_sharing(kernel, item, linked)
    _tell(kernel, item, "USER_ACCOUNT_REVOKED", account_id=linked.account_id)


def offer_new_accounts(kernel: Kernel, item: Item) -> None:
    """The bank shows accounts that are not in the Item: NEW_ACCOUNTS_AVAILABLE (documented)."""
    _tell(kernel, item, "NEW_ACCOUNTS_AVAILABLE", error=None)


def stop_sharing(kernel: Kernel, item: Item, linked: LinkedAccount) -> None:
    """The client sees the account no longer. What becomes of its lines is a switch."""
    linked.is_shared = False
    if kernel.switches.deselected_account == "removed":
        first = len(item.log)
        item_updates.withdraw(item, linked)
        if len(item.log) > first:
            item_updates.tell_of_updates(kernel, item, first)


def remove(item: Item) -> None:
    """`/item/remove`: its token is good for nothing, and no webhook comes any more (documented)."""
    item.is_removed = True


def tell_of_new_address(kernel: Kernel, item: Item) -> None:
    """WEBHOOK_UPDATE_ACKNOWLEDGED, sent to the new address (documented)."""
    _tell(kernel, item, "WEBHOOK_UPDATE_ACKNOWLEDGED", error=None, new_webhook_url=item.webhook)


def _tell(kernel: Kernel, item: Item, code: str, **fields: object) -> None:
    body: JsonObject = {
        "webhook_type": "ITEM",
        "webhook_code": code,
        "item_id": item.item_id,
        "environment": item.environment,
        **fields,
    }
    kernel.tell(item.webhook, body)
