"""Writes what was found: one experiment as text, all as REPORT.md with figures beside it."""

from __future__ import annotations

from pathlib import Path

from nacre.lab.experiment import Outcome, load


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
    return f"""## {spec.group}. {spec.title} (`{outcome.name}`)

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
        f"| {load(o.name).group} | [{o.name}](#{anchor(o)}) | {load(o.name).title} "
        f"| {verdict(o)} | {o.seconds:.0f} |"
        for o in outcomes
    )
    held = sum(o.holds for o in outcomes)
    text = f"""# What the autoencoder laboratory found

{how}
{held} of {len(outcomes)} claims hold. Each figure and number below comes from that one run.

| group | experiment | | verdict | seconds |
|---|---|---|---|---|
{rows}

"""
    for outcome in outcomes:
        write_figure(outcome, folder / "figures")
    path = folder / "REPORT.md"
    path.write_text(text + "\n".join(section(o) for o in outcomes))
    return path


def anchor(outcome: Outcome) -> str:
    """The fragment that GitHub gives the heading of `section`."""
    spec = load(outcome.name)
    heading = f"{spec.group}. {spec.title} (`{outcome.name}`)".lower().replace(" ", "-")
    return "".join(c for c in heading if c.isalnum() or c in "-_")
