"""Pages in Chromium, where it is installed: what it complains of, and what it measures."""

import json
import re
import shutil
import subprocess
from html import unescape
from itertools import count

import pytest

NUMBERS = count(1)
POLICY = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')


def opened(folder, html, width=1000, height=1200, is_dark=False):
    """The DOM of a page after its scripts have run, and what was logged."""
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("chromium is not installed: the page was opened in no browser")
    page = folder / f"opened{next(NUMBERS)}.html"
    page.write_text(html, "utf-8")
    options = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars",
        f"--window-size={width},{height}", f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr",
        f"--blink-settings=preferredColorScheme={0 if is_dark else 1}", f"--screenshot={page.with_suffix('.png')}",
    ]  # fmt: skip
    done = subprocess.run(
        [chromium, *options, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def measured(folder, html, expression, **window):
    """What a JavaScript expression gives in the page, which may run no script of ours but for this."""
    script = f"<script>document.body.dataset.measured = JSON.stringify({expression})</script>"
    dom, _ = opened(folder, POLICY.sub("", html).replace("</html>", f"{script}</html>"), **window)
    return json.loads(unescape(re.search(r'data-measured="([^"]*)"', dom)[1]))
