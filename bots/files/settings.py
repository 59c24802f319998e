"""Chooses where files lie: in the bucket that the settings name, or in a folder."""

from __future__ import annotations

from bots.config import Settings
from bots.files.store import FileStore, in_folder


def open_store(settings: Settings) -> FileStore:
    if not settings.files_s3_bucket:
        return in_folder(settings.var_dir)
    from bots.files.s3 import BucketStore  # noqa: PLC0415 - a large library, for those who have a bucket

    return BucketStore(
        settings.files_s3_bucket,
        settings.files_s3_endpoint,
        settings.files_s3_region,
        settings.files_s3_key.get_secret_value(),
        settings.files_s3_secret.get_secret_value(),
    )
