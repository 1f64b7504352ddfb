"""Request bodies as typed values: pydantic models, every mistake reported with its JSON pointer.

A view calls `read_body(request, NewTask)`. Unknown members are refused, types are not coerced (a number in a string is
a mistake), instants need an offset.
"""

from typing import Annotated, Any, TypeVar

import orjson
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from rest_framework.request import Request

from common.canonical import NotStorable, storable
from common.problems import MAX_FIELD_PROBLEMS, FieldProblem, InvalidRequest

Body = TypeVar("Body", bound="RequestBody")


class RequestBody(BaseModel):
    """The base of request bodies: closed and strict."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def _storable(value: Any) -> Any:
    try:
        return storable(value)
    except NotStorable as error:
        raise PydanticCustomError("not_storable", "{why}", {"why": str(error)}) from error


StorableText = Annotated[str, AfterValidator(_storable)]
StorableObject = Annotated[dict[str, Any], AfterValidator(_storable)]
Instant = AwareDatetime


def read_body(request: Request, model: type[Body]) -> Body:
    """The body of the request. `InvalidRequest` lists everything that is wrong with it; no JSON is `MalformedBody`.

    The parser of the view has read the body before, so it is an object of bounded size and depth.
    """
    try:
        return model.model_validate_json(orjson.dumps(request.data))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        problems = [_field_problem(each) for each in found[:MAX_FIELD_PROBLEMS]]
        raise InvalidRequest(f"{problems[0].pointer}: {problems[0].detail}", errors=problems) from error


def _field_problem(error: ErrorDetails) -> FieldProblem:
    parts = error["loc"]
    if len(parts) > 1 and parts[-1] == "[key]":  # pydantic's mark for a member whose name is wrong
        parts = parts[:-1]
    pointer = "#" + "".join(f"/{_token(part)}" for part in parts)
    return FieldProblem(pointer, error["type"], error["msg"])


def _token(part: int | str) -> str:
    """One part of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")
