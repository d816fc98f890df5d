"""The p-median problems of the OR-Library, pmed1 to pmed20."""

from __future__ import annotations

from benchmarks.published_sets import PEERS, published_subject

SUBJECT = published_subject("pmed", "OR-Library pmed1-pmed20", (30.0,), peers=(*PEERS, "spopt"))
