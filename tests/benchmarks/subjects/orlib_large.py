"""The large problems of the OR-Library, 100 facilities and 1,000 customers."""

from __future__ import annotations

from benchmarks.published_sets import published_subject

SUBJECT = published_subject(
    "orlib_large",
    "OR-Library capa1, capb1, capc1",
    (30.0, 60.0),
    folder="orlib_cap",
    keep=lambda instance, problem: (
        (instance, problem) in {("capa1", "CFLP"), ("capb1", "CFLP"), ("capc1", "CFLP"), ("capa1", "SSCFLP")}
    ),
)
