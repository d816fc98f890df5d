"""Problems without capacities by Koerkel and Ghosh, 250 x 250, of which no optimum is published."""

from __future__ import annotations

from benchmarks.published_sets import published_subject

SUBJECT = published_subject("koerkel_ghosh", "Koerkel-Ghosh ga250a-1, gs250a-1", (60.0,))
