"""Why a task comes next, in a sentence for the learner. Pure."""

from collections.abc import Mapping
from typing import Any

SENTENCES = {
    "first_task": "Your path starts here: a problem on {topic} of difficulty {difficulty} shows where you stand.",
    "step_up": "You passed {streak} in a row, so this one on {topic} is a step harder: difficulty {difficulty}.",
    "step_down": "The last problem did not work out, so this one on {topic} is a step easier: difficulty {difficulty}.",
    "steady": "Next is {topic} at difficulty {difficulty}, of which you are expected to pass {chance} in ten.",
    "new_module": "You are far enough for a new module, {module}; it begins with {topic}, difficulty {difficulty}.",
    "module_dry": "Nothing that fits is left in the modules before, so this one is from {module}, on {topic}.",
    "recovery": "The last {failures} tasks did not work out; here is an easier one on {topic}, which you know.",
    "recovery_passed_before": "The last {failures} tasks did not work out; here is one on {topic} you have passed.",
    "recovery_new_topic": "The last {failures} tasks did not work out; here is an easy one on something new: {topic}.",
    "recovery_repeat": "The last {failures} tasks did not work out; here is an easy one on {topic} once more.",
    "repeat": "You have had every problem that fits, so one on {topic} comes again: it is weakest or longest ago.",
}
NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}


def sentence(rule: str, facts: Mapping[str, Any]) -> str:
    """The sentence of a rule. `facts`: topic, module, difficulty, passes, failures, passed_topics, chance (0-1)."""
    return SENTENCES[rule].format(
        topic=_words(facts["topic"]),
        module=_words(facts["module"]),
        difficulty=facts["difficulty"],
        failures=_number(facts["failures"]),
        chance=_number(round(10 * facts["chance"])),
        streak=f"{_number(facts['passes'])} {_problems(facts['passed_topics'])}",
    )


def _problems(topics: frozenset[str]) -> str:
    """ "sliding window problems" when all passed ones were of that topic, else "problems"."""
    return f"{_words(next(iter(topics)))} problems" if len(topics) == 1 else "problems"


def _words(slug: str) -> str:
    return slug.replace("-", " ")


def _number(count: int) -> str:
    return NUMBERS.get(count, str(count))
