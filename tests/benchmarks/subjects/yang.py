"""Single-source problems of Yang, Chu and Chen, p1 to p8: hard for branch and cut."""

from __future__ import annotations

from benchmarks.published_sets import published_subject

SUBJECT = published_subject("yang", "Yang p1-p8", (30.0, 60.0))
