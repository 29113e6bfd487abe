"""What an editor shows: yaml-language-server, driven as an editor drives it, with the schemas for what people write."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from broken_texts import BROKEN
from editor_texts import files

from convcalc.render.editor import WRITTEN, schema_text

DRIVER = Path(__file__).with_name("language_server.js")
PLACES = [Path(place) for place in os.environ.get("NODE_PATH", "").split(os.pathsep) if place]
SERVER = next(
    (path for place in PLACES if (path := place / "yaml-language-server/bin/yaml-language-server").exists()), None
)

pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and SERVER),
    reason="there is no yaml-language-server: npm install it, and name it in NODE_PATH",
)


class Editor:
    """A folder with the schemas, in which documents are opened."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0
        for name in WRITTEN:
            (folder / f"{name}.json").write_text(schema_text(name))

    def document(self, name, text, hover=None, complete=None):
        """A document below the line that names its schema; places are (line, column) of the text, from 0."""
        self.count += 1
        path = self.folder / f"document{self.count}.yaml"
        path.write_text(f"# yaml-language-server: $schema={name}.json\n{text}")
        places = {"hover": hover, "complete": complete}
        positions = {key: {"line": at[0] + 1, "character": at[1]} for key, at in places.items() if at}
        return {"uri": path.as_uri(), "text": path.read_text(), **positions}

    def shows(self, documents):
        command = ["node", DRIVER, SERVER]
        done = subprocess.run(command, input=json.dumps(documents), capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    return Editor(tmp_path_factory.mktemp("editor"))


def test_no_bundled_network_is_underlined(editor):
    specs = [(path.name, path.read_text()) for path in files("specs/*.yaml")]
    found = editor.shows([editor.document("spec", text) for _, text in specs])
    told = [
        (where, each["message"]) for (where, _), seen in zip(specs, found, strict=True) for each in seen["diagnostics"]
    ]
    assert told == []
    assert len(specs) > 210


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_broken_is_underlined_on_its_line(editor, name):
    slips = BROKEN[name]
    found = editor.shows([editor.document(name, text) for text, _ in slips.values()])
    for (slip, (_, line)), seen in zip(slips.items(), found, strict=True):
        told = [(each["range"]["start"]["line"], each["message"]) for each in seen["diagnostics"]]
        assert told, f"{slip} is not underlined"
        assert line in [number for number, _ in told], f"{slip}: {told}"
        assert all(len(message) < 700 for _, message in told), f"{slip}: {told}"


COMPLETIONS = [
    ("spec", "input: 3x8x8\nlayers:\n  - \n", (2, 4), {"conv", "maxpool", "linear", "residual", "repeat"}),
    ("spec", "input: 3x8x8\nlayers:\n  - conv:\n      filters: 3\n      \n", (4, 6), {"kernel", "stride", "padding"}),
    ("spec", "input: 3x8x8\nlayers:\n  - conv:\n      padding_mode: \n", (3, 20), {"zeros", "reflect"}),
    ("spec", "input: 3x8x8\n\nlayers: [relu]\n", (1, 0), {"name", "blocks", "budget", "convention"}),
    ("spec", "input: 3x8x8\nconvention: \nlayers: [relu]\n", (1, 12), {"pytorch", "keras", "textbook"}),
    ("spec", "input: 3x8x8\nbudget:\n  \nlayers: [relu]\n", (2, 2), {"parameters", "macs", "memory"}),
    ("assignment", "spec: lenet5\nquestions:\n  - ask: C1.output\n    \n", (3, 4), {"points", "tolerance", "partial"}),
    ("answers", "answers:\n  C1:\n    \n", (2, 4), {"output", "parameters", "macs", "receptive_field"}),
]  # fmt: skip


def test_what_may_be_written_is_offered(editor):
    found = editor.shows([editor.document(name, text, complete=place) for name, text, place, _ in COMPLETIONS])
    for (_, text, _, expected), seen in zip(COMPLETIONS, found, strict=True):
        offered = {each["label"] for each in seen["completion"]["items"]}
        assert expected <= offered, f"{text}: {offered}"


HOVERS = [
    ("spec", "input: 3x8x8\nlayers:\n  - conv:\n      kernel: 3\n", (2, 5), "Slide f filters over the input"),
    ("spec", "input: 3x8x8\nlayers:\n  - conv:\n      kernel: 3\n", (3, 8), "sides of the window"),
    ("spec", "input: 3x8x8\nlayers:\n  - maxpool: {stride: 3}\n", (2, 15), "default that of kernel"),
    ("spec", "input: 3x8x8\nlayers: [relu]\n", (0, 2), "channels x height x width"),
    ("assignment", "spec: lenet5\ntolerance: 1%\n", (1, 2), "as a share"),
    ("answers", "answers:\n  C1:\n    macs: 3\n", (2, 5), "multiply-accumulates"),
]


def test_what_is_pointed_at_is_explained(editor):
    found = editor.shows([editor.document(name, text, hover=place) for name, text, place, _ in HOVERS])
    for (_, text, _, expected), seen in zip(HOVERS, found, strict=True):
        assert expected in json.dumps(seen["hover"]), text


INIT = [
    (["net.yaml"], "layers:", "The layers, one after another", ("maxpool 2", "maxpol 2")),
    (["--from", "resnet18", "r.yaml"], "defaults:", "where they say nothing else", ("\nblocks:", "\nblokcs:")),
    (["assignment", "lenet5", "key.yaml"], "questions:", "What is asked", ("C3.output", "C3.otput")),
    (["answers", "lenet5", "answers.yaml"], "answers:", "By layer", ("output:", "output: {hight: 3}")),
]


def test_the_line_that_init_writes_works_without_the_internet(editor, convcalc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    documents = []
    for words, key, _, slip in INIT:
        assert convcalc("init", *words)[0] == 0
        path = tmp_path / words[-1]
        text = path.read_text()
        place = {"line": text[: text.index(f"\n{key}") + 1].count("\n"), "character": 2}
        documents += [
            {"uri": path.as_uri(), "text": text, "hover": place},
            {"uri": path.with_name(f"slip_{path.name}").as_uri(), "text": text.replace(*slip, 1)},
        ]
    found = editor.shows(documents)
    for (_, key, expected, _), sound, broken in zip(INIT, found[::2], found[1::2], strict=True):
        assert sound["diagnostics"] == []
        assert expected in json.dumps(sound["hover"]), key
        assert broken["diagnostics"], key
