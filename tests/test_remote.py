"""Corpora and reports in other stores: in memory, and in S3 as moto plays it on this machine."""

import json
import os
import shutil
import socket
import subprocess
import time
import uuid

import fsspec
import pytest

from analysis import __main__
from analysis.base.digests import folder_digest
from analysis.corpus.reading import read_corpus
from analysis.report import make as report
from analysis.report import pdf, remote

MOTO = os.environ.get("MOTO_SERVER")  # path of moto's program, in an environment of its own


@pytest.fixture(scope="module")
def s3():
    """Address of an empty bucket of a server on this machine."""
    if not MOTO:
        pytest.skip("MOTO_SERVER names no moto_server (see .ci/run)")
    from pyarrow.fs import S3FileSystem

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    server = subprocess.Popen([MOTO, "-H", "127.0.0.1", "-p", place.split(":")[1]])
    values = {
        "AWS_ENDPOINT_URL": f"http://{place}",
        "AWS_ACCESS_KEY_ID": "anyone",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        for _ in range(300):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", int(place.split(":")[1]))):
                    break
            time.sleep(0.1)
        own = {"endpoint_override": place, "scheme": "http", "allow_bucket_creation": True}
        S3FileSystem(**own).create_dir("bucket")
        yield "s3://bucket"
    server.kill()
    server.wait()


@pytest.fixture(params=["memory", "s3"])
def place(request):
    """Address of an empty folder in a store."""
    kind = request.param
    base = request.getfixturevalue("s3") if kind == "s3" else "memory://store"
    return f"{base}/{uuid.uuid4().hex}"


def _send(folder, address):
    store, path = remote._open(address)
    for file in folder.rglob("*"):
        if file.is_file():
            name = file.relative_to(folder).as_posix()
            remote._put(store, f"{path}/{name}", file.read_bytes())


def _there(address):
    """Content of every file at the address."""
    store, path = remote._open(address)
    return {name: store.cat_file(info["name"]) for name, info in remote._files(store, path).items()}


@pytest.fixture
def made(tmp_path):
    """A report in short."""
    folder = tmp_path / "made"

    def make(**files):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "tables").mkdir()
        for name, text in {"index": "page", **files}.items():
            (folder / ("index.html" if name == "index" else f"tables/{name}.csv")).write_text(text)
        manifest = {"made_by": remote.MADE_BY, "files": folder_digest(folder)}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return folder

    return make


def _here(folder):
    return {name: (folder / name).read_bytes() for name in folder_digest(folder)}


def test_a_corpus_is_copied_and_read(place, tmp_path, seeds):
    _send(seeds.path, f"{place}/seeds")
    copy = remote.fetch(f"{place}/seeds", tmp_path)
    assert copy.name == "seeds"
    assert folder_digest(copy) == folder_digest(seeds.path)
    assert read_corpus(copy).texts == seeds.texts
    assert remote.fetch(f"{place}/seeds", tmp_path) == copy
    _send(tmp_path / "fetched" / copy.parent.name, f"{place}/seeds/texts")
    assert remote.fetch(f"{place}/seeds", tmp_path) != copy, "a changed corpus is copied anew"


def test_a_single_file_is_copied(place, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one/table.csv").write_text("outlet,published,text\nO,2024-01-02,Some words.\n")
    _send(tmp_path / "one", place)
    copy = remote.fetch(f"{place}/table.csv", tmp_path)
    assert copy.name == "table.csv" and len(read_corpus(copy).documents) == 1


def test_a_report_is_sent_and_brought_up_to_date(place, made):
    assert remote.push(made(a="1", b="2"), f"{place}/report") == 4
    assert _there(f"{place}/report") == _here(made(a="1", b="2"))
    assert remote.push(made(a="1", b="2"), f"{place}/report") == 0
    assert remote.push(made(a="1", c="3"), f"{place}/report") == 3, "c, index and manifest"
    assert _there(f"{place}/report") == _here(made(a="1", c="3"))


def test_a_broken_off_report_is_seen_and_completed(place, made, monkeypatch):
    remote.push(made(a="1", b="2"), f"{place}/report")
    put = remote._put

    def breaks(store, name, data):
        if name.endswith("b.csv"):
            raise OSError("the line is cut")
        put(store, name, data)

    with monkeypatch.context() as patch:
        patch.setattr(remote, "_put", breaks)
        with pytest.raises(remote.StoreError, match="the line is cut"):
            remote.push(made(a="3", b="4"), f"{place}/report")
    manifest = json.loads(_there(f"{place}/report")["manifest.json"])
    assert not any(manifest["files"].values()), "whoever looks sees that it is not whole"
    remote.push(made(a="1", b="2"), f"{place}/report")
    assert _there(f"{place}/report") == _here(made(a="1", b="2"))


def test_a_place_with_files_of_others_is_refused(place, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/thesis.docx").write_text("years of work")
    _send(tmp_path / "thesis", f"{place}/mine")
    with pytest.raises(remote.StoreError, match="was not made by this program: nothing in it"):
        remote.staging(f"{place}/mine", tmp_path)
    assert remote.staging(f"{place}/empty", tmp_path).name == "empty"


def test_the_command_reads_and_writes_there(place, tmp_path, made, monkeypatch, capsys):
    monkeypatch.setattr(report, "CACHE", tmp_path / "cache")
    _send(made(), f"{place}/corpus")
    seen = []

    def make_report(corpus, out, texts):
        seen.append(corpus)
        shutil.copytree(made(a="1"), out, dirs_exist_ok=True)
        return 0

    monkeypatch.setattr(report, "make_report", make_report)
    words = ["report", "--corpus", f"{place}/corpus", "--out", f"{place}/report"]
    options = __main__._parser().parse_args(words)
    assert __main__._report(options) == 0
    assert seen[0].name == "corpus" and seen[0].is_dir()
    assert f"3 files sent to {place}/report" in capsys.readouterr().out
    assert _there(f"{place}/report") == _here(made(a="1"))

    def write_pdf(out):
        (out / "report.pdf").write_bytes(b"%PDF")
        manifest = {"made_by": remote.MADE_BY, "files": folder_digest(out)}
        (out / "manifest.json").write_text(json.dumps(manifest))

    monkeypatch.setattr(pdf, "write_pdf", write_pdf)
    assert __main__._pdf(options) == 0
    assert _there(f"{place}/report")["report.pdf"] == b"%PDF"


def test_an_address_of_this_machine_is_the_place_itself(tmp_path):
    assert remote.fetch((tmp_path / "x").as_uri(), tmp_path) == tmp_path / "x"
    assert remote.staging((tmp_path / "x").as_uri(), tmp_path) == tmp_path / "x"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nosuch://bucket/x", "Protocol not known: nosuch"),
        ("gs://bucket/x", "install gcsfs"),
        ("memory://nothing/here", "no such file or folder"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, address, message):
    with pytest.raises(remote.StoreError, match=message):
        remote.fetch(address, tmp_path)


def test_a_name_that_leads_out_is_refused(tmp_path):
    store = fsspec.filesystem("memory")
    store.store["/evil/corpus/../../out.txt"] = _file(store)
    try:
        with pytest.raises(remote.StoreError, match="leads out of its folder"):
            remote.fetch("memory://evil/corpus", tmp_path / "cache")
    finally:
        store.store.clear()
    assert not list(tmp_path.rglob("out.txt"))


def _file(store):
    store.pipe_file("/other", b"text")
    return store.store["/other"]
