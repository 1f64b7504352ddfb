"""Judging of sealed code: opened, run against the tests of a version, the learner's part of the result sealed again."""

from collections.abc import Callable
from uuid import UUID

import orjson
import structlog

from accounts.sealing import KeyDestroyed, SealBroken, seal, unseal
from catalog.problem_bank import ProblemBankRefused, ProblemBankUnreachable, ProblemNotFound
from evaluations.bundles import LanguageNotOffered, bundle_for
from evaluations.judge import Judgement, Verdict
from evaluations.outcomes import report_of
from evaluations.runner import judge

log = structlog.get_logger(__name__)


def judge_sealed(
    sealed_code: bytes,
    *,
    learner_id: UUID,
    problem_id: str,
    version: int | None,
    language: str,
    should_stop: Callable[[], bool],
) -> Judgement:
    """Judge a learner's sealed code. Call it outside transactions: it takes as long as the tests take.

    What keeps it from being judged is an infrastructure error; an erased learner raises `KeyDestroyed`.
    """
    try:
        code = unseal(learner_id, sealed_code, purpose="code").decode()
    except SealBroken as error:
        log.exception("code_cannot_be_read", learner=str(learner_id), problem=problem_id, error=str(error))
        return Judgement(Verdict.INFRASTRUCTURE_ERROR, message="The code cannot be read.")
    try:
        bundle = bundle_for(problem_id, version, language)
    except (LanguageNotOffered, ProblemBankRefused, ProblemBankUnreachable, ProblemNotFound) as error:
        log.warning("tests_unavailable", problem=problem_id, version=version, error=str(error))
        return Judgement(Verdict.INFRASTRUCTURE_ERROR, message="The tests could not be fetched.")
    return judge(bundle, language, code, should_stop=should_stop)


def sealed_report(learner_id: UUID, judgement: Judgement) -> bytes | None:
    """What the learner's own code printed, returned and raised; None when the learner's key is gone or unreadable."""
    try:
        return seal(learner_id, orjson.dumps(report_of(judgement)), purpose="report")
    except (KeyDestroyed, SealBroken) as error:
        log.warning("report_not_kept", learner=str(learner_id), error=str(error))
        return None
