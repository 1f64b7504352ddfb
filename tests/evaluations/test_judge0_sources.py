"""What is sent to Judge0 runs on the languages that it ships."""

from __future__ import annotations

import ast
import base64
import json
import re

import pytest

from evaluations.judge0.programs import source_of
from tests.evaluations.bundles import function_bundle


def sent_parts(language: str) -> list[str]:
    """The program around a function, and what it carries in Base64."""
    source = source_of(function_bundle((1, 1)), language, "", output_bytes=1)
    carried = [
        base64.b64decode(text).decode() for text in re.findall(r"[\"']([A-Za-z0-9+/=]{40,})[\"']", source)
    ]
    return [source, *carried]


@pytest.mark.parametrize("newer", ["??", "?.", "WeakRef(", ".at(", "replaceAll", "static {"])
def test_what_is_sent_for_javascript_is_within_node_12(newer: str) -> None:
    assert not any(newer in part for part in sent_parts("javascript"))


def test_what_is_sent_for_python_is_within_python_3_8() -> None:
    source, setup = sent_parts("python")

    modules = dict(json.loads(setup)["modules"])

    assert {"python_child", "values"} <= modules.keys()
    for text in (source, *modules.values()):
        ast.parse(text, feature_version=(3, 8))
