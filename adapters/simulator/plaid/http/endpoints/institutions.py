"""`/institutions/get_by_id` (plaid.com/docs/api/institutions; documented)."""

from typing import Final

from adapters.simulator.plaid.http.endpoint import Call, Endpoint
from adapters.simulator.plaid.http.parameters import flag, list_of, nested, text
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.wire import JsonObject


def _get(call: Call) -> JsonObject:
    bank = call.simulation.banks.get(call.values["institution_id"])
    if bank is None or bank.country not in call.values["country_codes"]:
        raise Refused("INVALID_INSTITUTION")
    return {"institution": bank.as_object()}


ENDPOINTS: Final = (
    Endpoint(
        path="/institutions/get_by_id",
        answer=_get,
        fields={
            "institution_id": text(),
            "country_codes": list_of(text(2)),
            "options": nested({"include_optional_metadata": flag, "include_status": flag}),
        },
        required=("institution_id", "country_codes"),
        per_client=400,
        limit_code="INSTITUTIONS_GET_BY_ID_LIMIT",
    ),
)
