"""What nobody outside Plaid knows: each open question is a switch, and tests run both ways.

Plaid's public documentation, its SDK and public data are silent on these. The simulator and what is tested with it must
not share a guess.
"""

from typing import Literal

import attrs


@attrs.frozen(kw_only=True)
class Switches:
    """One answer to each open question. The defaults are the likelier ones; none is known."""

    history: Literal["as_it_stands", "as_it_happened"] = "as_it_stands"
    """What a cursor's updates say of a line that changed oftener: its end only, or each step of its life, as far as the
    steps are on several pages. A line that came and went is then in `removed` though it was never in `added`."""
    mutation: Literal["any_change", "seen_lines"] = "any_change"
    """Which changes break off a pagination under way: any of the Item, or only those of lines on pages already read."""
    pending_removed: Literal["before_posted", "after_posted"] = "after_posted"
    """Where the pending line stands in `removed` when its posted one comes: where pages are small, on another one."""
    returning_line: Literal["new_id", "same_id"] = "new_id"
    """A line that a bank took back and brings again: under a new `transaction_id`, or the old one."""
    renamed_account: Literal["same_id", "new_id"] = "same_id"
    """Whether an account that its bank renames gets another `account_id`, and its lines other ids with it. Documented
    is that it may happen (plaid.com/docs/link/duplicate-items)."""
    deselected_account: Literal["kept", "removed"] = "kept"
    """What the user no longer shares: its lines stay as they were, or are told as removed."""
    lines_while_broken: Literal["refused", "as_last_known"] = "refused"
    """What `/transactions/sync` says of an Item whose login is required: that error, or what was known before."""
    removed_item: Literal["ITEM_NOT_FOUND", "INVALID_ACCESS_TOKEN"] = "ITEM_NOT_FOUND"
    """The refusal of a token whose Item was removed."""
    number_form: Literal["shortest", "two_decimals"] = "shortest"
    """How amounts are printed: `500`, `12.5`, or `500.00`, `12.50`."""
    sessions_of_plain_link: bool = False
    """Whether sessions that are not of Hosted Link are in `/link/token/get`, and are told by SESSION_FINISHED. Plaid
    enables it for a client on request (documented)."""
    repaired_is_told: bool = True
    """Whether LOGIN_REPAIRED also comes after the user went through update mode, not only where it healed by itself."""
