"""Single-source problems of the course Discrete Optimization; its values are thresholds for full marks."""

from __future__ import annotations

from benchmarks.published_sets import published_subject

SUBJECT = published_subject(
    "coursera",
    "Coursera fl_25_2 to fl_200_7",
    (5.0, 60.0),
    # proved by an exact solve; for fl_200_7 there is only the threshold
    proved={"fl_25_2": 3269821.32, "fl_50_6": 3732793.43, "fl_100_7": 1965.55},
)
