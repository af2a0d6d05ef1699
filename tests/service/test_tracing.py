from __future__ import annotations

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from keyaccount.service.tracing import Spans
from service.desk import Desk

TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_a_request_is_a_span_of_the_callers_trace_without_facts(desk: Desk) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    desk.service.traced = Spans(provider.get_tracer("test"))
    desk.ask(
        "POST",
        "/v1/decisions/classification",
        {"facts": {"monthly_tonnes": 19.125}, "reference": "secret"},
        headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"},
    )
    [span] = exporter.get_finished_spans()
    assert span.name == "POST /v1/decisions/{policy}"
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == TRACE
    assert dict(span.attributes or {})["http.response.status_code"] == 200
    told = span.to_json()
    assert "19.125" not in told
    assert "secret" not in told
