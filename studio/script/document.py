"""Prints the server's API document, from which the studio's types are made."""

import sys

import msgspec

from runwatch.server import document
from runwatch.server.app import make_app
from runwatch.store.memory.store import MemoryStore

described = make_app(MemoryStore()).state.catalogue.by_path.values()
endpoints = [endpoint for verbs in described for endpoint in verbs.values()]
sys.stdout.buffer.write(msgspec.json.encode(document.build(endpoints)))
