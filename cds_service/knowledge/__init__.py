"""knowledge/ on disk -> Knowledge: guidelines, value sets, access positions, links; or refused."""

from cds_service.knowledge.approvals import load_approvals, matches
from cds_service.knowledge.content_hash import canonical_json
from cds_service.knowledge.loaded import Knowledge, load
from cds_service.knowledge.places import Folder, data_dir
from cds_service.knowledge.releases import Release, check_releases, release, releases
from cds_service.knowledge.report import Report, ReportLine, report

__all__ = [
    "Folder",
    "Knowledge",
    "Release",
    "Report",
    "ReportLine",
    "canonical_json",
    "check_releases",
    "data_dir",
    "load",
    "load_approvals",
    "matches",
    "release",
    "releases",
    "report",
]
