"""What every place for files promises, tried on a folder and on a local S3 server; an older folder is taken over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from bots.config import Settings
from bots.files.s3 import BucketStore, StoreAway
from bots.files.settings import open_store
from bots.files.store import FileStore, FolderStore, in_folder, name_of
from tests.web.site import free_port

BUCKET = "otklik-files"
CONTENTS = (b"words", b"", b"\x00" * 3_000_000)
PATIENCE = 30


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    yield address
    server.stop()


def bucket(endpoint: str, name: str = BUCKET) -> BucketStore:
    return BucketStore(name, endpoint, "ru-central1", "key", "secret-canary")


@pytest.fixture
def made(endpoint: str) -> str:
    import http.client

    host = endpoint.removeprefix("http://")
    connection = http.client.HTTPConnection(host)
    connection.request("PUT", f"/{BUCKET}", "<CreateBucketConfiguration><LocationConstraint>ru-central1</LocationConstraint></CreateBucketConfiguration>", {"Authorization": "AWS4-HMAC-SHA256 Credential=key/20260914/ru-central1/s3/aws4_request, SignedHeaders=host, Signature=0"})  # fmt: skip # noqa: E501
    assert connection.getresponse().status in (200, 409)
    connection.close()
    return endpoint


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "folder":
        return in_folder(tmp_path / "var")
    return bucket(request.getfixturevalue("made"))


def test_what_was_saved_is_read_as_it_was_and_named_by_what_it_is(store: FileStore) -> None:
    for content in CONTENTS:
        name = store.save(content)
        assert name == name_of(content)
        assert store.exists(name) and store.read(name) == content
        assert store.save(content) == name and store.read(name) == content


def test_what_is_deleted_is_not_there_and_may_come_again(store: FileStore) -> None:
    name = store.save(b"to be forgotten")
    store.delete(name)
    store.delete(name)
    assert not store.exists(name)
    with pytest.raises(FileNotFoundError):
        store.read(name)
    assert store.save(b"to be forgotten") == name and store.exists(name)


def test_names_that_are_none_reach_nothing(store: FileStore) -> None:
    for name in ("", "..", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 63 + "/"):
        for ask in (store.read, store.exists, store.delete):
            with pytest.raises(ValueError, match="name"):
                ask(name)


def test_the_same_bytes_from_many_threads_are_one_file(store: FileStore) -> None:
    content, names, begin = b"many" * 10_000, list[str](), threading.Barrier(8)

    def save() -> None:
        begin.wait()
        names.append(store.save(content))

    threads = [threading.Thread(target=save) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert names == [name_of(content)] * 8
    assert store.read(names[0]) == content


@dataclass
class Nowhere:
    """Every way in which a bucket is not there."""

    endpoint: str

    def stores(self) -> tuple[BucketStore, ...]:
        return bucket(f"http://127.0.0.1:{free_port()}"), bucket(self.endpoint, "no-such-bucket")


def test_a_bucket_that_is_away_is_an_oserror_that_repeats_no_setting(
    made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.files.s3.TRIES", 1)
    for store in Nowhere(made).stores():
        with pytest.raises(StoreAway, match="S3") as away:
            store.save(b"words")
        assert "canary" not in str(away.value) and "127.0.0.1" not in str(away.value)


def test_files_in_the_bucket_lie_under_the_names_that_a_folder_has(made: str) -> None:
    name = bucket(made).save(b"words")
    plain = S3Store(
        BUCKET, endpoint=made, region="ru-central1", access_key_id="key", secret_access_key="x",
        client_options={"allow_http": True},
    )  # fmt: skip
    assert obstore.get(plain, f"{name[:2]}/{name}").bytes() == b"words"


def test_the_settings_choose(made: str, tmp_path: Path) -> None:
    def chosen(**more: str) -> FileStore:
        return open_store(Settings(_env_file=None, var_dir=tmp_path, **more))  # type: ignore[arg-type, call-arg]

    assert isinstance(chosen(), FolderStore)
    more = {"bucket": BUCKET, "endpoint": made, "region": "ru-central1", "key": "key", "secret": "secret"}
    store = chosen(**{f"files_s3_{name}": value for name, value in more.items()})
    assert isinstance(store, BucketStore)
    assert store.read(store.save(b"words")) == b"words"


# The folder of older releases


def old_photo(var_dir: Path, content: bytes) -> str:
    name = name_of(content)
    path = var_dir / "photos" / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return name


def test_photos_of_older_releases_are_taken_over(tmp_path: Path) -> None:
    name = old_photo(tmp_path, b"old")
    assert in_folder(tmp_path).read(name) == b"old"
    assert not (tmp_path / "photos").exists()


def test_what_an_older_release_stores_meanwhile_is_taken_over_too(tmp_path: Path) -> None:
    new = in_folder(tmp_path).save(b"new")
    old, again = old_photo(tmp_path, b"old"), old_photo(tmp_path, b"new")
    store = in_folder(tmp_path)
    assert again == new
    assert (store.read(old), store.read(new)) == (b"old", b"new")


def test_any_number_of_processes_take_it_over_at_once(tmp_path: Path) -> None:
    names = [old_photo(tmp_path, bytes([n])) for n in range(50)]
    begin, stores = threading.Barrier(6), list[FolderStore]()

    def start() -> None:
        begin.wait()
        stores.append(in_folder(tmp_path))

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(stores) == 6
    assert all(store.exists(name) for store in stores for name in names)
