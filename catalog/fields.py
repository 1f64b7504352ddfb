"""A model field of the catalogue."""

import json
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    AnyTextField = models.TextField[Any, Any]
else:
    AnyTextField = models.TextField


class JSONTextField(AnyTextField):
    """JSON kept as text, read back exactly as it was put in.

    `jsonb` sorts the keys of objects, and code under test may depend on the order in which a dictionary
    was filled.
    """

    if TYPE_CHECKING:  # what django-stubs takes and gives for the attribute of a model
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, allow_nan=False)

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)
