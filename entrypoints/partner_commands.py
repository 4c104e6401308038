"""The commands `tieout partner …`. What they need is imported when they run."""

from cyclopts import App

from entrypoints.unusable import Unusable, service_settings

partner = App(name="partner", help="The platforms that call the service.", help_epilogue="")


@partner.command
def add(name: str) -> int:
    """A new partner, and its first test and live key, shown once.

    Parameters
    ----------
    name
        What it is called.
    """
    from entrypoints.partner_command import UnusableName, run_partner_add

    with service_settings() as settings:
        try:
            return run_partner_add(settings, name)
        except UnusableName as refusal:
            raise Unusable(str(refusal)) from refusal


@partner.command(name="list")
def list_partners() -> int:
    """All partners, by id."""
    from entrypoints.partner_command import run_partner_list

    with service_settings() as settings:
        return run_partner_list(settings)


@partner.command
def rename(id: str, name: str) -> int:
    """Another name for a partner. Its id and its keys stay.

    Parameters
    ----------
    id
        The partner's id, as `tieout partner list` shows it.
    name
        What it is called from now on.
    """
    from entrypoints.partner_command import UnusableName, run_partner_rename
    from ports.use_cases.rename_partner import NoSuchPartner

    with service_settings() as settings:
        try:
            return run_partner_rename(settings, id, name)
        except (NoSuchPartner, UnusableName) as refusal:
            raise Unusable(str(refusal)) from refusal
