"""Lists every package that an installed assetopt needs to run, with version and licence: ``python docs/list_licences.py``."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution


def needed(root: str = "assetopt") -> dict[str, Distribution]:
    """Return what a package needs to run, and what that needs, by name; without extras."""
    from packaging.requirements import Requirement

    found: dict[str, Distribution] = {}
    waiting = [root]
    while waiting:
        name = waiting.pop()
        for text in distribution(name).requires or ():
            wanted = Requirement(text)
            key = re.sub(r"[-_.]+", "-", wanted.name).lower()
            if key in found or (wanted.marker is not None and not wanted.marker.evaluate({"extra": ""})):
                continue
            try:
                found[key] = distribution(key)
            except PackageNotFoundError:
                continue
            waiting.append(key)
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """Return the licence that a package states: its expression, else its classifiers, else the first line of its text."""
    about = package.metadata
    said = about.get("License-Expression")
    if not said:
        classes = [
            line.rsplit(" :: ", 1)[-1] for line in about.get_all("Classifier") or () if line.startswith("License")
        ]
        said = "; ".join(classes) or (about.get("License") or "").strip().partition("\n")[0]
    return said[:80] or "not stated"


def main() -> None:
    """Print the list as a Markdown table."""
    print("| package | version | licence |\n|---|---|---|")
    for name, package in needed().items():
        print(f"| {name} | {package.version} | {licence(package)} |")


if __name__ == "__main__":
    main()
