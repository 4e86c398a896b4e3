"""Every error Runwatch raises, in one tree.

::

    RunwatchError
    └── AzureMLException                     the root of the original's classes; catch it as before
        ├── UserErrorException               the caller can put it right
        │   ├── InvalidValueError            a value, name or combination that is not accepted
        │   ├── LimitError                   a documented limit is exceeded
        │   ├── ConflictError                the name or key is taken by something else
        │   ├── RunEnvironmentException      no run where one is required
        │   ├── RunConfigurationException
        │   ├── ModelPathNotFoundException
        │   ├── NotSupportedError            the original has it, and it cannot be had on one's own machines
        │   └── SnapshotException
        ├── ServiceException                 the workspace answered with an error
        │   ├── NotFoundError                what was asked for is not there
        │   │   └── ModelNotFoundException
        │   ├── GoneError                    it was there and has been deleted
        │   ├── FencedError                  a newer writer or attempt has taken over
        │   ├── SequenceGapError             a batch does not continue where the last one ended
        │   ├── PermissionDeniedError
        │   └── StoreUnavailableError        try again: busy, disk full, no connection
        ├── WorkspaceException               the workspace itself cannot be used
        │   ├── WorkspaceNotFoundError
        │   ├── WorkspaceReadOnlyError
        │   └── WorkspaceVersionError        made by a newer Runwatch
        ├── CorruptDataError                 bytes that fail their checksum; says file, offset, cause
        ├── ActivityFailedException          the run that was waited for has failed
        ├── ExperimentExecutionException
        ├── ComputeTargetException
        ├── ProjectSystemException
        ├── TrainingException
        ├── WebserviceException
        ├── AuthenticationException
        └── AzureMLAggregatedException

``code`` is stable and travels over the wire, ``status`` is the HTTP status, ``hint`` says what to do about it and
``detail`` holds machine-readable facts (such as the cursor of a gap).
"""

from __future__ import annotations

from typing import Any, ClassVar


class RunwatchError(Exception):
    """The root of the tree.

    Args:
        message: One sentence that says what is wrong.
        hint: One sentence that says what to do about it.
        **detail: Facts for programs: JSON-serialisable values.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500

    def __init__(self, message: str = "", *, hint: str | None = None, **detail: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.hint, self.detail)


def _rebuild(kind: type[RunwatchError], message: str, hint: str | None, detail: dict[str, Any]) -> RunwatchError:
    return kind(message, hint=hint, **detail)


class AzureMLException(RunwatchError):
    """The root of the original's exception classes."""


class UserErrorException(AzureMLException):
    """The caller can put it right."""

    code = "user_error"
    status = 400


class InvalidValueError(UserErrorException, ValueError):
    """A value, a name or a combination of arguments is not accepted."""

    code = "invalid_value"


class LimitError(UserErrorException, ValueError):
    """A documented limit (`runwatch.schema.limit`) is exceeded."""

    code = "limit_exceeded"
    status = 413


class ConflictError(UserErrorException):
    """The name or key is taken by something else, and overwriting was not asked for."""

    code = "conflict"
    status = 409


class RunEnvironmentException(UserErrorException):
    """There is no submitted run in this process, and an offline run was not allowed."""

    code = "no_run_context"


class RunConfigurationException(UserErrorException):
    """A run configuration is incomplete or contradicts itself."""

    code = "run_configuration"


class ModelPathNotFoundException(UserErrorException):
    """A model path names nothing among the run's files."""

    code = "model_path_not_found"
    status = 404


class NotSupportedError(UserErrorException, NotImplementedError):
    """The original has it, and it cannot be had on one's own machines; the hint names the nearest thing that can."""

    code = "not_supported"
    status = 501


class SnapshotException(UserErrorException):
    """A snapshot cannot be taken or given back."""

    code = "snapshot"


class ServiceException(AzureMLException):
    """The workspace answered with an error."""

    code = "service_error"


class NotFoundError(ServiceException, LookupError):
    """What was asked for is not there."""

    code = "not_found"
    status = 404


class ModelNotFoundException(NotFoundError):
    """No model of that name or version."""

    code = "model_not_found"


class GoneError(ServiceException):
    """It was there and has been deleted; what a writer still holds for it stays in its journal."""

    code = "gone"
    status = 410


class FencedError(ServiceException):
    """A newer watcher or attempt has taken over, so this one's writes are refused."""

    code = "fenced"
    status = 409


class SequenceGapError(ServiceException):
    """A batch starts beyond the store's cursor; ``detail["cursor"]`` says where to go on."""

    code = "sequence_gap"
    status = 409


class PermissionDeniedError(ServiceException):
    """The caller may not do this."""

    code = "permission_denied"
    status = 403


class StoreUnavailableError(ServiceException):
    """The store cannot answer now (busy, disk full, no connection); the same request may succeed later."""

    code = "store_unavailable"
    status = 503


class WorkspaceException(AzureMLException):
    """The workspace itself cannot be used."""

    code = "workspace"
    status = 409


class WorkspaceNotFoundError(WorkspaceException):
    """There is no workspace at the given place."""

    code = "workspace_not_found"
    status = 404


class WorkspaceReadOnlyError(WorkspaceException):
    """The workspace folder cannot be written to."""

    code = "workspace_read_only"
    status = 403


class WorkspaceVersionError(WorkspaceException):
    """The workspace was made by a newer version of Runwatch."""

    code = "workspace_version"


class CorruptDataError(AzureMLException):
    """Bytes that fail their checksum or their format.

    Args:
        message: What is wrong with them.
        file: The file or database row they stand in.
        offset: The byte at which the damage starts, where known.
        hint: What to do about it.
    """

    code = "corrupt_data"
    status = 422

    def __init__(
        self, message: str = "", *, file: str = "", offset: int | None = None, hint: str | None = None, **detail: Any
    ) -> None:
        super().__init__(message, hint=hint, file=file, offset=offset, **detail)
        self.file = file
        self.offset = offset


class ActivityFailedException(AzureMLException):
    """The run that was waited for has failed."""

    code = "activity_failed"


class ExperimentExecutionException(AzureMLException):
    """A run could not be started or followed."""

    code = "experiment_execution"
    status = 409


class ComputeTargetException(AzureMLException):
    """A compute target is missing or cannot be used."""

    code = "compute_target"
    status = 409


class ProjectSystemException(AzureMLException):
    """A project folder cannot be used."""

    code = "project_system"


class TrainingException(AzureMLException):
    """Training failed."""

    code = "training"


class WebserviceException(AzureMLException):
    """A web service operation failed."""

    code = "webservice"


class AuthenticationException(AzureMLException):
    """The caller could not be identified."""

    code = "authentication"
    status = 401


class AzureMLAggregatedException(AzureMLException):
    """Several errors at once; ``detail["errors"]`` lists their messages."""

    code = "aggregated"


def _tree(kind: type[RunwatchError]) -> dict[str, type[RunwatchError]]:
    found = {kind.code: kind}
    for child in kind.__subclasses__():
        for code, descendant in _tree(child).items():
            found.setdefault(code, descendant)
    return found


def from_code(code: str, message: str, hint: str | None = None, detail: dict[str, Any] | None = None) -> RunwatchError:
    """The error a code stands for, ready to be raised; an unknown code gives a `ServiceException`.

    Args:
        code: The stable code of a class of this module.
        message: Its message.
        hint: Its hint.
        detail: Its facts.
    """
    kind = _tree(RunwatchError).get(code, ServiceException)
    return kind(message, hint=hint, **(detail or {}))
