"""Kinds of compute targets of the original that are not here: names that say clearly what is missing."""

from __future__ import annotations

from typing import NoReturn

from runwatch.sdk import later

_INSTEAD = "Use AmlCompute: a cluster on this machine."


class _Unsupported:
    _WHAT = ""

    def __init__(self, *args: object, **kwargs: object) -> None:
        later.refuse(self._WHAT, _INSTEAD)

    @classmethod
    def create(cls, *args: object, **kwargs: object) -> NoReturn:
        """Not here."""
        later.refuse(cls._WHAT, _INSTEAD)

    @classmethod
    def attach(cls, *args: object, **kwargs: object) -> NoReturn:
        """Not here."""
        later.refuse(cls._WHAT, _INSTEAD)

    @classmethod
    def provisioning_configuration(cls, *args: object, **kwargs: object) -> NoReturn:
        """Not here."""
        later.refuse(cls._WHAT, _INSTEAD)

    @classmethod
    def attach_configuration(cls, *args: object, **kwargs: object) -> NoReturn:
        """Not here."""
        later.refuse(cls._WHAT, _INSTEAD)


class AksCompute(_Unsupported):
    """A Kubernetes cluster of Azure; not here."""

    _WHAT = "Kubernetes clusters"


class ComputeInstance(_Unsupported):
    """A virtual machine with notebooks; not here."""

    _WHAT = "compute instances"


class RemoteCompute(_Unsupported):
    """A machine reached by ssh; not here."""

    _WHAT = "machines reached by ssh"
