"""What Plaid answers when it will not do something: its errors, by code."""

from typing import Final

from adapters.simulator.wire import JsonObject

_ERRORS: Final[dict[str, tuple[str, int, str]]] = {
    # what is wrong with the request
    "MISSING_FIELDS": ("INVALID_REQUEST", 400, "the following required fields are missing"),
    "UNKNOWN_FIELDS": ("INVALID_REQUEST", 400, "the following fields are not recognized by this endpoint"),
    "INVALID_FIELD": ("INVALID_REQUEST", 400, "a field is invalid"),
    "INVALID_BODY": ("INVALID_REQUEST", 400, "body could not be parsed as JSON"),
    "INVALID_HEADERS": ("INVALID_REQUEST", 400, "a header is invalid"),
    "NOT_FOUND": ("INVALID_REQUEST", 404, "not found"),
    # what is wrong with its values
    "INVALID_API_KEYS": ("INVALID_INPUT", 400, "invalid client_id or secret provided"),
    "INVALID_ACCESS_TOKEN": ("INVALID_INPUT", 400, "could not find matching access token"),
    "INVALID_PUBLIC_TOKEN": ("INVALID_INPUT", 400, "could not find matching public token"),
    "INVALID_LINK_TOKEN": ("INVALID_INPUT", 400, "could not find matching link token"),
    "INVALID_ACCOUNT_ID": ("INVALID_INPUT", 400, "failed to find requested account ID for requested item"),
    "INVALID_INSTITUTION": ("INVALID_INPUT", 400, "invalid institution_id provided"),
    "INVALID_CREDENTIALS": (
        "ITEM_ERROR",
        400,
        "the provided credentials were not correct. please try again",
    ),
    "INVALID_WEBHOOK_VERIFICATION_KEY_ID": ("INVALID_INPUT", 400, "invalid key_id provided"),
    "SANDBOX_WEBHOOK_INVALID": ("SANDBOX_ERROR", 400, "webhook could not be fired"),
    # what is wrong with the Item
    "ITEM_LOGIN_REQUIRED": (
        "ITEM_ERROR",
        400,
        "the login details of this item have changed (credentials, MFA, or required user action) and a user login is "
        "required to update this information. use Link's update mode to restore the item to a good state",
    ),
    "ITEM_NOT_FOUND": (
        "ITEM_ERROR",
        400,
        "The Item you requested cannot be found. This Item does not exist, has been previously removed via "
        "/item/remove, or has had access removed by the user.",
    ),
    "USER_PERMISSION_REVOKED": (
        "ITEM_ERROR",
        400,
        "the holder of this account has revoked their permission for your application to access it",
    ),
    "ACCESS_NOT_GRANTED": ("ITEM_ERROR", 400, "access to this product was not granted for the account"),
    "NO_ACCOUNTS": ("ITEM_ERROR", 400, "no valid accounts were found for this item"),
    "PRODUCT_NOT_READY": (
        "ITEM_ERROR",
        400,
        "the requested product is not yet ready. please provide a webhook or try the request again later",
    ),
    "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION": (
        "TRANSACTIONS_ERROR",
        400,
        "Underlying transaction data changed since last page was fetched. Please restart pagination from last update.",
    ),
    # what is wrong elsewhere
    "INSTITUTION_DOWN": (
        "INSTITUTION_ERROR",
        400,
        "this institution is not currently responding to this request. please try again soon",
    ),
    "INSTITUTION_NOT_RESPONDING": (
        "INSTITUTION_ERROR",
        400,
        "this institution is not currently responding to this request. please try again soon",
    ),
    "INSTITUTION_NO_LONGER_SUPPORTED": (
        "INSTITUTION_ERROR",
        400,
        "this institution is no longer supported",
    ),
    "INTERNAL_SERVER_ERROR": ("API_ERROR", 500, "an unexpected error occurred"),
    "PLANNED_MAINTENANCE": (
        "API_ERROR",
        503,
        "the Plaid API is temporarily unavailable due to planned maintenance. visit https://status.plaid.com/ for more "
        "information",
    ),
    "OAUTH_INVALID_TOKEN": ("OAUTH_ERROR", 400, "the OAuth token is no longer valid"),
}
"""Type, HTTP status, words (plaid.com/docs/errors; the words seen there and in public reports, or assumed)."""

_RATE_LIMIT_WORDS: Final = "rate limit exceeded for attempts to access this endpoint. please try again later"


class Refused(Exception):
    """A refusal, with the fields of Plaid's error object (plaid.com/docs/errors; documented)."""

    def __init__(self, code: str, message: str | None = None, *, reason: str | None = None) -> None:
        if code.endswith("_LIMIT"):
            self.type, self.status, words = "RATE_LIMIT_EXCEEDED", 429, _RATE_LIMIT_WORDS
        else:
            self.type, self.status, words = _ERRORS[code]
        self.code, self.message, self.reason = code, message or words, reason
        super().__init__(f"{code}: {self.message}")

    def as_object(self) -> JsonObject:
        """As an answer, an Item or a webhook has it."""
        found: JsonObject = {
            "display_message": None,
            "documentation_url": f"https://plaid.com/docs/?ref=error#{self.type.lower().replace('_', '-')}-errors",
            "error_code": self.code,
            "error_message": self.message,
            "error_type": self.type,
            "suggested_action": None,
        }
        if self.reason is not None:
            found["error_code_reason"] = self.reason
        return found


def is_known(code: str) -> bool:
    """There is such an error."""
    return code in _ERRORS or code.endswith("_LIMIT")
