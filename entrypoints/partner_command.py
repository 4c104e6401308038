"""`tieout partner add NAME`, `list`, and `rename ID NAME`."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from domain.actor import Actor, ActorKind
from domain.partner import Partner, PartnerId
from entrypoints.composition.cannot_start import CannotStart
from entrypoints.composition.service import data_folder, has_database, opened_service
from entrypoints.new_partner import NewPartner, make_partner
from entrypoints.settings import Settings
from ports.use_cases.rename_partner import rename_partner

OPERATOR: Final = Actor(kind=ActorKind.OPERATOR, id="tieout partner")
NAME_MAX: Final = 200


class UnusableName(ValueError):
    """It cannot be a partner's name. The message says why."""


def run_partner_add(settings: Settings, name: str) -> int:
    """Shows the keys, this once. Raises CannotStart, UnusableName."""
    made = asyncio.run(_add(settings, _checked(name)))
    if settings.database_url is None:
        print(f"In the database in {data_folder(settings)}:")
    print(_shown(made.partner))
    print(f"test key: {made.test_key}")
    print(f"live key: {made.live_key}")
    print("They are kept nowhere: copy them now.")
    return 0


def run_partner_list(settings: Settings) -> int:
    """One partner a line, by id. Raises CannotStart."""
    for partner in asyncio.run(_all(settings)):
        print(_shown(partner))
    return 0


def run_partner_rename(settings: Settings, id: str, name: str) -> int:
    """Shows the partner as it is now. Raises CannotStart, NoSuchPartner, UnusableName."""
    print(_shown(asyncio.run(_rename(settings, PartnerId(id), _checked(name)))))
    return 0


def _shown(partner: Partner) -> str:
    return f"{partner.id}  {partner.name}"


def _checked(name: str) -> str:
    """Without blanks around it."""
    plain = name.strip()
    if not plain:
        raise UnusableName("a partner's name must not be blank")
    if len(plain) > NAME_MAX or not plain.isprintable():
        raise UnusableName(f"a partner's name has at most {NAME_MAX} characters, all of them printable")
    return plain


async def _add(settings: Settings, name: str) -> NewPartner:
    async with opened_service(settings, public_url="http://localhost") as service:
        if service.embedded and service.is_new:
            print("There was none: a new database was made. Is TIEOUT_DATA_DIR that of your service?", file=sys.stderr)
        return await make_partner(name, service.services)


async def _all(settings: Settings) -> Sequence[Partner]:
    _refuse_none(settings)
    async with opened_service(settings, public_url="http://localhost") as service, service.store.control() as control:
        return await control.partners.all()


async def _rename(settings: Settings, id: PartnerId, name: str) -> Partner:
    _refuse_none(settings)
    async with opened_service(settings, public_url="http://localhost") as service:
        return await rename_partner(id, name, who=OPERATOR, at=service.services.clock(), store=service.store)


def _refuse_none(settings: Settings) -> None:
    """To look for partners is no reason to make a database. Raises CannotStart."""
    if not has_database(settings):
        raise CannotStart(f"there is no database in {data_folder(settings)}: is TIEOUT_DATA_DIR that of your service?")
