"""The commands `tieout stripe …`. What they need is imported when they run."""

from typing import Annotated, Literal

from cyclopts import App, Parameter

from entrypoints.unusable import service_settings

stripe = App(name="stripe", help="Partners' Stripe accounts.", help_epilogue="")


@stripe.command
def accounts(
    *,
    partner: str | None = None,
    mode: Literal["test", "live"] | None = None,
    company: str | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """How far each account has been read, what troubles it, and whether it was proved to be complete.

    Parameters
    ----------
    partner
        Only this partner's, by its id, as `tieout partner list` shows it.
    mode
        Only those of this mode.
    company
        Only this company's, by its id.
    json
        One JSON object a line.
    """
    from domain.partner import Mode
    from entrypoints.stripe_command import run_stripe_accounts

    with service_settings() as settings:
        return run_stripe_accounts(
            settings,
            partner=partner,
            mode=None if mode is None else Mode(mode),
            company=company,
            as_json=json,
        )
