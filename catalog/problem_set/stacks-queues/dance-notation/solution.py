from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass
class Group:
    backwards: bool = False
    parts: list["str | Group"] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)  # ends[i]: steps up to and including parts[i]

    def length(self) -> int:
        return self.ends[-1] if self.ends else 0

    def add(self, part: "str | Group", steps: int) -> None:
        self.parts.append(part)
        self.ends.append(self.length() + steps)


def parse(score: str) -> Group:
    stack = [Group()]
    at = 0
    while at < len(score):
        mark = score[at]
        at += 1
        if mark in "([":
            stack.append(Group(backwards=mark == "["))
        elif mark in ")]":
            group = stack.pop()
            digits_from = at
            while at < len(score) and score[at].isdigit():
                at += 1
            times = int(score[digits_from:at] or "1")
            stack[-1].add(group, group.length() * times)
        else:
            stack[-1].add(mark, 1)
    return stack[0]


def step_at(group: Group, position: int) -> str:
    if position >= group.length():
        return "-"
    while True:
        which = bisect_right(group.ends, position)
        part = group.parts[which]
        if isinstance(part, str):
            return part
        position -= group.ends[which - 1] if which else 0
        position %= part.length()
        if part.backwards:
            position = part.length() - 1 - position
        group = part


def steps_at(score: str, asked: list[int]) -> str:
    dance = parse(score)
    return "".join(step_at(dance, position - 1) for position in asked)
