"""Writes what was found: one experiment as text, all as REPORT.md with figures beside it."""

from __future__ import annotations

from pathlib import Path

from lab.experiment import Outcome, load


def verdict(outcome: Outcome) -> str:
    return "holds" if outcome.holds else "false"


def section(outcome: Outcome) -> str:
    """An experiment in Markdown: claim, result, verdict, then checks, figure and table."""
    spec = load(outcome.name)
    checks = "\n".join(
        f"- {check.meaning}: {outcome.values[check.value]:.4g}, must be {check.sign} "
        f"{check.bound:g}: {'yes' if held else '**no**'}"
        for check, held in zip(spec.checks, outcome.held, strict=True)
    )
    return f"""## <a id="{outcome.name}"></a>{spec.group}. {spec.title} (`{outcome.name}`)

**Claim.** {spec.claim}
**Result** on {outcome.data}. {spec.result.format(**outcome.values)}
**Verdict: {verdict(outcome)}.**

{checks}

![{spec.title}](figures/{outcome.name}.svg)

{outcome.table}
"""


def write_figure(outcome: Outcome, folder: Path) -> Path:
    """`NAME.svg` in a folder that is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{outcome.name}.svg"
    path.write_text(outcome.figure)
    return path


def write_report(outcomes: list[Outcome], folder: Path, how: str) -> Path:
    """REPORT.md and `figures/` in `folder`.

    Args:
        how: the command and the machine, for the first lines.
    """
    rows = "\n".join(
        f"| {spec.group} | [{o.name}](#{o.name}) | {spec.title} | {verdict(o)} | {o.seconds:.0f} |"
        for o, spec in ((o, load(o.name)) for o in outcomes)
    )
    head = f"""# What the autoencoder laboratory found

{how}
Data: {"; ".join(sorted({o.data for o in outcomes}))}.
{sum(o.holds for o in outcomes)} of {len(outcomes)} claims hold. Every figure below is of that run.

| group | experiment | | verdict | seconds |
|---|---|---|---|---|
{rows}

"""
    for outcome in outcomes:
        write_figure(outcome, folder / "figures")
    path = folder / "REPORT.md"
    path.write_text(head + "\n".join(section(o) for o in outcomes))
    return path
