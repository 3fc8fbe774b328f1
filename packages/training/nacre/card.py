"""The model card: README.md of a model folder, but for its results.

Not here: the results, which `nacre compare` measures on real files and somebody pastes below.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nacre.macs import measure

CARD = """# {id}

Variable-rate mean-and-scale hyperprior image codec for Nacre, quality 1–100, {aim}. Weights under
the MIT licence.

| | |
|---|---|
| data | {data} |
| trained with | `{command}` |
| exported with | `{export}` |
| device | {device} |
| time, steps, pixels | {minutes:.0f} minutes, {step}, {gigapixels:.2f} Gpixel |
| decoder (`scales`, `synthesis`) | {decoderKmacPerPixel} kMAC/pixel, {decoderBytes} bytes |
| encoder (all but `synthesis`) | {encoderKmacPerPixel} kMAC/pixel, {encoderBytes} bytes more |

Cost: `python -m nacre.macs models/{id}`.

## Rate–distortion

Not measured yet: `npx nacre compare KODAK --codecs nacre:{id},avif,jxl,mozjpeg`.
"""

AIMS = {
    "psnr": "trained for PSNR",
    "eye": "trained for what people see (SSIMULACRA 2 and Butteraugli)",
}
"""What the card says of each value of `tunedFor`."""


def write_card(out: Path, tuned_for: str, facts: dict[str, Any], command: str) -> None:
    """Writes README.md beside model.json and its graphs.

    Args:
        out: the model folder, `models/<id>`.
        tuned_for: one of `AIMS`.
        facts: what model.json says about the training.
        command: the command line of the export.
    """
    values = {
        "id": out.name,
        "aim": AIMS[tuned_for],
        "gigapixels": facts["pixels"] / 1e9,
        "export": command,
    }
    (out / "README.md").write_text(CARD.format(**facts, **measure(out), **values))
