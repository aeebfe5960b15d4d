"""The data folder of a demo: its settings, the keys of its roles, its reports.

The settings stand in `hub.toml`, so that every later command on this folder sees the same clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hub.demo.evidence import TODAY
from hub.kit import cluster

PERIODS = (date(2024, 12, 31), TODAY)
_SETTINGS = f"""# The demo: a clock that stands still, and the development profile with its sandbox.
profile = "development"
today = {TODAY.isoformat()}
allowed_origins = ["http://localhost:3000", "http://localhost:5173", "http://127.0.0.1:3000", "http://127.0.0.1:5173"]
"""


@dataclass(frozen=True)
class DemoFolder:
    """What a demo keeps beside its database; only its owner may read the keys."""

    path: Path

    def prepare(self) -> None:
        """Make the folder and its settings; a file that is there already stays as it is."""
        settings = self.path / "hub.toml"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if not settings.exists():
                settings.write_text(_SETTINGS)
        except OSError as error:
            raise cluster.unwritable(self.path, error) from error

    def tokens(self) -> dict[str, str] | None:
        """The keys of an earlier run, or None."""
        if not self._keys.is_file():
            return None
        found: dict[str, str] = json.loads(self._keys.read_text())
        return found

    def keep_tokens(self, tokens: Mapping[str, str]) -> None:
        """Keep the keys; the file is never readable by others, not even for a moment."""
        self._keys.touch(mode=0o600, exist_ok=True)
        self._keys.chmod(0o600)
        self._keys.write_text(json.dumps(tokens, indent=2) + "\n")

    def report(self, period: date) -> Path:
        """Where the city's report of a period goes."""
        folder = self.path / "reports"
        folder.mkdir(exist_ok=True)
        return folder / f"bao-cao-{period.isoformat()}.pdf"

    def written_report(self, period: date) -> Path | None:
        """The report of a period from an earlier run, as PDF or as the HTML that took its place."""
        wanted = self.report(period)
        return next((path for path in (wanted, wanted.with_suffix(".html")) if path.is_file()), None)

    @property
    def _keys(self) -> Path:
        return self.path / "tokens.json"
