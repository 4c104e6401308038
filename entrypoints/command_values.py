"""What commands share: exit statuses, and the kinds of their options."""

from typing import Annotated, Final

from cyclopts import Parameter, validators

DONE: Final = 0
LEFT_UNEXPLAINED: Final = 1
UNUSABLE: Final = 2

Number = Annotated[int, Parameter(validator=validators.Number(gte=1))]
Port = Annotated[int, Parameter(validator=validators.Number(gte=0, lte=65535))]
