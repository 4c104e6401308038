"""Every bank, client, key and Item of one simulated Plaid."""

from collections.abc import Iterator

from adapters.simulator.clock import Clock
from adapters.simulator.plaid.bank import Bank, BankHabits
from adapters.simulator.plaid.client import PlaidClient
from adapters.simulator.plaid.item import Item
from adapters.simulator.plaid.kernel import Environment, Kernel
from adapters.simulator.plaid.link import Link
from adapters.simulator.plaid.switches import Switches
from adapters.simulator.plaid.verification_keys import VerificationKeys
from adapters.simulator.wire import JsonObject, encoded


class Simulation:
    """The state of it all. What happens at banks are methods of their accounts; what becomes of Items is in
    `item_health`."""

    def __init__(
        self,
        *,
        seed: str = "plaid",
        start: int = 1_767_225_600,
        switches: Switches | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`clock` is one that others go by too; without it, one of its own begins at `start`."""
        self.kernel = Kernel(seed=seed, clock=clock or Clock(start), switches=switches or Switches())
        self.banks: dict[str, Bank] = {}
        self.clients: dict[str, PlaidClient] = {}
        self.link = Link(self.kernel)
        self.keys = VerificationKeys(self.kernel)

    @property
    def now(self) -> int:
        """The moment at which the clock stands, in seconds since 1970."""
        return self.kernel.now

    def open_client(self, name: str = "Ledgerline") -> PlaidClient:
        """A partner, with a secret in each environment."""
        ids = self.kernel.ids
        secrets: dict[Environment, list[str]] = {
            "sandbox": [ids.hexadecimal(30)],
            "production": [ids.hexadecimal(30)],
        }
        client = PlaidClient(client_id=ids.hexadecimal(24), name=name, secrets=secrets)
        self.clients[client.client_id] = client
        return client

    def rotate_secret(self, client: PlaidClient, environment: Environment) -> str:
        """A new secret; the old ones stay good until `delete_secret`."""
        secret = self.kernel.ids.hexadecimal(30)
        client.secrets[environment].append(secret)
        return secret

    def delete_secret(self, client: PlaidClient, secret: str) -> None:
        """The secret is good for nothing any more."""
        for known in client.secrets.values():
            if secret in known:
                known.remove(secret)

    def open_bank(
        self,
        name: str = "First Platypus Bank",
        *,
        institution_id: str | None = None,
        country: str = "US",
        habits: BankHabits | None = None,
    ) -> Bank:
        """A bank that Plaid reaches."""
        number = 109_508 + len(self.banks)
        bank = Bank(
            institution_id=institution_id or f"ins_{number}",
            name=name,
            country=country,
            habits=habits or BankHabits(),
        )
        self.banks[bank.institution_id] = bank
        return bank

    def items(self) -> Iterator[Item]:
        """All Items, in the order in which they were made."""
        return iter(self.link.items.values())

    def item(self, item_id: str) -> Item:
        """The Item of this id. Raises KeyError."""
        for item in self.items():
            if item.item_id == item_id:
                return item
        raise KeyError(item_id)

    def advance_silently(self, seconds: int) -> None:
        """Moves the clock, without delivering webhooks: they wait for whoever sends them."""
        self.kernel.clock.run_until(self.now + seconds)

    def dump(self) -> bytes:
        """All Items with all that was ever told of them: the same bytes for the same seed and actions."""
        shown: list[JsonObject] = [
            {
                "item": item.as_object(),
                "updates": [
                    [update.kind, update.transaction.transaction_id, str(update.transaction.line)]
                    for update in item.log.updates
                ],
            }
            for item in self.items()
        ]
        return encoded(shown)
