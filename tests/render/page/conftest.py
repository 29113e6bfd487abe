"""What the tests of pages share: one browser for those of a module."""

import pytest
from driven import browser


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found
