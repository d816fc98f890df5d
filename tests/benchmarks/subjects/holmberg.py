"""Single-source problems of Holmberg, Roennqvist and Yuan, p1 to p30."""

from __future__ import annotations

from benchmarks.published_sets import published_subject

SUBJECT = published_subject("holmberg", "Holmberg p1-p30", (10.0,))
