"""Answers held to the OpenAPI document: the status is declared, the body has exactly the declared members."""

import re
from functools import cache
from typing import Any

import jsonschema_rs
from drf_spectacular.settings import spectacular_settings

PARAMETER = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of the code under test, with every object closed."""
    found: dict[str, Any] = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(
        request=None, public=True
    )
    for schema in found["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return found


def operation_of(answer: Any) -> dict[str, Any]:
    """What the document says about the call that gave `answer`."""
    address = "/" + PARAMETER.sub(r"{\1}", answer.resolver_match.route)
    found: dict[str, Any] = document()["paths"][address][answer.request["REQUEST_METHOD"].lower()]
    return found


def declared(answer: Any, status: int = 200) -> Any:
    """The body of `answer`, which has the status expected and is what the document declares for it."""
    assert answer.status_code == status, answer.content
    responses = operation_of(answer)["responses"]
    assert str(status) in responses, f"{status} is not declared"
    response = responses[str(status)]
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = response["content"][answer["Content-Type"]]["schema"]
    body = answer.json()
    check(schema, body)
    return body


def check(schema: dict[str, Any], value: Any) -> None:
    """Raise for a value that the schema of the document refuses."""
    whole = {**schema, "components": document()["components"]}
    jsonschema_rs.validator_for(whole, validate_formats=True).validate(value)


def problems_of(answer: Any) -> list[tuple[str, str]]:
    """Pointer and code of everything that a 400 names."""
    return [(problem["pointer"], problem["code"]) for problem in declared(answer, 400)["errors"]]
