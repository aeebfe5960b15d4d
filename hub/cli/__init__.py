"""The command line: `hub VERB …`, each a few lines that call what does the work.

One module per group of verbs; `entry` puts them together and turns whatever happened into a line and an exit
code. Exit codes: 0 done, 1 failed, 2 unusable input, 3 done in part. Start at entry.py.
"""

from hub.cli.entry import main

__all__ = ["main"]
