"""A program that says what it was told, and ends as it was told, or never."""

import os
import sys
import time

print(os.environ["SAY"], flush=True)  # noqa: T201 - to its log
while os.environ["END"] == "never":
    time.sleep(1)
sys.exit(int(os.environ["END"]))
