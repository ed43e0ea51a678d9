"""What is wrong, doubtful or good to know about a data folder, before anything is fitted."""

from fewrec.data.checks.findings import CheckReport, Finding
from fewrec.data.checks.folder import check_folder

__all__ = ["CheckReport", "Finding", "check_folder"]
