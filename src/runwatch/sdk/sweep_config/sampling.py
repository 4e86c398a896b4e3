"""How the values of a sweep are chosen: at random, all of them, or by what came before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from runwatch.schema.error import InvalidValueError
from runwatch.sdk.sweep_config.expression import LAWS, Expression


class HyperParameterSampling:
    """What all kinds have: a space.

    Args:
        parameter_space: By parameter, with or without a leading ``--``, the space that it is drawn from.
        properties: Further settings, kept.
    """

    NAME: ClassVar[str] = ""
    ALLOWED: ClassVar[frozenset[str]] = LAWS

    def __init__(self, parameter_space: Mapping[str, Expression], properties: Mapping[str, Any] | None = None) -> None:
        for name, space in parameter_space.items():
            self._check(name, space)
        self.parameter_space = dict(parameter_space)
        self.properties = dict(properties or {})

    def to_form(self) -> dict[str, Any]:
        """Its form in the original's JSON."""
        form: dict[str, Any] = {"name": self.NAME}
        if self.properties:
            form["properties"] = self.properties
        return form | {"parameter_space": {name: space.to_form() for name, space in self.parameter_space.items()}}

    def _check(self, name: str, space: object) -> None:
        if not isinstance(space, Expression):
            raise InvalidValueError(
                f"The parameter {name} is drawn from {space!r:.80}, which is no space.",
                hint="Use choice(…), uniform(…) and the like.",
            )
        if space.law not in self.ALLOWED:
            raise InvalidValueError(
                f"{type(self).__name__} cannot draw the parameter {name} from {space.law}.",
                hint=f"Use {' or '.join(sorted(self.ALLOWED))}, or RandomParameterSampling.",
            )


class RandomParameterSampling(HyperParameterSampling):
    """Each value for itself, at random."""

    NAME = "RANDOM"


class GridParameterSampling(HyperParameterSampling):
    """Every combination once.

    Args:
        parameter_space: By parameter a `choice`.
    """

    NAME = "GRID"
    ALLOWED = frozenset({"choice"})

    def __init__(self, parameter_space: Mapping[str, Expression]) -> None:
        super().__init__(parameter_space)


class BayesianParameterSampling(HyperParameterSampling):
    """By how well earlier values did.

    Args:
        parameter_space: By parameter a `choice`, `uniform` or `quniform`.
    """

    NAME = "BayesianOptimization"
    ALLOWED = frozenset({"choice", "uniform", "quniform"})

    def __init__(self, parameter_space: Mapping[str, Expression]) -> None:
        super().__init__(parameter_space)
