"""The laboratory's command line.

python -m lab linear          # one experiment: prints it, writes its figure
python -m lab all             # all of them: writes REPORT.md and figures/
python -m lab all --quick     # small data, few steps
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import torch

from lab.data import ROOT, MissingData, Setting, fetch_mnist
from lab.experiment import ORDER, Outcome, load, run
from lab.report import section, verdict, write_figure, write_report


def run_all(setting: Setting) -> Iterator[Outcome]:
    """All experiments, one to a core, as they end: small networks gain little from two."""
    if not setting.quick:
        fetch_mnist()  # Once, before two processes would.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context, torch.set_num_threads, (1,)) as pool:
        try:
            for done in as_completed([pool.submit(run, name, setting) for name in ORDER]):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def parser() -> argparse.ArgumentParser:
    names = "".join(f"  {name:14}{load(name).title}\n" for name in ORDER)
    made = argparse.ArgumentParser(
        prog="lab",
        description="Shows the theory of autoencoders by experiment.",
        epilog=f"experiments, in the order to read them:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("name", metavar="NAME", help="an experiment, or all")
    made.add_argument("--quick", action="store_true", help="small data and few steps")
    made.add_argument("--photographs", type=Path, metavar="FOLDER", help="of images to train on")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--out", type=Path, help="folder to write to")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when every claim holds, 1 when one does not, 2 when data is missing."""
    line = parser()
    args = line.parse_args(arguments)
    if args.name not in (*ORDER, "all"):
        line.error(f"Expected one of {', '.join(ORDER)} or all for NAME but received {args.name}")
    if args.quick and args.photographs:
        line.error("Expected one of --quick and --photographs but received both")
    setting = Setting(args.quick, args.photographs, args.seed)
    # A full run of all renews what is committed here; nothing else must.
    renews = args.name == "all" and not args.quick
    folder = args.out or (Path(__file__).parent if renews else ROOT / "runs" / "lab")
    started, found = time.monotonic(), {}
    try:
        for outcome in run_all(setting) if args.name == "all" else [run(args.name, setting)]:
            found[outcome.name] = outcome
            print(f"{outcome.name:14}{verdict(outcome):6}{outcome.seconds:6.0f} s", flush=True)
    except MissingData as error:
        print(f"lab: {error}", file=sys.stderr)
        return 2
    if args.name == "all":
        how = (
            f"Written by `npm run lab -- all{' --quick' * args.quick}"
            f"{' --photographs FOLDER' * bool(args.photographs)}` with seed {args.seed} in "
            f"{(time.monotonic() - started) / 60:.1f} minutes on {os.cpu_count()} CPU cores "
            f"(PyTorch {torch.__version__})."
        )
        print(write_report([found[name] for name in ORDER], folder, how))
    else:
        print(f"\n{section(outcome)}\nThe figure is in {write_figure(outcome, folder)}.")
    return 0 if all(outcome.holds for outcome in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
