"""What a browser may be told that a file of a run is: nothing that holds a script."""

from __future__ import annotations

from typing import Final

from runwatch.schema.artifact import Artifact

INLINE: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "text/plain"})
"""What a browser may show by itself: it holds no script. All else is offered for saving."""


def declared(artifact: Artifact) -> str:
    """The type to declare; texts are UTF-8 and never anything that a browser would run."""
    kind = artifact.media_type
    if kind.startswith("text/"):
        return "text/plain; charset=utf-8"
    return kind if kind in INLINE else "application/octet-stream"
