"""Text from outside made safe to print: what every command puts names, tags and log lines through."""

from __future__ import annotations

from runwatch.store.log.plain import plain, visible

__all__ = ["plain", "visible"]
