"""Figures of the GPUs by NVIDIA's management library; quiet where there is no driver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Gpus:
    """The GPUs of this machine, opened at the first sample."""

    def __init__(self) -> None:
        self._library: Any = None
        self._devices: list[Any] | None = None

    def sample(self) -> dict[str, float]:
        """``gpu<n>_percent``, ``…_memory_bytes``, ``…_celsius`` and ``…_watts``, as far as each GPU tells."""
        found: dict[str, float] = {}
        for number, device in enumerate(self._opened()):
            found.update(self._figures(f"gpu{number}", device))
        return found

    def count(self) -> int:
        """How many GPUs the driver knows; 0 without one."""
        return len(self._opened())

    def close(self) -> None:
        """Release the library."""
        library, self._library, self._devices = self._library, None, []
        if library is not None:
            try:
                library.nvmlShutdown()
            except library.NVMLError:
                return

    def _opened(self) -> list[Any]:
        if self._devices is None:
            self._devices = self._open()
        return self._devices

    def _open(self) -> list[Any]:
        try:
            import pynvml
        except ImportError:
            return []
        try:
            pynvml.nvmlInit()  # type: ignore[no-untyped-call, unused-ignore]
            devices = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        except pynvml.NVMLError:  # no driver, or no permission
            return []
        self._library = pynvml
        return devices

    def _figures(self, prefix: str, device: Any) -> dict[str, float]:
        nvml = self._library
        asked: dict[str, Callable[[], Any]] = {
            "percent": lambda: nvml.nvmlDeviceGetUtilizationRates(device).gpu,
            "memory_bytes": lambda: nvml.nvmlDeviceGetMemoryInfo(device).used,
            "celsius": lambda: nvml.nvmlDeviceGetTemperature(device, nvml.NVML_TEMPERATURE_GPU),
            "watts": lambda: nvml.nvmlDeviceGetPowerUsage(device) / 1000.0,
        }
        found = {}
        for name, ask in asked.items():
            try:
                found[f"{prefix}_{name}"] = float(ask())
            except nvml.NVMLError:  # not every GPU has every sensor
                continue
        return found
