"""Mail by SMTP; the message's id is made of the effect's key, so that a second one is known."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime

from keyaccount.cases.effects.failure import EffectError, FutileEffectError
from keyaccount.cases.outbox import Errand
from keyaccount.result.json_text import to_json

AddressOf = Callable[[str], str | None]
"""Where a person gets mail, by id; None where nowhere."""


def as_written(person: str) -> str | None:
    """Of people whose ids are their addresses."""
    return person if "@" in person else None


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends to the people under `to`, in the words of `subject` and `text`, or those of the data.

    `starttls`: refuse to talk in the clear. `user` and `password` where the server wants them.
    """

    host: str
    sender: str
    port: int = 25
    starttls: bool = False
    user: str | None = None
    password: str | None = None
    address_of: AddressOf = as_written
    seconds: float = 20

    def __call__(self, errand: Errand) -> None:
        """Send it. Raises EffectError where the server does not take it."""
        message = self._message(errand)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=self.seconds) as server:
                if self.starttls:
                    server.starttls(context=ssl.create_default_context())
                if self.user is not None:
                    server.login(self.user, self.password or "")
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(error) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            kind = FutileEffectError if 500 <= error.smtp_code < 600 else EffectError
            raise kind(str(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise EffectError(f"{type(error).__name__}: {error}") from error

    def _message(self, errand: Errand) -> EmailMessage:
        people = errand.data.get("to")
        named = people if isinstance(people, list | tuple) else [people]
        addresses = [found for each in named if (found := self.address_of(str(each)))]
        if not addresses:
            raise FutileEffectError(f"nobody has an address: {to_json(people)}")
        message = EmailMessage()
        message["From"] = self.sender
        message["Message-ID"] = (
            f"<{hashlib.sha256(errand.key.encode()).hexdigest()[:40]}@keyaccount>"
        )
        message["Date"] = format_datetime(errand.created_at)
        message["Auto-Submitted"] = "auto-generated"
        try:
            message["To"] = ", ".join(addresses)
            message["Subject"] = _line(errand.data.get("subject") or errand.data.get("about"))
        except (ValueError, IndexError) as error:
            raise FutileEffectError(str(error)) from error
        text = errand.data.get("text")
        message.set_content(str(text) if text else to_json(errand.data, indent=2))
        return message


def _refused(error: smtplib.SMTPRecipientsRefused) -> EffectError:
    """For good only where every recipient was refused for good."""
    for_good = all(code >= 500 for code, _ in error.recipients.values())
    return (FutileEffectError if for_good else EffectError)(str(error))


def _line(words: object) -> str:
    """One line for a header: a line break would begin another."""
    return " ".join(str(words or "keyaccount").split())
