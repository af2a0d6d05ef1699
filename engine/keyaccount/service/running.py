"""Run the service: one process, or several that share a port."""

from __future__ import annotations

import json
import logging
import os
import signal
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from keyaccount.service.measures import SHARED_FOLDER
from keyaccount.service.settings import VARIABLE, Settings
from keyaccount.service.stopping import DrainingServer, Supervisor

_STOP_SECONDS = 20
_APP = "keyaccount.service.app:from_environment"
_HTTP = "keyaccount.service.protocol:BoundedHttp"
_BACKLOG = 2048


class JsonLines(logging.Formatter):
    """One JSON object a line. Nothing that a caller sent is in it but paths."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
            told["where"] = _frames(record)
        return json.dumps(told, ensure_ascii=False)


def _frames(record: logging.LogRecord) -> list[str]:
    """Where it broke, without the error's text: that may hold values of facts."""
    frames = []
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames


def logging_settings() -> dict[str, object]:
    """For `logging.config`: lines of JSON on standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "keyaccount": {"level": "INFO"},
            "uvicorn": {"level": "INFO"},
        },
    }


def run(settings: Settings, host: str, port: int) -> int:
    """Serve until SIGTERM or SIGINT; requests that run are answered first.

    Returns:
        0, or another number where the service could not start.
    """
    os.environ[VARIABLE] = settings.to_text()
    with tempfile.TemporaryDirectory(prefix="keyaccount-measures-") as shared:
        if settings.workers > 1:
            os.environ[SHARED_FOLDER] = shared
        # uvicorn ends in order on SIGTERM, and then raises it once more: that would be a failure.
        signal.signal(signal.SIGTERM, lambda *_: None)
        try:
            return _run(_config(settings, host, port))
        except SystemExit as exit_:
            return exit_.code if isinstance(exit_.code, int) else 1


def _config(settings: Settings, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        _APP,
        factory=True,
        host=host,
        port=port,
        workers=settings.workers,
        log_config=logging_settings(),
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
        timeout_keep_alive=75,
        backlog=_BACKLOG,
        http=_HTTP,
        ws="none",
    )


def _run(config: uvicorn.Config) -> int:
    listening = [config.bind_socket()]
    if config.workers > 1:
        supervisor = Supervisor(config, listening)
        supervisor.run()
        failed = any(each.exitcode == STARTUP_FAILURE for each in supervisor.processes)
        return STARTUP_FAILURE if failed else 0
    server = DrainingServer(config, alone=True)
    with suppress(KeyboardInterrupt):
        server.run(listening)
    return 0 if server.started else STARTUP_FAILURE
