"""Runs fakellm, an OpenAI-compatible server that other people wrote. Its one argument is what it answers to everything.

Prints the port, and ends when its input does.
"""

import json
import os
import socket
import sys
import tempfile
import threading
from pathlib import Path

import uvicorn


def main():
    rule = {"name": "always", "when": {}, "respond": {"content": sys.argv[1]}}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "fakellm.yaml"
        # JSON is YAML too.
        config.write_text(json.dumps({"version": 1, "rules": [rule]}))
        os.environ["FAKELLM_CONFIG"] = str(config)
        # It reads its configuration when it is imported.
        from fakellm.server import app

        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        # Connections wait in the listener until the server takes them.
        print(json.dumps({"port": listener.getsockname()[1]}))
        sys.stdin.read()
        server.should_exit = True
        thread.join()


main()
