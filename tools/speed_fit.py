"""The fit: factors by scope as normal priors around physics, a robust loss, Gauss-Newton steps.

seconds = (Σ memory^p + Σ compute^p)^(1/p) + Σ added, each term amount × unit × Π factor. The
logarithms of the factors are fitted. Each has a prior: 0 (the factor is 1) with a width by quantity
and kind of scope, so a card's factor shrinks towards its architecture's, that towards the vendor's
and that towards everyone's where the data say little. Residuals are Student-t, so single bad rows
do not pull.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from fitcheck.catalog import load
from fitcheck.estimator.speed.decode import OVERLAP
from fitcheck.estimator.speed.scopes import group_of, scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from fitcheck.records.gpu import Gpu

    Array = NDArray[np.float64]

SIGMA = 0.12  # width of a clean residual, as a logarithm
NU = 8.0  # degrees of freedom of the residuals: the fewer, the less an outlier pulls
ALPHA = 0.7  # a card's n rows weigh n^(1 - ALPHA) together


class Work(Protocol):
    """The three parts of a row's work."""

    memory: tuple[float, ...]
    compute: tuple[float, ...]
    added: tuple[float, ...]


class Fitted(Protocol):
    """What the fit needs of a row."""

    gpu: Gpu
    card: str
    runtime: str
    backend: str
    year: int
    tokens_per_s: float


@dataclass(frozen=True)
class Terms:
    """The quantities of a phase, their units, what is expected of them, and how far it may vary.

    `expected` maps a quantity or group (or `quantity|scope`) to the factor expected of it; `widths`
    a quantity or group to the prior widths by kind of scope ("" is the quantity against its group
    or, without one, against `expected`). `aged` names the groups that were slower in old builds.
    """

    memory: tuple[str, ...]
    compute: tuple[str, ...]
    added: tuple[str, ...]
    unit: Callable[[str, Gpu, str, str], float]
    expected: Mapping[str, float]
    widths: Mapping[str, Mapping[str, float]]
    aged: tuple[str, ...] = ()

    @property
    def quantities(self) -> tuple[str, ...]:
        """All of them, in the order of the work."""
        return (*self.memory, *self.compute, *self.added)


