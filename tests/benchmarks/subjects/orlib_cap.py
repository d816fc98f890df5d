"""The small problems of the OR-Library, cap61 to cap104, with and without splitting of customers."""

from __future__ import annotations

from benchmarks.published_sets import published_subject

SUBJECT = published_subject(
    "orlib_cap",
    "OR-Library cap61-cap104",
    (30.0,),
    keep=lambda instance, _problem: instance.startswith(("cap6", "cap7", "cap10")),
)
