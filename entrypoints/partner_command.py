"""`tieout partner add NAME`."""

import asyncio
import sys

from entrypoints.composition.service import data_folder, opened_service
from entrypoints.new_partner import NewPartner, make_partner
from entrypoints.settings import Settings


def run_partner_add(settings: Settings, name: str) -> int:
    """Shows the keys, this once. Raises CannotStart."""
    made = asyncio.run(_add(settings, name))
    if settings.database_url is None:
        print(f"In the database in {data_folder(settings)}:")
    print(f"{made.partner.id}  {made.partner.name}")
    print(f"test key: {made.test_key}")
    print(f"live key: {made.live_key}")
    print("They are kept nowhere: copy them now.")
    return 0


async def _add(settings: Settings, name: str) -> NewPartner:
    async with opened_service(settings, public_url="http://localhost") as service:
        if service.embedded and service.is_new:
            print("There was none: a new database was made. Is TIEOUT_DATA_DIR that of your service?", file=sys.stderr)
        return await make_partner(name, service.services)
