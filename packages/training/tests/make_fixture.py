"""Makes test/fixtures/tiny: a model of a few kilobytes, trained for seconds on drawn images.

python tests/make_fixture.py ../../test/fixtures/tiny
"""

import sys
import tempfile
from pathlib import Path

import torch
from drawn import write_images

from nacre.checkpoint import load_codec
from nacre.data import Images
from nacre.evaluate import images_in
from nacre.export import export
from nacre.preview import add_preview, fit_preview
from nacre.train import Run, parser

SIZES = (
    "--n 8 --m 16 --hyper 8 --wide 8 --merge 8 --exact-wide 8 "
    "--analysis-blocks 1 --synthesis-blocks 1"
)
LENGTH = "--steps 400 --batch 4 --crop 64 --lr 3e-3 --device cpu --distortion mse"


def main() -> None:
    out = Path(sys.argv[1])
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        drawn = write_images(Path(temporary) / "drawn", 16, 128)
        run = Path(temporary) / "run"
        Run(
            parser().parse_args([str(drawn), "--out", str(run), *SIZES.split(), *LENGTH.split()])
        ).train()
        codec, facts = load_codec(run / "checkpoint.pt")
        training = {"data": "drawn images", "step": facts["step"]}
        codec = export(codec, out, "psnr", training, images_in(drawn)[:4])
        add_preview(out, codec, fit_preview(codec, Images([drawn], 64), 20))


if __name__ == "__main__":
    main()