class Fit:
    """A design matrix over rows: amounts in units, and which factors multiply each."""

    def __init__(
        self, rows: Sequence[Fitted], works: Sequence[Work], seconds: Sequence[float], terms: Terms,
        floor: Sequence[float] | None = None,
    ) -> None:  # fmt: skip
        self.terms = terms
        self.amounts = np.zeros((len(rows), len(terms.quantities)))
        cells: dict[str, list[tuple[int, int]]] = {}
        prior: dict[str, tuple[float, float]] = {}
        for i, (row, work) in enumerate(zip(rows, works, strict=True)):
            amounts = (*work.memory, *work.compute, *work.added)
            for j, (quantity, amount) in enumerate(zip(terms.quantities, amounts, strict=True)):
                if not amount:
                    continue
                self.amounts[i, j] = amount * terms.unit(
                    quantity, row.gpu, row.runtime, row.backend
                )
                for key, width, mean in priors(terms, quantity, row):
                    cells.setdefault(key, []).append((i, j))
                    prior[key] = (width, mean)
        self.members = merged(cells)
        self.keys = {keys[0]: index for index, keys in enumerate(self.members)}
        self.prior = prior
        self.width = np.array(
            [np.sqrt(sum(prior[key][0] ** 2 for key in keys)) for keys in self.members]
        )
        self.mean = np.array([sum(prior[key][1] for key in keys) for keys in self.members])
        entries = [
            (i, j, index) for index, keys in enumerate(self.members) for i, j in cells[keys[0]]
        ]
        self.row_of, self.quantity_of, self.key_of = np.array(entries).T
        self.log_seconds = np.log(np.array(seconds))
        self.floor = np.array(floor) if floor is not None else np.zeros(len(rows))
        memory, compute = len(terms.memory), len(terms.compute)
        self.parts = (
            slice(0, memory),
            slice(memory, memory + compute),
            slice(memory + compute, None),
        )

    def times(self, logs: Array) -> Array:
        """Seconds of every amount at these factors."""
        exponent = np.zeros_like(self.amounts)
        np.add.at(exponent, (self.row_of, self.quantity_of), logs[self.key_of])
        result: Array = self.amounts * np.exp(exponent)
        return result

    def seconds(self, logs: Array) -> Array:
        """Estimated seconds of every row."""
        times = self.times(logs)
        memory, compute, added = (times[:, part].sum(1) for part in self.parts)
        both = (memory**OVERLAP + compute**OVERLAP) ** (1 / OVERLAP)
        result: Array = np.maximum(both + added, self.floor)
        return result

    def slopes(self, logs: Array) -> tuple[Array, Array]:
        """Logarithm of the estimate, and its derivatives by the logarithm of every factor."""
        times = self.times(logs)
        memory = np.maximum(times[:, self.parts[0]].sum(1), 1e-12)
        compute = np.maximum(times[:, self.parts[1]].sum(1), 1e-15)
        both = (memory**OVERLAP + compute**OVERLAP) ** (1 / OVERLAP)
        total = both + times[:, self.parts[2]].sum(1)
        times[:, self.parts[0]] *= ((memory / both) ** (OVERLAP - 1))[:, None]
        times[:, self.parts[1]] *= ((compute / both) ** (OVERLAP - 1))[:, None]
        times /= total[:, None]
        jacobian = np.zeros((len(total), len(self.keys)))
        np.add.at(jacobian, (self.row_of, self.key_of), times[self.row_of, self.quantity_of])
        return np.log(total), jacobian

    def solve(self, weights: Array, *, start: Array | None = None, steps: int = 40) -> Array:
        """Find the factors: Levenberg-Marquardt on reweighted least squares with the priors."""
        logs = self.mean.copy() if start is None else start.copy()
        used = weights > 0
        damping, best = 1e-3, self._loss(logs, weights)
        for _ in range(steps):
            estimate, jacobian = self.slopes(logs)
            residual = self.log_seconds - estimate
            weight = weights * (NU + 1) / (NU + (residual / SIGMA) ** 2) / SIGMA**2
            rows = jacobian[used]
            normal = rows.T @ (weight[used][:, None] * rows) + np.diag(1 / self.width**2)
            slope = jacobian.T @ (weight * residual) - (logs - self.mean) / self.width**2
            before = best
            for _ in range(8):
                damped = normal + damping * np.diag(np.diag(normal))
                step = np.clip(np.linalg.solve(damped, slope), -1, 1)
                loss = self._loss(logs + step, weights)
                if loss < best:
                    logs, best, damping = logs + step, loss, max(damping / 5, 1e-6)
                    break
                damping *= 5
            if before - best < 1e-6 * abs(best):
                break
        return logs

    def _loss(self, logs: Array, weights: Array) -> float:
        residual = (self.log_seconds - np.log(self.seconds(logs))) / SIGMA
        data = np.sum(weights * (NU + 1) / 2 * np.log1p(residual**2 / NU))
        return float(data + 0.5 * np.sum(((logs - self.mean) / self.width) ** 2))

    def factors(self, logs: Array) -> dict[str, tuple[float, set[int]]]:
        """Give every factor's logarithm and the rows it takes part in.

        Factors that multiply the same amounts were fitted as one; each gets of it what its prior
        variance is of the sum's, which is where their joint optimum lies.
        """
        rows: list[set[int]] = [set() for _ in self.members]
        for row, index in zip(self.row_of, self.key_of, strict=True):
            rows[int(index)].add(int(row))
        found: dict[str, tuple[float, set[int]]] = {}
        for index, keys in enumerate(self.members):
            moved = logs[index] - self.mean[index]
            for key in keys:
                width, mean = self.prior[key]
                found[key] = (mean + moved * width**2 / self.width[index] ** 2, rows[index])
        return found

    def today(self, logs: Array, share: float) -> Array:
        """Give the factors for a build of today: old builds' extra cost off, but for `share` of it.

        Most people do not run the newest build, and published runs lag; `share` of the extra cost
        of 2024 stays in the constants of everyone.
        """
        result = logs.copy()
        for key, index in self.keys.items():
            if "|age:" in key:
                result[index] = 0.0
        for group in self.terms.aged:
            aged = self.keys.get(f"{group}|age:2024")
            if aged is not None and group in self.keys:
                result[self.keys[group]] += share * logs[aged]
        return result


def priors(terms: Terms, quantity: str, row: Fitted) -> list[tuple[str, float, float]]:
    """List the factors of a quantity for a row: key, prior width, prior mean (as logarithms)."""
    group = group_of(quantity)
    found: list[tuple[str, float, float]] = []

    def add(name: str, kind: str, key: str) -> None:
        width = terms.widths.get(name, {}).get(kind)
        if width:
            found.append((key, width, float(np.log(terms.expected.get(key, 1.0)))))

    for name in scopes(
        row.gpu, runtime=row.runtime, kernels=load().kernels(row.runtime), backend=row.backend
    ):
        kind = name.split(":")[0]
        if group:
            add(group, kind or "all", f"{group}|{name}" if name else group)
        add(
            quantity if not group else f"{group}_", kind, f"{quantity}|{name}" if name else quantity
        )
    base = group or quantity
    if base in terms.aged and row.year <= 2024:
        era = "2023" if row.year <= 2023 else "2024"
        found.append((f"{base}|age:{era}", 0.4, 0.0))
    return found


def merged(cells: Mapping[str, list[tuple[int, int]]]) -> list[list[str]]:
    """Group the factors that multiply exactly the same amounts: the data cannot tell them apart."""
    groups: dict[object, list[str]] = {}
    for key, places in cells.items():
        alone = "|age:" in key or "|" not in key
        groups.setdefault((key if alone else "", tuple(places)), []).append(key)
    return list(groups.values())


def card_weights(rows: Sequence[Fitted], importance: Sequence[float] | None = None) -> Array:
    """Weigh rows so that cards count nearly alike, however many rows they have."""
    count = Counter(row.card for row in rows)
    weight = np.array([count[row.card] ** -ALPHA for row in rows])
    if importance is not None:
        weight = weight * np.array(importance)
    result: Array = weight * 2.0 * len(count) / weight.sum()
    return result
