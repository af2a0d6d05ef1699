"""Traces by OpenTelemetry: a span a request, part of the caller's trace. No fact is in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

ENDPOINT_VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""OpenTelemetry's own variable: where it names a collector, spans are sent there."""

_NAME = "keyaccount"
_SERVER_ERROR = 500


def spans_of_environment() -> Spans | None:
    """Spans for the collector that the environment names; None where it names none."""
    if ENDPOINT_VARIABLE not in os.environ:
        return None
    provider = TracerProvider(resource=Resource.create({"service.name": _NAME}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Spans(provider.get_tracer(_NAME))


class Spans:
    """Makes the spans of requests."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    @contextmanager
    def __call__(self, scope: Scope, route: str) -> Iterator[Callable[[int], None]]:
        """The span of one request; what it gives is told the status.

        Args:
            scope: of the request; its headers may name the caller's trace.
            route: the pattern of its path.
        """
        headers = {
            name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]
        }
        context = TraceContextTextMapPropagator().extract(headers)
        attributes = {"http.request.method": scope["method"], "http.route": route}
        name = f"{scope['method']} {route}"
        with self._tracer.start_as_current_span(name, context, SpanKind.SERVER, attributes) as span:
            yield partial(_ended, span)


def _ended(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= _SERVER_ERROR:
        span.set_attribute("error.type", str(status))
