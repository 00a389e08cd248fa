"""`python -m ui.openapi` prints the OpenAPI document of the API, for those who generate from it without a server."""

import json
import tempfile
from pathlib import Path

from ui.app import create_app
from ui.http.describing import described_api
from ui.installation import open_installation
from ui.settings import load


def document() -> str:
    """The document as JSON, the same for the same sources."""
    with tempfile.TemporaryDirectory() as folder:
        installation = open_installation(load(Path(folder), {}))
        try:
            return json.dumps(described_api(create_app(installation, ())), indent=2, sort_keys=True)
        finally:
            installation.close()


if __name__ == "__main__":
    print(document())
