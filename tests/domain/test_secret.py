import pickle

import pytest

from domain.secret import Secret


def test_nothing_prints_a_secret() -> None:
    secret = Secret("canary")

    assert [str(secret), repr(secret), f"{secret}", f"{secret!r}", f"{[secret]}"] == [
        "Secret(…)",
        "Secret(…)",
        "Secret(…)",
        "Secret(…)",
        "[Secret(…)]",
    ]
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)
    assert secret.reveal() == b"canary"


def test_secrets_are_compared_by_content() -> None:
    assert Secret("a") == Secret(b"a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
