"""Chromium driven through the DevTools protocol: pages are clicked and typed into as by a person."""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager

import pytest

KEYS = {"Enter": ("\r", 13), "ArrowDown": ("", 40), "ArrowUp": ("", 38), "ArrowLeft": ("", 37),
        "ArrowRight": ("", 39), "Tab": ("", 9), "Home": ("", 36), "End": ("", 35), " ": (" ", 32)}  # fmt: skip

# How wide a page is, which is to be as wide as the window.
OVERFLOW = "document.documentElement.scrollWidth"
# Texts whose contrast with what lies behind them is less than 4.5 : 1.
FAINT = """(() => {
  const channels = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, place) => sum + c * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = each => { for (let at = each; at; at = at.parentElement) {
    const colour = channels(getComputedStyle(at).backgroundColor); if ((colour[3] ?? 1) === 1) return colour; }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [20, 23, 26] : [255, 255, 255]; };
  const found = [];
  for (const each of document.querySelectorAll("body *")) {
    if (![...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()) || !each.getClientRects().length) continue;
    if (each.closest("svg, script, style, :disabled")) continue;
    const [a, b] = [light(channels(getComputedStyle(each).color)), light(behind(each))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push([each.tagName, each.className, each.textContent.slice(0, 30)]);
  }
  return found;
})()"""


class Page:
    """A page in a tab of its own, with what it logged and what it asked for."""

    def __init__(self, browser):
        self.browser = browser
        self.complaints, self.requests = [], []
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.pages[self.session] = self
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method, **params):
        return self.browser.send(method, session=self.session, **params)

    def hear(self, method, params):
        if method == "Runtime.exceptionThrown":
            self.complaints.append(params["exceptionDetails"].get("exception", {}).get("description", str(params)))
        elif method == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(str(params["args"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.loadEventFired":
            self.is_loaded = True

    def open(self, path, width=1600, height=900, is_dark=False):
        self.resize(width, height, is_dark)
        self.is_loaded = False
        self.send("Page.navigate", url=path.as_uri())
        while not self.is_loaded:
            self.browser.read()
        return self

    def resize(self, width, height=900, is_dark=False, media=""):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.send("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def get(self, expression):
        """The value of an expression in the page, after what is to be painted was."""
        whole = (
            f"new Promise(go => requestAnimationFrame(() => setTimeout(go))).then(() => JSON.stringify({expression}))"
        )
        found = self.send("Runtime.evaluate", expression=whole, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        value = found["result"].get("value")
        return None if value is None else json.loads(value)

    def point(self, selector):
        """The middle of an element, brought into view."""
        found = self.get(
            f"(each => {{ each.scrollIntoView({{block: 'center'}}); const box = each.getBoundingClientRect();"
            f" return [box.x + box.width / 2, box.y + box.height / 2]; }})(document.querySelector({json.dumps(selector)}))"
        )
        return dict(zip("xy", found, strict=True))

    def click(self, selector):
        place = self.point(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def hover(self, selector):
        self.send("Input.dispatchMouseEvent", type="mouseMoved", **self.point(selector))

    def press(self, *keys):
        for key in keys:
            text, code = KEYS.get(key, (key, ord(key[0])))
            common = {"key": key, "windowsVirtualKeyCode": code}
            self.send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
            self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, selector, text):
        """Another value for a field, told as typed."""
        self.get(
            f"(each => {{ each.value = {json.dumps(text)}; each.dispatchEvent(new Event('input', {{bubbles: true}}));"
            f" each.dispatchEvent(new Event('change', {{bubbles: true}})); }})"
            f"(document.querySelector({json.dumps(selector)}))"
        )

    def screenshot(self, path):
        from base64 import b64decode

        path.write_bytes(b64decode(self.send("Page.captureScreenshot")["data"]))


class Browser:
    """A headless Chromium that is spoken to through two pipes."""

    def __init__(self, profile):
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        high_in, high_out = (fcntl.fcntl(each, fcntl.F_DUPFD, 20) for each in (theirs_in, theirs_out))
        command = [
            "bash", "-c", f'exec "$@" 3<&{high_in} 4>&{high_out}', "bash", shutil.which("chromium"), "--headless=new",
            "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars", "--no-first-run",
            f"--user-data-dir={profile}", "--remote-debugging-pipe",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, pass_fds=(high_in, high_out), stderr=subprocess.DEVNULL)
        for each in (theirs_in, theirs_out, high_in, high_out):
            os.close(each)
        self.input, self.output = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        self.rest, self.number, self.answers, self.pages = b"", 0, {}, {}

    def send(self, method, session=None, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self.output.write(json.dumps(message).encode() + b"\0")
        self.output.flush()
        number = self.number
        while number not in self.answers:
            self.read()
        answer = self.answers.pop(number)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def read(self):
        """One message of the browser."""
        while b"\0" not in self.rest:
            read = os.read(self.input.fileno(), 1 << 20)
            assert read, "the browser has ended"
            self.rest += read
        message, _, self.rest = self.rest.partition(b"\0")
        message = json.loads(message)
        if "id" in message:
            self.answers[message["id"]] = message
        elif message.get("sessionId") in self.pages:
            self.pages[message["sessionId"]].hear(message["method"], message["params"])

    def close(self):
        self.send("Browser.close")
        self.process.wait(30)
        self.input.close()
        self.output.close()


@contextmanager
def browser():
    """A browser for as long as it is needed; tests are skipped where there is none."""
    if not shutil.which("chromium"):
        pytest.skip("chromium is not installed: the page was driven in no browser")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        found = Browser(folder)
        try:
            yield found
        finally:
            found.close()
