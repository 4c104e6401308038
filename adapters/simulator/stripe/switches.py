"""What nobody outside Stripe knows: each open question is a switch, and tests run both ways.

Stripe's public documentation, its SDK and public data are silent on these. The simulator and what is tested with it
must not share a guess.
"""

from typing import Literal

import attrs


@attrs.frozen(kw_only=True)
class Switches:
    """One answer to each open question. The defaults are the likelier ones; none is known."""

    zero_payouts: Literal["made", "skipped"] = "made"
    """Whether a balance whose available items come to exactly nothing makes a payout of 0."""
    manual_movements: Literal["in_next_list", "with_what_they_paid"] = "in_next_list"
    """A manual payout's own transaction: an item of the next automatic payout's list, always; or, where whole
    transactions, oldest first, come to exactly its amount, gone with them from all lists."""
    rounded_remainder: Literal["unlisted", "as_adjustment"] = "unlisted"
    """What is left of a payout in forints: nowhere in the list, or as a pair of adjustments."""
    early_items: Literal["none", "some"] = "none"
    """What listing an automatic payout gives before its reconciliation is completed."""
    payout_movements: Literal["available_at_once", "pending_until_arrival"] = "available_at_once"
    """The status of a payout's own transaction before it arrives. The balance falls when it is created, either way."""
    instant_fee_given_back: bool = True
    """Whether the fee of an instant payout that fails comes back with it."""
    undocumented_categories: Literal["own_name", "other_adjustment"] = "own_name"
    """The reporting category of `reserve_hold`, `reserve_release`, `payment_reversal` and `stripe_fx_fee`."""
    reserves_mirrored: bool = False
    """Whether a reserve also stands, with the opposite sign, in the balance of type `risk_reserved`."""
    dispute_rows_name: Literal["dispute", "charge"] = "dispute"
    """The source of a dispute's transactions; older rows were seen to name the charge."""
    capital_advance: Literal["listed", "unlisted", "apart"] = "apart"
    """A Capital advance: an item of the next payout; part of its amount but not of its list; or sent to the bank
    by itself, outside of the balance."""
    asynchronous_capture: bool = False
    """Whether a charge's balance transaction is null for some seconds after it succeeded."""
    payout_status_filter: Literal["ignores_in_transit", "works"] = "ignores_in_transit"
    """`status=in_transit` was seen to return every payout (stripe-node issue 1509)."""
    second_redemption_disconnects: bool = True
    """A code redeemed twice revokes the tokens issued with it; whether `Stripe-Account` stops too is not known."""
    sources_permission: Literal["for_listing", "for_expanding"] = "for_listing"
    """What a restricted key needs `balance_transaction_source` for: to list balance transactions at all, or only to
    expand their sources, as the documentation of permissions had it (quoted in airbyte issue 16953)."""
    restricted_key_redeems_codes: bool = True
    """Whether a restricted key may redeem an OAuth code."""
    permissions_before_parameters: bool = True
    """Whether a key without the permission is refused for that, or for a bad parameter, if a request has both."""
    deauthorize_says_why: bool = True
    """Whether the words of `invalid_client` tell a client id of another platform from an account not connected."""
    refusal_is_described: bool = True
    """Whether the redirect of a user who refused carries an `error_description`."""
    rate_bucket: Literal["connected_account", "platform", "both"] = "connected_account"
    """Whose requests per second count when a platform calls with `Stripe-Account`."""
    listed_events_name_account: bool = True
    """Whether events listed with `Stripe-Account` carry the top-level `account`, as the delivered ones do."""
