"""What an experiment is: data, recipes, measurements, and checks that decide the verdict.

Not here: the experiments (experiments/), their training (trainer.py), the report (report.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

from matplotlib.figure import Figure
from torch import nn

from lab.data import Data, Setting
from lab.figures import svg
from lab.trainer import Recipe, train

Models = dict[str, nn.Module]


@dataclass(frozen=True)
class Measured:
    """What an experiment found: numbers by name, a table in Markdown, and a figure."""

    values: dict[str, float]
    table: str
    figure: Figure


@dataclass(frozen=True)
class Check:
    """One inequality that must hold: a measured value, by name, "<" or ">" a bound.

    Attributes:
        meaning: what the value is, for the report.
    """

    value: str
    sign: str
    bound: float
    meaning: str

    def holds(self, values: dict[str, float]) -> bool:
        value = values[self.value]
        return value < self.bound if self.sign == "<" else value > self.bound


@dataclass(frozen=True)
class Experiment:
    """The declaration of one experiment.

    Attributes:
        group: number of the group it belongs to, 1..10.
        title: a few words.
        claim: what theory says, one or two sentences.
        data: makes or fetches the data.
        trains: networks to train, in order, by name.
        measure: measures the trained networks.
        checks: all must hold for the claim to hold.
        result: a sentence with the measured values in braces.
    """

    group: int
    title: str
    claim: str
    data: Callable[[Setting], Data]
    measure: Callable[[Data, Models, Setting], Measured]
    checks: tuple[Check, ...]
    result: str
    trains: dict[str, Recipe] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """An experiment that was run; plain values alone, so that it can cross processes."""

    name: str
    data: str
    values: dict[str, float]
    table: str
    figure: str
    seconds: float

    @property
    def held(self) -> list[bool]:
        """Whether each check of the declaration holds."""
        return [check.holds(self.values) for check in load(self.name).checks]

    @property
    def holds(self) -> bool:
        return all(self.held)


ORDER = (
    "linear", "deep", "overcomplete", "tied", "likelihood", "modes", "perceptual", "adversarial",
    "regularisers", "contractive", "upsampling", "architecture", "skips", "bottleneck", "latent",
    "holes", "reduction", "anomaly", "pretraining", "hashing", "coding", "rate",
    "compression",
)  # fmt: skip
"""Names of all experiments in the order to read them."""


def load(name: str) -> Experiment:
    """The declaration of an experiment by its name."""
    return import_module(f"lab.experiments.{name}").SPEC


def run(name: str, setting: Setting) -> Outcome:
    """Runs an experiment from its seed.

    Raises:
        MissingData: when its data cannot be had.
    """
    started, spec = time.monotonic(), load(name)
    data = spec.data(setting)
    measured = spec.measure(data, train(spec.trains, data, setting), setting)
    seconds = time.monotonic() - started
    return Outcome(name, data.name, measured.values, measured.table, svg(measured.figure), seconds)
