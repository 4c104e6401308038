"""What can be said of a company."""

import functools
import zoneinfo
from datetime import date

from domain.refused_field import RefusedField, refused_day, refused_text


def refused_in_company(
    *, external_id: str, name: str, time_zone: str, books_start: date | None, today: date
) -> list[RefusedField]:
    """All that cannot be taken of it."""
    refused = [
        *refused_text("/external_id", external_id),
        *refused_text("/name", name),
        *refused_day("/books_start", books_start, today=today),
    ]
    if time_zone not in _time_zones():
        refused.append(RefusedField(pointer="/time_zone", reason="is no time zone, such as Europe/Paris"))
    return refused


@functools.cache
def _time_zones() -> frozenset[str]:
    """The names of the IANA database, without those of the machine itself."""
    return frozenset(zoneinfo.available_timezones() - {"localtime", "Factory"})
