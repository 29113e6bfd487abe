"""What setup.cfg cannot say: a wheel keeps the trees of the bundled networks beside their texts."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(Path(__file__).parent))


class BuildWithTrees(build_py):
    """Builds the package, and keeps the trees; an editable one, whose texts are the checkout's, needs none."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            from convcalc.readers.yaml.kept import keep

            for path in sorted(Path(self.build_lib, "convcalc", "specs").glob("*.yaml")):
                keep(str(path))


setup(cmdclass={"build_py": BuildWithTrees})
