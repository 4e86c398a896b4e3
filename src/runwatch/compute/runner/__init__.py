"""The runner: a small process that starts the processes of one attempt of a job, ends their whole tree, and says how.

Standard library only, and of that as little as will do: what is imported here is paid by every job before its first
line. Hence no ``pathlib``, ``typing``, ``dataclasses`` or ``subprocess``.
"""
