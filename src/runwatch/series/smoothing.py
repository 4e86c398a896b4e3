"""Smooth lines, made of all points of a series so that they change neither with the zoom nor with the chart's width."""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from runwatch.series.column import FloatArray, IntArray
from runwatch.series.error import ValuesError

Kind: TypeAlias = Literal["ema", "time_ema", "gaussian", "running_mean"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_BLOCK: Final = 16_384
"""Points worked on at a time: their arrays stay in the processor's cache."""

_SPREAD: Final = 300.0
"""Powers within a block reach from 1 to e to this: far from overflow, whatever they are multiplied with."""

_GONE: Final = 45.0
"""A weight of e to minus this is below half a rounding error."""

_LARGE: Final = 1e100
"""Values beyond this are scaled down while they are weighted."""

_TAPS: Final = 64
"""A Gaussian kernel with more points than this is quicker as a product of spectra."""

_SIGMAS: Final = 5.0
"""Where a Gaussian kernel is cut: what is left out weighs 6e-7."""

_SECOND: Final = 1e6


def smooth(kind: Kind, amount: float, values: FloatArray, times: IntArray) -> FloatArray:
    """A smooth line with a value for every finite one; the others count for nothing and are NaN in it.

    Args:
        kind: ``ema``, ``time_ema``, ``gaussian`` or ``running_mean``.
        amount: Its parameter, see the functions of these names.
        values: float64, in the order logged.
        times: int64, when they were logged, microseconds.

    Raises:
        ValuesError: The amount is out of range.
    """
    finite = np.isfinite(values)
    whole = bool(finite.all())
    there = values if whole else values[finite]
    scale = 1.0
    if len(there) and (largest := float(np.abs(there).max())) > _LARGE:
        scale = 2.0 ** math.ceil(math.log2(largest / _LARGE))
        there = there / scale
    if kind == "time_ema":
        since = (times if whole else times[finite]) - (times[0] if len(times) else 0)  # exact where seconds are not
        found = time_ema(there, since / _SECOND, amount)
    else:
        found = {"ema": ema, "gaussian": gaussian, "running_mean": running_mean}[kind](there, amount)
    if scale != 1.0:
        found = np.clip(found, -_LARGE, _LARGE) * scale
    if whole:
        return found
    line = np.full(len(values), np.nan)
    line[finite] = found
    return line


def check_amount(kind: Kind, amount: float) -> None:
    """Refuse a parameter that a kind of smoothing cannot have.

    Raises:
        ValuesError: It is out of range.
    """
    if kind == "ema" and not 0 <= amount < 1:
        raise ValuesError(f"The weight of an EMA is 0 to less than 1, not {amount:g}.")
    if kind != "ema" and not 0 < amount < math.inf:
        raise ValuesError(f"A {kind} needs an amount above 0, not {amount:g}.")
    if kind == "running_mean" and amount < 1:
        raise ValuesError(f"A running mean takes 1 point or more, not {amount:g}.")


def ema(values: FloatArray, weight: float) -> FloatArray:
    """An exponential moving average, corrected for its start: the first value is the first point itself.

    ``s = weight * s + (1 - weight) * value`` from 0 on, divided by ``1 - weight ** n`` after n points.

    A block is one cumulative sum of the values times rising powers; what came before is added to it. The sum's rounding
    errors fall with the same powers, so that the error is that of the plain loop.

    Args:
        values: Finite float64.
        weight: The weight of what came before, 0 to less than 1.
    """
    check_amount("ema", weight)
    if not weight or not len(values):
        return values.copy()
    rate = -math.log(weight)
    size = max(1, min(_BLOCK, int(_SPREAD / rate)))
    falling = np.exp(-rate * np.arange(size))
    rising = np.exp(rate * np.arange(size)) * -math.expm1(-rate)
    found = np.empty(len(values))
    if size < _BLOCK // 16:
        _ema_of_many(values, weight, falling, rising, found)
    else:
        _ema_of_blocks(values, weight, falling, rising, found)
    start = min(len(values), int(_GONE / rate) + 1)
    found[:start] /= -np.expm1(-rate * np.arange(1, start + 1))
    return found


def _ema_of_blocks(
    values: FloatArray, weight: float, falling: FloatArray, rising: FloatArray, found: FloatArray
) -> None:
    before, size = 0.0, len(falling)
    work = np.empty(size)
    for first in range(0, len(values), size):
        part = values[first : first + size]
        out, room = found[first : first + size], work[: len(part)]
        np.multiply(part, rising[: len(part)], out=room)
        np.cumsum(room, out=room)
        room += before * weight
        np.multiply(room, falling[: len(part)], out=out)
        before = float(out[-1])


def _ema_of_many(values: FloatArray, weight: float, falling: FloatArray, rising: FloatArray, found: FloatArray) -> None:
    """The same for blocks that are so short that many of them are worked on at a time."""
    size = len(falling)
    many = max(1, _BLOCK // size)
    after, before = falling[-1] * weight, 0.0
    for first in range(0, len(values), many * size):
        part = values[first : first + many * size]
        rows = -(-len(part) // size)
        padded = part if rows * size == len(part) else np.append(part, np.zeros(rows * size - len(part)))
        sums = np.cumsum(padded.reshape(rows, size) * rising, axis=1)
        carried = np.empty(rows)
        for row, own in enumerate((sums[:, -1] * falling[-1]).tolist()):
            carried[row] = before
            before = own + after * before
        sums += (carried * weight)[:, None]
        sums *= falling
        found[first : first + len(part)] = sums.reshape(-1)[: len(part)]


def time_ema(values: FloatArray, times: FloatArray, constant: float) -> FloatArray:
    """An average of all points so far, each weighted by how long ago it was logged.

    Args:
        values: Finite float64.
        times: When they were logged, seconds; one that lies before the one before it counts as the same.
        constant: Seconds after which a weight has fallen to 1/e, above 0.
    """
    check_amount("time_ema", constant)
    found = np.empty(len(values))
    moments = np.maximum.accumulate(times)
    total = weight = 0.0
    size, latest = 4_096, float(moments[0]) if len(moments) else 0.0
    for first in range(0, len(values), size):
        part, age = values[first : first + size], (moments[first : first + size] - latest) / constant
        if age[-1] <= _SPREAD:
            rising = np.exp(age)
            totals, weights = np.cumsum(part * rising) + total, np.cumsum(rising) + weight
            last = math.exp(-age[-1])
            total, weight = float(totals[-1]) * last, float(weights[-1]) * last
        else:
            totals, weights = _scan(part, age, total, weight)
            total, weight = float(totals[-1]), float(weights[-1])
        np.divide(totals, weights, out=found[first : first + size])
        latest = float(moments[first : first + size][-1])
    return found


def _scan(values: FloatArray, ages: FloatArray, total: float, weight: float) -> tuple[FloatArray, FloatArray]:
    """Weighted sums and sums of weights where powers of all ages would overflow: by doubling the reach."""
    decay = np.exp(-ages)
    totals, weights = values.copy(), np.ones(len(values))
    reach = 1
    while reach < len(values):
        fading = np.exp(ages[:-reach] - ages[reach:])
        totals[reach:] += fading * totals[:-reach]
        weights[reach:] += fading * weights[:-reach]
        if not fading.any():
            break
        reach *= 2
    return totals + decay * total, weights + decay * weight


def gaussian(values: FloatArray, deviation: float) -> FloatArray:
    """Each value with its neighbours, weighted by a bell; at the ends by the part of it that has points.

    The bell is cut at five standard deviations. A wide one is applied by Fourier transforms of blocks, whose error is
    some 1e-15 of the largest value of the block.

    Args:
        values: Finite float64.
        deviation: The standard deviation in points, above 0.
    """
    check_amount("gaussian", deviation)
    count = len(values)
    half = min(math.ceil(_SIGMAS * deviation), max(count - 1, 0))
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / deviation) ** 2)
    sums = np.cumsum(kernel)
    ends = np.minimum(np.arange(count), half) if count else np.zeros(0, np.int64)
    # The weights at a row are those of the kernel from as far back to as far ahead as there are rows.
    weights = sums[half + ends[::-1]] - np.where(half > ends, sums[np.maximum(half - ends, 1) - 1], 0.0)
    return _convolve(values, kernel) / weights if count else values.copy()


def _convolve(values: FloatArray, kernel: FloatArray) -> FloatArray:
    """Sums of the values around each one, weighted by a kernel of odd length; beyond the ends are zeros."""
    half = len(kernel) // 2
    if len(kernel) <= _TAPS:
        return np.convolve(values, kernel)[half : half + len(values)]
    size = 1 << max(16, (4 * len(kernel)).bit_length())
    step = size - len(kernel) + 1
    spectrum = np.fft.rfft(kernel, size)
    padded = np.concatenate([np.zeros(half), values, np.zeros(half + step)])
    found = np.empty(len(values))
    for first in range(0, len(values), step):
        block = np.fft.irfft(np.fft.rfft(padded[first : first + size], size) * spectrum, size)
        part = found[first : first + step]
        part[:] = block[2 * half : 2 * half + len(part)]
    return found


def running_mean(values: FloatArray, window: float) -> FloatArray:
    """The mean of a window around each value: half of it before, half behind, cut at the ends.

    Each mean is made of the values of its own window, so that a huge one spoils no mean beyond.

    Args:
        values: Finite float64.
        window: Its points, at least 1; an even number takes one more.
    """
    check_amount("running_mean", window)
    count = len(values)
    half = min(int(window) // 2, max(count - 1, 0))
    size = 2 * half + 1
    if half == 0:
        return values.copy()
    rows = -(-(count + 2 * half) // size)
    padded = np.zeros(rows * size)
    padded[half : half + count] = values
    blocks = padded.reshape(rows, size)
    # A window reaches from within one block into the next: the rest of that block and the start of the next one. One
    # that is a whole block finds its sum in the first and 0 in the second.
    ahead = np.cumsum(blocks, axis=1)
    ahead[:, -1] = 0.0
    behind = np.empty((rows, size))
    np.cumsum(blocks[:, ::-1], axis=1, out=behind[:, ::-1])
    found: FloatArray = behind.reshape(-1)[:count] + ahead.reshape(-1)[2 * half : 2 * half + count]
    missing = np.arange(half, 0, -1)
    points = np.full(count, float(size))
    points[:half] -= missing
    points[-half:] -= missing[::-1]
    found /= points
    return found
