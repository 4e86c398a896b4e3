"""Schedules, which are not here."""

from runwatch.sdk.absent import Schedule, ScheduleRecurrence

__all__ = ["Schedule", "ScheduleRecurrence"]
