"""The model card: README.md of a model folder.

Not here: the plot in it, which `nacre compare` draws from real files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nacre.evaluate import bd_rate, images_in, rate_distortion
from nacre.macs import measure
from nacre.model import Codec

CARD = """# {id}

Variable-rate mean-and-scale hyperprior image codec for Nacre, quality 1–100. Weights under the
MIT licence.

| | |
|---|---|
| data | {data} |
| trained with | `{command}` |
| device | {device} |
| time, steps, pixels | {minutes:.0f} minutes, {step}, {gigapixels:.2f} Gpixel |
| decoder (`scales`, `synthesis`) | {decoderKmacPerPixel} kMAC/pixel, {decoderBytes} bytes |
| encoder (all but `synthesis`) | {encoderKmacPerPixel} kMAC/pixel, {encoderBytes} bytes more |

Cost: `python -m nacre.macs models/{id}`.

## Rate–distortion

{images}, estimated rate; PSNR (RGB, 8 bits), SSIMULACRA 2 and the 3-norm of Butteraugli per image,
then averaged. The export wrote this table (`{export}`); `npx nacre compare KODAK --codecs
nacre:{id}` measures real files.

| quality | bpp | PSNR (dB) | SSIMULACRA 2 | Butteraugli |
|---|---|---|---|---|
{rows}

{deltas}
"""


def write_card(
    codec: Codec,
    out: Path,
    facts: dict[str, Any],
    images: Path,
    anchors: dict[str, dict[str, list[float]]],
    command: str,
) -> None:
    """Evaluates a model and writes its README.md.

    Args:
        codec: with weights as stored.
        out: the model folder, `models/<id>`, with model.json and its graphs.
        facts: what model.json says about the training.
        images: folder of PNG files to evaluate on.
        anchors: published curves by name, as `read_anchors` returns them.
        command: the command line of the export, printed beside the figures.
    """
    files = images_in(images)
    result = rate_distortion(codec, files)
    values = (
        facts
        | measure(out)
        | {
            "id": out.name,
            "gigapixels": facts["pixels"] / 1e9,
            "images": f"{images.name} ({len(files)} images)",
            "export": command,
            "rows": "\n".join(
                f"| {level + 1} | {bpp:.4f} | {decibels:.2f} | {score:.2f} | {distance:.3f} |"
                for level, bpp, decibels, score, distance in zip(*result.values(), strict=True)
            ),
            "deltas": "\n".join(
                f"- BD-rate against {name}: {bd_rate(curve, result):+.2f} %"
                for name, curve in anchors.items()
            ),
        }
    )
    (out / "README.md").write_text(CARD.format(**values))
