"""The circuit breaker, with a clock that the test turns."""

from __future__ import annotations

import threading

import pytest

from common.circuit import CircuitBreaker, CircuitOpen


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Down(Exception):
    pass


class Refused(Exception):
    pass


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker("bank", failure_threshold=2, reset_after_seconds=30, clock=clock)


def fail(breaker: CircuitBreaker, problem: type[Exception] = Down) -> None:
    with pytest.raises(problem), breaker.guard(Down):
        raise problem


def succeed(breaker: CircuitBreaker) -> None:
    with breaker.guard(Down):
        pass


def test_failures_in_a_row_open_the_circuit(breaker: CircuitBreaker) -> None:
    fail(breaker)
    fail(breaker)

    with pytest.raises(CircuitOpen) as refusal, breaker.guard(Down):
        pytest.fail("the call was made")

    assert refusal.value.retry_after_seconds == 30
    assert breaker.is_open


def test_a_success_between_failures_keeps_it_closed(breaker: CircuitBreaker) -> None:
    fail(breaker)
    succeed(breaker)
    fail(breaker)

    assert not breaker.is_open


def test_a_refusal_is_an_answer_and_does_not_count(breaker: CircuitBreaker) -> None:
    for _ in range(5):
        fail(breaker, Refused)

    assert not breaker.is_open


def test_after_the_pause_one_call_goes_through_and_closes_it(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker)
    fail(breaker)
    clock.now += 30

    with breaker.guard(Down):
        with pytest.raises(CircuitOpen), breaker.guard(Down):
            pytest.fail("a second call was made during the trial")

    succeed(breaker)
    fail(breaker)
    assert not breaker.is_open


def test_a_failed_trial_opens_it_for_another_pause(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker)
    fail(breaker)
    clock.now += 30
    fail(breaker)

    with pytest.raises(CircuitOpen) as refusal, breaker.guard(Down):
        pytest.fail("the call was made")

    assert refusal.value.retry_after_seconds == 30


def test_an_interrupted_trial_leaves_the_trial_to_the_next(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker)
    fail(breaker)
    clock.now += 30
    with pytest.raises(KeyboardInterrupt), breaker.guard(Down):
        raise KeyboardInterrupt

    succeed(breaker)

    assert not breaker.is_open


def test_threads_share_one_count() -> None:
    breaker = CircuitBreaker("bank", failure_threshold=8, reset_after_seconds=30)
    threads = [threading.Thread(target=fail, args=(breaker,)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert breaker.is_open
