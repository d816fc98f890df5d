"""One page in one file: its style and script stand inside, and its policy lets nothing else in, from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from assetopt.report.page.words import clean, seen


@dataclass(frozen=True)
class Section:
    """One section of a page: its anchor, its heading, and what stands in it."""

    key: str
    title: str
    body: Markup


@cache
def template(name: str) -> Template:
    """Return a shipped template; whatever is put into it is escaped unless it is markup already."""
    house = Environment(
        loader=PackageLoader("assetopt.report.page", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return house.get_template(name)


def page(title: str, lead: Markup, sections: Sequence[Section], foot: Markup | str = "") -> str:
    """Return a whole page; sections with an empty body are left out.

    Parameters
    ----------
    title : str
        Of the window, and the one heading of the first level.
    lead : Markup
        What stands under the heading, before the first section.
    sections : sequence of Section
        In their order; each is a link of the table of contents.
    foot : Markup or str
        The last words.
    """
    style, script = shipped("style.css"), shipped("script.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    return seen(template("shell.html").render(
        title=clean(title), lead=lead, sections=[section for section in sections if section.body], foot=foot, policy=Markup(policy),
        style=Markup(style), script=Markup(script),
    ))  # fmt: skip


@cache
def shipped(name: str) -> str:
    """Return a file that stands beside this one."""
    return files("assetopt.report.page").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
