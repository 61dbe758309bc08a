"""Prints the version of every installed client, so that a test can see that the pins are what runs."""

import json
from importlib.metadata import distributions

print(json.dumps({d.metadata["Name"].lower().replace("-", "_"): d.version for d in distributions()}))
