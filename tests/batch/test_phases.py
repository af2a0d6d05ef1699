from __future__ import annotations

from keyaccount.batch.phases import Phases


def test_the_share_goes_from_phase_to_phase_and_never_back() -> None:
    told: list[float] = []
    phases = Phases(told.append)
    phases.begin(0.5)
    for share in (0.0, 0.5, 0.4, 1.0):
        phases.tell(share)
    phases.begin(0.9)
    phases.tell(0.5)
    phases.begin(1.0)
    phases.tell(1.0)
    assert [round(share, 3) for share in told] == [0.25, 0.5, 0.7, 1.0]


def test_a_phase_that_is_broken_off_leaves_the_rest_to_the_next() -> None:
    told: list[float] = []
    phases = Phases(told.append)
    phases.begin(0.9)
    phases.tell(0.5)
    phases.begin(0.8)
    phases.tell(1.0)
    phases.begin(1.0)
    phases.tell(0.5)
    assert [round(share, 3) for share in told] == [0.45, 0.8, 0.9]


def test_nobody_has_to_listen() -> None:
    phases = Phases(None)
    phases.begin(1.0)
    phases.tell(0.5)
