"""Many threads that read the first data of a kind at the same moment."""

from __future__ import annotations

import subprocess
import sys

ROUNDS = 100

SCRIPT = f"""
import enum, sys, threading
from msgspec import Struct, msgpack
from runwatch.schema import wire

sys.setswitchinterval(1e-6)

class State(enum.Enum):
    ON = "on"

def new_kind(number, within=None):
    fields = {{f"number{{i}}": "int" for i in range(10)}} | {{f"text{{i}}": "str | None" for i in range(10)}}
    if within:
        globals()["Within"] = within
        fields |= {{"one": "Within", "many": "tuple[Within, ...]", "named": "dict[str, Within]"}}
    else:
        fields |= {{"state": "State"}}
    return type(Struct)(f"Kind{{number}}", (Struct,), {{"__annotations__": fields, "__module__": __name__}})

plain = {{f"number{{i}}": i for i in range(10)}} | {{f"text{{i}}": "x" for i in range(10)}}
within = plain | {{"state": "on"}}
data = msgpack.encode(plain | {{"one": within, "many": [within], "named": {{"a": within}}}})

for number in range({ROUNDS}):
    kind = new_kind(number, new_kind(number))
    barrier = threading.Barrier(16)
    read = []

    def go():
        barrier.wait()
        read.append(wire.decode(data, kind, wire.MSGPACK).many[0].text9)

    threads = [threading.Thread(target=go) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == ["x"] * 16, read
print("read")
"""


def test_the_first_data_of_a_kind_may_be_read_by_many_threads_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "read"), done.stderr
