"""Wrong input ends a command with status 2 and one line on stderr."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from drawn import write_images

from nacre import draw, evaluate, export, macs, preview, train
from nacre.render import __main__ as render

TINY = Path(__file__).parents[3] / "test" / "fixtures" / "tiny"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Images, an empty folder, a file that is no checkpoint and a checkpoint of something."""
    write_images(tmp_path / "images", 1, 128)
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.pt").write_text("no checkpoint")
    torch.save({"step": 1}, tmp_path / "other.pt")
    return tmp_path


@pytest.mark.parametrize(
    ("main", "line", "told"),
    [
        (train.main, "missing --out run", "No such file or directory: 'missing'"),
        (train.main, "empty --out run", "no image of at least 192"),
        (train.main, "images --out run --resume", "No such file or directory"),
        (train.main, "images --out run --start empty", "model.json"),
        (train.main, "images --out run --crop 128 --eval empty", "no PNG file in empty"),
        (train.main, "images --out run --anchor text.pt", "text.pt is no rate–distortion curve"),
        (train.main, "images --out run --log-every 0", "at least 1 but received 0"),
        (train.main, "images --out run --crop 100", "multiple of 64 but received 100"),
        (evaluate.main, "missing images", "No such file or directory: 'missing'"),
        (evaluate.main, "text.pt images", "text.pt is no checkpoint"),
        (evaluate.main, "other.pt images", "other.pt holds no model"),
        (export.main, "missing out --images images", "No such file or directory: 'missing'"),
        (export.main, "a b --images c --check 0", "at least 1 but received 0"),
        (export.main, "a b --images c --blend d 1.5", "--blend: expected a number in 0..1"),
        (export.main, "a b --images c --blend d nan", "but received nan"),
        (preview.main, "missing images", "model.json"),
        (preview.main, f"{TINY} empty", "no image of at least 384"),
        (preview.main, f"{TINY} empty --size 65", "multiple of 64 but received 65"),
        (draw.main, "text.pt", "File exists: 'text.pt'"),
        (draw.main, "drawn --count -1", "at least 1 but received -1"),
        (render.main, "out --count 0", "at least 1 but received 0"),
        (render.main, "out --photographs missing", "No such file or directory: 'missing'"),
        (macs.main, "missing", "model.json"),
    ],
)
def test_wrong_input_is_told_in_one_line(
    main: Callable[[list[str]], None],
    line: str,
    told: str,
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.chdir(files)
    monkeypatch.setenv("NACRE_CHROMIUM", "not started here")
    before = sorted(files.rglob("*"))
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    *usage, last = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2 and told in last and "error: " in last
    # Only argparse says more than that line.
    assert not usage or usage[0].startswith("usage: ")
    assert sorted(files.rglob("*")) == before
