"""Modules that the program takes long to load."""

import os
import sys

if os.environ.get("STANDIN_GATEWAY") == "its next version is broken":
    print("a line of the broken version", flush=True)
    sys.exit(5)
