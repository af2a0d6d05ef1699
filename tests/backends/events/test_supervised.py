"""The child that runs durable-rules: whatever happens to it, no answer is lost."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from datetime import timedelta

import pytest

from backends.events.random_rules import NOW, world
from backends.events.test_meaning import TOGETHER, TYPES
from backends.events.worlds import event, rules_of
from keyaccount.backends.events import derive_plainly, derive_with, engines, supervised
from keyaccount.backends.events.derivation import derive
from keyaccount.backends.events.network import Candidate, KeyJoin, KeyPattern, KeyRule
from keyaccount.backends.events.plain import matches
from keyaccount.backends.events.supervised import SupervisedMatcher
from keyaccount.diagnostics.diagnostic import KeyaccountError

with_durable_rules = pytest.mark.skipif(
    not supervised.is_available(), reason="durable-rules is not installed"
)

PAIR = (
    KeyRule(
        (
            KeyPattern("order", 1, ()),
            KeyPattern("shipped", 1, (KeyJoin("=", 0, 0, 0, sure=True),)),
        ),
        (),
    ),
)
SESSION = (
    (
        (
            (Candidate(0, (("str", "A"),)), Candidate(1, (("str", "B"),))),
            (Candidate(2, (("str", "B"),)),),
        ),
        (),
    ),
)
FOUND = [[(1, 2)]]


@pytest.fixture
def matcher():
    made = SupervisedMatcher()
    yield made
    made.close()


def child_of(matcher: SupervisedMatcher) -> int:
    assert matcher._child is not None
    return matcher._child.pid


@with_durable_rules
def test_the_child_answers(matcher, caplog):
    for seed in range(20):
        made = world(seed)
        expected = derive_plainly(made.rules, {}, made.events, NOW)
        assert derive(matcher, made.rules, {}, made.events, NOW) == expected
    assert child_of(matcher) != os.getpid()
    assert caplog.records == []


@with_durable_rules
def test_a_killed_child_costs_nothing_but_a_line_in_the_log(matcher, caplog):
    assert matcher(PAIR, SESSION) == FOUND
    first = child_of(matcher)
    matcher._child.is_fit = lambda: True  # as if it died between the look and the question
    os.kill(first, signal.SIGKILL)
    assert matcher(PAIR, SESSION) == FOUND
    assert "ended with code -9" in caplog.text
    assert matcher(PAIR, SESSION) == FOUND
    assert child_of(matcher) != first


@with_durable_rules
def test_a_child_that_does_not_answer_is_given_up(matcher, caplog):
    assert matcher(PAIR, SESSION) == FOUND
    matcher._timeout = 0.05
    stopped = child_of(matcher)
    os.kill(stopped, signal.SIGSTOP)
    assert matcher(PAIR, SESSION) == FOUND
    assert "no answer within 0.05 s" in caplog.text
    with pytest.raises(ProcessLookupError):
        os.kill(stopped, 0)


@with_durable_rules
def test_rules_that_crash_it_again_and_again_go_to_the_plain_matcher(matcher, caplog):
    for _ in range(supervised.MAX_CRASHES):
        assert matcher(PAIR, SESSION) == FOUND
        matcher._child.is_fit = lambda: True
        os.kill(child_of(matcher), signal.SIGSEGV)
        assert matcher(PAIR, SESSION) == FOUND
    assert "not asked about them any more" in caplog.text
    assert matcher(PAIR, SESSION) == FOUND
    assert matcher._child is None


@with_durable_rules
def test_more_than_it_is_trusted_with_goes_to_the_plain_matcher(matcher, caplog):
    caplog.set_level(logging.INFO)
    many = tuple(Candidate(each, (("int", each),)) for each in range(3000))
    session = (((many, (Candidate(5000, (("int", 7),)),)), ()),)
    assert matcher(PAIR, session) == [[(7, 5000)]]
    assert "more than 2000 facts" in caplog.text
    assert matcher._child is None


@with_durable_rules
def test_worn_out_children_are_replaced(matcher, monkeypatch):
    monkeypatch.setattr(supervised, "SESSIONS_A_CHILD", 2)
    pids = []
    for _ in range(5):
        assert matcher(PAIR, SESSION) == FOUND
        pids.append(child_of(matcher))
    assert len(set(pids)) == 3


@with_durable_rules
def test_threads_may_ask_at_once(matcher):
    expected = {seed: _derived(seed, matches) for seed in range(24)}
    found: dict[int, object] = {}

    def ask(part: int) -> None:
        for seed in range(part, 24, 4):
            found[seed] = _derived(seed, matcher)

    threads = [threading.Thread(target=ask, args=(part,)) for part in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == expected


def _derived(seed, match):
    made = world(seed)
    return derive(match, made.rules, {}, made.events, NOW)


@with_durable_rules
def test_the_child_ends_with_its_parent():
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:  # as a server that is killed
        made = SupervisedMatcher()
        made(PAIR, SESSION)
        os.write(writer, str(child_of(made)).encode())
        os._exit(1)
    os.waitpid(parent, 0)
    child = int(os.read(reader, 20))
    os.close(reader)
    os.close(writer)
    for _ in range(200):
        if not _lives(child):
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its parent")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 # no path that anybody wrote
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_the_setting_picks(monkeypatch):
    assert derive_with("plain") is derive_plainly
    monkeypatch.setenv(engines.SETTING, "plain")
    assert derive_with() is derive_plainly
    monkeypatch.setattr(supervised, "is_available", lambda: False)
    monkeypatch.setenv(engines.SETTING, "auto")
    assert derive_with() is derive_plainly
    for name, code in (
        ("durable", "events.engine-not-installed"),
        ("rete", "events.unknown-engine"),
    ):
        with pytest.raises(KeyaccountError) as caught:
            derive_with(name)
        assert [each.code for each in caught.value.diagnostics] == [code]


@with_durable_rules
def test_durable_rules_serve_where_they_are_installed(monkeypatch):
    monkeypatch.delenv(engines.SETTING, raising=False)
    rules = rules_of(TYPES + TOGETHER)
    events = [event("order", "04-01", number="A"), event("shipped", "04-02", number="A")]
    derived = derive_with()(rules, {}, events, NOW + timedelta(days=90))
    assert derived == derive_plainly(rules, {}, events, NOW + timedelta(days=90))
    assert len(derived.events) == 1
