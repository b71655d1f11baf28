"""Who takes an answer that somebody else has found has asked the questions behind it."""

from __future__ import annotations

import pytest

from asyncsa_lint.project.recording import Recorder, Tracked


def test_a_remembered_answer_brings_its_questions() -> None:
    recorder = Recorder()
    outer: Tracked[str, int] = Tracked(recorder)
    inner: Tracked[str, int] = Tracked(recorder)

    def find_inner() -> int:
        recorder.note(("facts", "inner"))
        return 1

    def find_outer() -> int:
        recorder.note(("facts", "outer"))
        return inner.get("a", find_inner) + 1

    expected = (("facts", "inner"), ("facts", "outer"))
    for _ in range(2):
        with recorder.recording() as asked:
            assert outer.get("b", find_outer) == 2
        assert asked.questions() == expected
    with recorder.recording() as asked:
        known = outer.known("b")
    assert known is not None and asked.questions() == expected


def test_apart_leaves_the_questions_behind() -> None:
    recorder = Recorder()
    with recorder.recording() as asked:
        assert recorder.apart("key", lambda: recorder.note(("files",))) is None
    assert asked.questions() == ()
    with recorder.recording() as asked:
        recorder.shared("key", lambda: None)
    assert asked.questions() == (("files",),)


def test_what_raises_has_asked_too() -> None:
    recorder = Recorder()
    memo: Tracked[str, None] = Tracked(recorder)

    def fail() -> None:
        recorder.note(("files",))
        raise LookupError

    with recorder.recording() as asked, pytest.raises(LookupError):
        memo.get("key", fail)
    assert asked.questions() == (("files",),)
