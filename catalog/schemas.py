"""The answers of the catalogue for the OpenAPI document; tests hold the presenters to them."""

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

# Named in settings.SPECTACULAR_SETTINGS, so that the document calls it the same everywhere.
PROBLEM_KINDS = ["function", "stdio"]


class LanguageSchema(serializers.Serializer[None]):
    slug = serializers.CharField(help_text="What `language` of a submission takes.")
    title = serializers.CharField()
    available = serializers.BooleanField(help_text="Whether submissions in it can be run at present.")


class TopicSchema(serializers.Serializer[None]):
    slug = serializers.CharField()
    title = serializers.CharField()


class ModuleSchema(serializers.Serializer[None]):
    slug = serializers.CharField()
    title = serializers.CharField()
    position = serializers.IntegerField(min_value=1, help_text="The order in which modules open.")
    topics = TopicSchema(many=True)
    problems = serializers.IntegerField(min_value=0, help_text="Problems that planning may choose.")


class TrackSummarySchema(serializers.Serializer[None]):
    slug = serializers.CharField(help_text="What `track_id` of a study path takes.")
    title = serializers.CharField()
    description = serializers.CharField()


class TrackSchema(TrackSummarySchema):
    modules = ModuleSchema(many=True)
    languages = LanguageSchema(many=True)


class TrackPageSchema(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = TrackSummarySchema(many=True)


class VisibleTestSchema(serializers.Serializer[None]):
    input = serializers.JSONField(help_text="Arguments by parameter name; for stdio problems the text.")
    expected = serializers.JSONField()


class ProblemSchema(serializers.Serializer[None]):
    id = serializers.CharField()
    title = serializers.CharField()
    module = serializers.CharField()
    topics = serializers.ListField(child=serializers.CharField(), help_text="The primary topic first.")
    difficulty = serializers.IntegerField(min_value=1, max_value=5)
    minutes_target = serializers.IntegerField(min_value=1)
    version = serializers.IntegerField(min_value=1)
    subject = serializers.CharField()
    statement = serializers.CharField(help_text="Markdown.")
    constraints = serializers.CharField(help_text="Markdown; may be empty.")
    objectives = serializers.ListField(child=serializers.CharField())
    kind = serializers.ChoiceField(choices=PROBLEM_KINDS)
    params = serializers.ListField(child=serializers.CharField())
    entry_points = serializers.DictField(
        child=serializers.CharField(), help_text="Language to the function's name; empty for stdio problems."
    )
    starter = serializers.DictField(
        child=serializers.CharField(), help_text="Language to code to start from."
    )
    visible_tests = VisibleTestSchema(many=True)
    comparison = serializers.ChoiceField(choices=["exact", "float", "unordered"])
    time_limit_ms = serializers.IntegerField(help_text="CPU time for one test.")
    memory_limit_mb = serializers.IntegerField()
    languages = LanguageSchema(many=True)


_LANGUAGES = [
    {"slug": "python", "title": "Python", "available": True},
    {"slug": "javascript", "title": "JavaScript", "available": True},
]
_TRACK = {
    "slug": "coding-interview-meta",
    "title": "Coding interview preparation",
    "description": "Fourteen modules from the first loop to designing data structures.",
}
TRACK_PAGE_EXAMPLE = OpenApiExample(
    "Tracks", value={"next": None, "previous": None, "results": [_TRACK]}, response_only=True
)
TRACK_EXAMPLE = OpenApiExample(
    "A track",
    value={
        **_TRACK,
        "modules": [
            {
                "slug": "arrays-strings",
                "title": "Arrays and strings",
                "position": 2,
                "topics": [{"slug": "two-pointers", "title": "Two pointers"}],
                "problems": 11,
            }
        ],
        "languages": _LANGUAGES,
    },
    response_only=True,
)
PROBLEM_EXAMPLE = OpenApiExample(
    "A problem",
    value={
        "id": "longest-climb",
        "title": "Longest climb",
        "module": "arrays-strings",
        "topics": ["string-scan"],
        "difficulty": 1,
        "minutes_target": 10,
        "version": 1,
        "subject": "coding",
        "statement": "Return how many steps the longest climb without a descent has.",
        "constraints": "- 1 <= number of heights <= 10,000",
        "objectives": ["Keep a running count in one pass"],
        "kind": "function",
        "params": ["heights"],
        "entry_points": {"python": "longest_climb", "javascript": "longestClimb"},
        "starter": {"python": "def longest_climb(heights: list[int]) -> int:\n    ...\n"},
        "visible_tests": [{"input": {"heights": [1, 2, 2, 1]}, "expected": 2}],
        "comparison": "exact",
        "time_limit_ms": 2000,
        "memory_limit_mb": 256,
        "languages": _LANGUAGES,
    },
    response_only=True,
)
