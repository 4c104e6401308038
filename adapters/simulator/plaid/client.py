"""A client of Plaid: a partner with its keys, one secret per environment."""

import attrs

from adapters.simulator.plaid.kernel import Environment


@attrs.define(kw_only=True)
class PlaidClient:
    """`client_id` is the same everywhere; a secret is good in its environment only (plaid.com/docs/quickstart/glossary;
    documented). Real Plaid has a host per environment; here the secret alone tells which it is."""

    client_id: str
    name: str
    secrets: dict[Environment, list[str]] = attrs.field(repr=False)
    """The last is the newest: a rotated one stays good until it is deleted (documented)."""

    def environment_of(self, secret: str) -> Environment | None:
        """Where this secret is good."""
        return next((environment for environment, known in self.secrets.items() if secret in known), None)
