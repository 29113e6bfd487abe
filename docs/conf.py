"""The site: hand-written pages beside this file, and a reference that `writers` makes of convcalc's records."""

import sys
from pathlib import Path

from pygments.lexers.special import TextLexer

from convcalc import __version__ as release

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]
from writers import prepare  # noqa: E402
from writers.highlighting import CommandLexer  # noqa: E402

project = "convcalc"
author = "the authors of convcalc"
language = "en"
highlight_language = "none"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
suppress_warnings = ["misc.highlighting_failure"]  # pages show what is wrong, on purpose

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
smartquotes = False  # --json is no dash

html_theme = "furo"
html_title = f"convcalc {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
pygments_style = "friendly"
pygments_dark_style = "github-dark"

linkcheck_timeout = 20
linkcheck_retries = 2


def setup(app):
    """The reference is written before Sphinx looks which pages there are; Pygments knows no CSV."""
    app.add_lexer("csv", TextLexer)
    app.add_lexer("console", CommandLexer)
    app.connect("builder-inited", lambda app: prepare(Path(app.srcdir)))
