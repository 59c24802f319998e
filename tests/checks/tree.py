"""What the project consists of: files that git tracks or would track."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("bots", "dialogs", "core")


def project_files(suffix: str = "") -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    files = [ROOT / name for name in sorted(set(names)) if name.endswith(suffix)]
    return [file for file in files if file.is_file()]
