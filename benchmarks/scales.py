"""How much work a run does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of a run. `acts` are counted per round, all clients together."""

    rounds: int
    clients: int
    transitions: int
    batches: int
    submissions: int
    judgements: int
    problems_per_module: int
    pages: int
    learners: int
    tasks_per_learner: int
    expiries: int
    due_reviews: int


SCALES = {
    "small": Scale(
        rounds=3,
        clients=8,
        transitions=640,
        batches=96,
        submissions=12,
        judgements=10,
        problems_per_module=1,
        pages=1_600,
        learners=100,
        tasks_per_learner=1_000,
        expiries=20_000,
        due_reviews=20_000,
    ),
    "full": Scale(
        rounds=5,
        clients=8,
        transitions=4_000,
        batches=480,
        submissions=40,
        judgements=30,
        problems_per_module=4,
        pages=8_000,
        learners=1_000,
        tasks_per_learner=1_000,
        expiries=20_000,
        due_reviews=100_000,
    ),
}
