"""A report folder turned into another form, without solving again: for an audience, or as a GeoPackage."""

from __future__ import annotations

from pathlib import Path

from assetopt.report.audience import audience_for, view_of
from assetopt.report.geopackage import write_geopackage
from assetopt.report.layers import plan_layers
from assetopt.report.reading import read_result
from assetopt.report.tables import report_tables
from assetopt.report.write import write_report

PACKAGE_SUFFIX = ".gpkg"


def export(
    path: str | Path, out: str | Path, *, redact: bool = False, band: bool = False, partner: str = "", public: bool = False,
    overwrite: bool = False,
) -> Path:  # fmt: skip
    """Write a full report folder anew for an audience, or its map as a GeoPackage.

    Parameters
    ----------
    path : str or pathlib.Path
        A full report folder with ``inputs/``, from which the plan is recounted first.
    out : str or pathlib.Path
        A file that ends in ``.gpkg``, or a folder.
    redact, band, partner, public
        As for `audience_for`; for a folder at least one is needed.

    Raises
    ------
    DataError
        Where the plan does not verify, no such partner exists, or nothing was asked for.
    FileExistsError, OSError
        As for `write_report`.
    """
    from assetopt.errors import DataError, Issue

    result, target = read_result(path), Path(out)
    audience = audience_for(result.problem, redact=redact, band=band, partner=partner, public=public)
    if target.suffix.lower() == PACKAGE_SUFFIX:
        if audience.everything:
            layers = plan_layers(
                result.problem.estate, report_tables(result, weighed=False), str(result.totals["plan_status"])
            )
        else:
            layers = view_of(result, audience).layers
        return write_geopackage(target, layers)
    if audience.everything:
        fix = "give --redact, --band, --for PARTNER or --public, or a file that ends in .gpkg"
        raise DataError([Issue("export", f"{target} would be the same report once more", fix)])
    return write_report(result, target, overwrite=overwrite, audience=audience)
