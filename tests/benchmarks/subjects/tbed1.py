"""Multi-source problems of Avella and Boccia: 300 x 300, and p41 with 500 x 500."""

from __future__ import annotations

from benchmarks.published_sets import published_subject

SUBJECT = published_subject("tbed1", "TBED1 p1-p3, p41", (30.0, 120.0))
