"""What setup.cfg cannot say: a package holds the front end, so that whoever installs it needs no Node."""

import os
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class WithFrontEnd(build_py):
    """Builds the front end first, unless the checkout itself is installed, where scripts/web does it when asked."""

    def run(self) -> None:
        """Build; ends where the front end cannot be built, rather than make a package without a page."""
        if not self.editable_mode:
            subprocess.run([ROOT / "scripts" / "web"], check=True, env={**os.environ, "PYTHON": sys.executable})
            self.__dict__.pop("data_files", None)  # looked up before it was there
        super().run()


setup(cmdclass={"build_py": WithFrontEnd})
