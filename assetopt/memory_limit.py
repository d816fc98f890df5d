"""Memory that the system allows a run: told before it is too little, and known again in what libraries then say."""

from __future__ import annotations

ENOUGH = 3_000_000_000
"""Bytes of address space (``ulimit -v``) with which a model of the shipped county's size runs; libraries and threads
reserve far more than they use, and below this a library may end the process before any message can be given."""

_WORDS = (
    "failed to map segment",
    "cannot allocate memory",
    "unable to allocate",
    "bad_alloc",
    "can't start new thread",
)


def scarce_memory() -> str:
    """Return a warning where the address space of this process is limited to less than `ENOUGH`; else empty."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return ""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY or limit >= ENOUGH:
        return ""
    told = f"the limit on memory (ulimit -v) is {limit / 1e9:.1f} GB"
    return f"{told}; below {ENOUGH / 1e9:.0f} GB a run may be ended by the system without a word: raise it"


def is_lack_of_memory(fault: BaseException) -> bool:
    """Say whether a fault, or one that it came from, is a library that was refused memory."""
    seen: BaseException | None = fault
    while seen is not None:
        if isinstance(seen, MemoryError) or any(word in str(seen).casefold() for word in _WORDS):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
