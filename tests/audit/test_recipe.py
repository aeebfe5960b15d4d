"""The recipe of the README checks a proof, and finds a forged one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from hub.audit.sealing import keys, proofs
from tests.audit.conftest import Trail

README = Path(__file__).resolve().parents[2] / "README.md"


def test_an_outsider_checks_a_proof_by_the_recipe(three: tuple[Trail, list[int]], tmp_path: Path) -> None:
    trail, events = three
    [recipe] = re.findall(r"```python\n(import hashlib.*?)```", README.read_text(), re.S)
    proof = trail.seam.read_now(lambda session: proofs.proof_of(session, events[2]))
    for name, told, code in (
        ("true.json", proof, 0),
        ("forged.json", proof | {"event": proof["event"].replace("file:", "item:")}, 1),
        ("unsigned.json", proof | {"signature": "00" * 64}, 1),
    ):
        (tmp_path / name).write_text(json.dumps(told))
        done = subprocess.run(
            [sys.executable, "-c", recipe, str(tmp_path / name), str(keys.public_file(trail.key))],
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
