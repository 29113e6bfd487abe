"""`--renew` writes the golden files anew; look at the difference before you keep it."""

from pathlib import Path

import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser):
    parser.addoption("--renew", action="store_true", help="write the golden files anew")


@pytest.fixture
def golden(request):
    """A check that a text equals a golden file, byte for byte."""

    def check(name, text):
        path = GOLDEN / name
        if request.config.getoption("--renew"):
            path.write_text(text, encoding="utf-8", newline="")
        assert path.exists(), f"there is no {path.name} yet: run pytest with --renew"
        assert text == path.read_bytes().decode("utf-8")

    return check


# The same examples in every run, so that a change is judged by what it changed; `--hypothesis-profile=random` seeks new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile("steady")
