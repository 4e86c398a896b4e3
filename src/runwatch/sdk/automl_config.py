"""AutoML's words: `AutoMLConfig` is checked and kept; the search itself is not in this version."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from runwatch.schema.error import InvalidValueError
from runwatch.sdk import later
from runwatch.sdk.run import Run

TASKS: Final = ("classification", "regression", "forecasting")

_INSTEAD: Final = "Submit a ScriptRunConfig whose script tries the models, logging each one to a child run."


def refuse() -> NoReturn:
    """Raise the error that says that AutoML is not here yet, and what is."""
    later.missing("AutoML searches", _INSTEAD)


class AutoMLConfig:
    """A search for a model. It is checked and kept; this version cannot run it.

    Args:
        task: ``classification``, ``regression`` or ``forecasting``.
        path: The project's folder.
        iterations: At most so many models; 1000 if None.
        primary_metric: What decides; ``accuracy``, or else ``normalized_root_mean_squared_error``, if None.
        positive_label: Of two classes.
        compute_target: Where.
        n_cross_validations: Folds.
        validation_size: Share of the data.
        featurization: ``auto``, ``off`` or an object.
        max_cores_per_iteration: CPUs of one model.
        max_concurrent_iterations: Models at once.
        iteration_timeout_minutes: Of one model.
        experiment_timeout_hours: Of all.
        experiment_exit_score: Enough.
        enable_early_stopping: Stop when nothing gets better.
        blocked_models: By name.
        allowed_models: Likewise.
        enable_voting_ensemble: Try one.
        enable_stack_ensemble: Likewise.
        debug_log: The file of the original's log.
        training_data: What is learnt from.
        validation_data: What decides.
        test_data: What is shown.
        label_column_name: What is to be told.
        weight_column_name: How much a row counts.
        cv_split_column_names: Which rows are in which fold.
        forecasting_parameters: For forecasts.
        **kwargs: Kept.
    """

    def __init__(
        self, task: str, path: str | None = None, iterations: int | None = None, primary_metric: str | None = None,
        positive_label: object = None, compute_target: object = None, n_cross_validations: object = None,
        validation_size: float | None = None, featurization: object = "auto", max_cores_per_iteration: int = 1,
        max_concurrent_iterations: int = 1, iteration_timeout_minutes: int | None = None,
        experiment_timeout_hours: float | None = None, experiment_exit_score: float | None = None,
        enable_early_stopping: bool = True, blocked_models: list[str] | None = None,
        allowed_models: list[str] | None = None, enable_voting_ensemble: bool = True,
        enable_stack_ensemble: bool | None = None, debug_log: str = "automl.log", training_data: object = None,
        validation_data: object = None, test_data: object = None, label_column_name: object = None,
        weight_column_name: object = None, cv_split_column_names: list[str] | None = None,
        forecasting_parameters: object = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        given = {name: value for name, value in locals().items() if name not in {"self", "kwargs", "__class__"}}
        if task not in TASKS:
            raise InvalidValueError(f"{task!r:.80} is no task of AutoML.", hint=f"Use one of {', '.join(TASKS)}.")
        usual = "accuracy" if task == "classification" else "normalized_root_mean_squared_error"
        self.user_settings: dict[str, Any] = given | kwargs | {"primary_metric": primary_metric or usual}

    def _submit_to(self, experiment: object, **facts: Any) -> NoReturn:
        """What `Experiment.submit` calls."""
        refuse()


class AutoMLRun(Run):
    """A search as a run. This version starts none, so that there is none to attach to.

    Args:
        experiment: Its experiment.
        run_id: Its id.
        **kwargs: Accepted and ignored.
    """

    def __init__(self, experiment: Any, run_id: str, **kwargs: Any) -> None:
        refuse()

    def get_output(
        self, iteration: int | None = None, metric: str | None = None, return_onnx_model: bool = False,
        return_split_onnx_model: object = None, **kwargs: Any,
    ) -> NoReturn:  # fmt: skip
        """Not in this version."""
        refuse()

    def get_best_child(self, metric: str | None = None, onnx_compatible: bool = False, **kwargs: Any) -> NoReturn:
        """Not in this version."""
        refuse()

    def summary(self) -> NoReturn:
        """Not in this version."""
        refuse()

    def get_guardrails(self, to_console: bool = True) -> NoReturn:
        """Not in this version."""
        refuse()
