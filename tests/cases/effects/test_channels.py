"""Each channel: what goes out, by which key, and how it fails."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cases.servers import mail_receiver, web_receiver
from keyaccount.cases.effects import Channels, EffectError, FutileEffectError
from keyaccount.cases.effects.addresses import is_public
from keyaccount.cases.effects.failure import RejectedEffectError
from keyaccount.cases.effects.file import Folder
from keyaccount.cases.effects.mail import Mail
from keyaccount.cases.effects.webhook import Webhook, post
from keyaccount.cases.outbox import Errand

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HERE = frozenset({"127.0.0.1"})


def errand(kind: str = "webhook", **data: object) -> Errand:
    return Errand("c1", "told:rung 1", kind, data, NOON, 1)


def _drip(listening: socket.socket) -> None:
    """Answer with a head of which a byte comes now and then, and the last one never."""
    wire, _ = listening.accept()
    with wire, contextlib.suppress(OSError):
        wire.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            wire.sendall(b"x")
            time.sleep(0.02)


class TestWebhook:
    def test_the_effect_goes_as_json_with_its_key(self) -> None:
        with web_receiver(204) as receiver:
            hook = Webhook(receiver.url, HERE, {"Authorization": "Bearer x"})
            hook(errand(amount=Decimal("0.10"), who="王"))
        ((path, headers, body),) = receiver.received
        assert path == "/hook?x=1"
        assert headers["Idempotency-Key"] == "c1/told:rung 1"
        assert headers["Authorization"] == "Bearer x"
        assert body == {
            "key": "c1/told:rung 1",
            "case": "c1",
            "kind": "webhook",
            "ordered_at": "2026-03-10T04:00:00+00:00",
            "data": {"amount": 0.1, "who": "王"},
        }

    def test_the_effect_s_own_url_goes_before_the_usual_one(self) -> None:
        with web_receiver() as receiver:
            Webhook("http://127.0.0.1:9/", HERE)(errand(url=receiver.url))
        assert len(receiver.received) == 1

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (500, EffectError),
            (429, EffectError),
            (302, EffectError),
            (400, RejectedEffectError),
            (404, RejectedEffectError),
        ],
    )
    def test_an_answer_other_than_2xx_is_a_failure(
        self, answer: int, error: type[EffectError]
    ) -> None:
        with web_receiver(answer) as receiver, pytest.raises(EffectError) as failed:
            Webhook(receiver.url, HERE)(errand())
        assert type(failed.value) is error
        assert len(receiver.received) == 1

    def test_a_private_address_is_refused_unless_allowed_by_name(self) -> None:
        with web_receiver() as receiver:
            with pytest.raises(FutileEffectError, match="not public"):
                Webhook(receiver.url)(errand())
            localhost = receiver.url.replace("127.0.0.1", "localhost")
            with pytest.raises(FutileEffectError, match="not public"):
                Webhook(localhost, HERE)(errand())
            Webhook(localhost, frozenset({"localhost"}))(errand())
        assert len(receiver.received) == 1

    def test_a_receiver_that_never_comes_to_an_end_is_cut_off(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
            dripping = threading.Thread(target=_drip, args=(listening,))
            dripping.start()
            with pytest.raises(EffectError):
                post(url, b"{}", {}, allowed=HERE, seconds=0.3)
            dripping.join()

    def test_nobody_there_is_a_failure_for_now(self) -> None:
        with pytest.raises(EffectError) as failed:
            Webhook("http://127.0.0.1:9/", HERE)(errand())
        assert not isinstance(failed.value, FutileEffectError)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "http://",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1/\r\nX: y",
            "http://[::1/",
        ],
    )
    def test_what_is_no_url_to_send_to_is_given_up(self, url: str) -> None:
        with pytest.raises(FutileEffectError):
            Webhook(None, HERE)(errand(url=url))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - not bound to
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_an_address_is_public_or_not(address: str, public: bool) -> None:
    assert is_public(address) is public


class TestMail:
    def test_a_message_goes_to_each_address_with_an_id_made_of_the_key(self) -> None:
        with mail_receiver() as receiver:
            mail = Mail("127.0.0.1", "keyaccount@example.com", receiver.port)
            for _ in range(2):
                data = {"to": ["li@example.com", "wang@example.com"], "about": "逾期"}
                mail(errand("mail", **data))
        first, second = receiver.received
        assert first == second
        assert "To: li@example.com, wang@example.com" in first
        assert "Message-ID: <" in first

    def test_people_have_their_addresses_from_the_organisation(self) -> None:
        with mail_receiver() as receiver:
            addresses = {"li": "li@example.com"}
            mail = Mail("127.0.0.1", "k@example.com", receiver.port, address_of=addresses.get)
            mail(errand("mail", to=["li", "wang"], subject="Overdue", text="Look at it"))
            with pytest.raises(FutileEffectError, match="nobody has an address"):
                mail(errand("mail", to=["wang"]))
        (message,) = receiver.received
        assert "To: li@example.com" in message
        assert "Subject: Overdue" in message
        assert "Look at it" in message

    def test_a_line_break_in_a_subject_begins_no_header(self) -> None:
        with mail_receiver() as receiver:
            mail = Mail("127.0.0.1", "k@example.com", receiver.port)
            mail(errand("mail", to="li@example.com", subject="a\r\nBcc: eve@example.com"))
        (message,) = receiver.received
        assert "Subject: a Bcc: eve@example.com" in message

    @pytest.mark.parametrize(
        ("to_rcpt", "to_data", "error"),
        [
            ("550 nobody", "250 taken", FutileEffectError),
            ("450 later", "250 taken", EffectError),
            ("250 ok", "554 spam", FutileEffectError),
            ("250 ok", "452 full", EffectError),
        ],
    )
    def test_a_refusal_is_for_good_or_for_now(
        self, to_rcpt: str, to_data: str, error: type[EffectError]
    ) -> None:
        with mail_receiver(to_rcpt, to_data) as receiver:
            mail = Mail("127.0.0.1", "k@example.com", receiver.port)
            with pytest.raises(EffectError) as failed:
                mail(errand("mail", to="li@example.com"))
        assert type(failed.value) is error

    def test_a_refused_login_says_nothing_of_the_message(self) -> None:
        with mail_receiver(to_login="535 wrong password") as receiver:
            mail = Mail("127.0.0.1", "k@example.com", receiver.port, user="k", password="no")  # noqa: S106 # none
            with pytest.raises(EffectError) as failed:
                mail(errand("mail", to="li@example.com"))
        assert type(failed.value) is EffectError

    def test_no_server_is_a_failure_for_now(self) -> None:
        with pytest.raises(EffectError) as failed:
            Mail("127.0.0.1", "k@example.com", 9)(errand("mail", to="li@example.com"))
        assert type(failed.value) is EffectError


class TestFolder:
    def test_an_effect_is_one_whole_file_however_often_it_is_done(self, tmp_path: Path) -> None:
        folder = Folder(tmp_path / "out")
        for _ in range(2):
            folder(errand("file", who="王"))
        (file,) = (tmp_path / "out").iterdir()
        assert json.loads(file.read_text("utf-8"))["data"] == {"who": "王"}

    def test_a_key_never_leads_out_of_the_folder(self, tmp_path: Path) -> None:
        Folder(tmp_path / "out")(Errand("../../c1", "../x", "file", {}, NOON, 1))
        assert len(list((tmp_path / "out").iterdir())) == 1
        assert [each.name for each in tmp_path.iterdir()] == ["out"]

    def test_a_folder_that_cannot_be_made_is_a_failure(self, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("a file")
        with pytest.raises(EffectError):
            Folder(tmp_path / "out")(errand("file"))


def test_the_log_takes_what_is_to_be_notified(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        Channels().send(errand("notify", to=["li"]))
    assert 'notify c1/told:rung 1 {"to": ["li"]}' in caplog.text


def test_a_kind_without_a_channel_is_given_up() -> None:
    with pytest.raises(FutileEffectError, match="no channel for `webhook`"):
        Channels().send(errand())
