"""Single-source problems of Delmaire and others, p1 to p15."""

from __future__ import annotations

from benchmarks.published_sets import published_subject

SUBJECT = published_subject("delmaire", "Delmaire p1-p15", (10.0,))
