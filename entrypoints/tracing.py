"""Traces of requests and work by OpenTelemetry, for whoever installs the extra `otel`; nothing at all for others.

A span bears ids, templates and counts, as a line of the log does: never a body, a secret, or an exception's message.
`OTEL_TRACES_EXPORTER` names where they go (`console`, or an exporter that is installed beside it); OpenTelemetry's own
variables say the rest. A program that sets up a tracer provider of its own gets the spans there.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Final, Protocol

try:
    from opentelemetry import trace
except ModuleNotFoundError:
    _is_installed = False
else:
    _is_installed = True

EXPORTER: Final = "OTEL_TRACES_EXPORTER"
_GROUP: Final = "opentelemetry_traces_exporter"
_SCOPE: Final = "tieout"

Value = str | int


class Span(Protocol):
    """What is told of something while it is under way."""

    def say(self, name: str, value: Value) -> None:
        """One more attribute."""
        ...

    def failed(self, kind: str) -> None:
        """It did not end well; `kind` of trouble, in a word of ours."""
        ...


class UnknownExporter(ValueError):
    """OTEL_TRACES_EXPORTER names nothing that is installed. The message says so."""


class _Untold:
    def say(self, name: str, value: Value) -> None:
        """To nobody."""

    def failed(self, kind: str) -> None:
        """Nobody hears."""


_UNTOLD: Final = _Untold()


@contextmanager
def traced(name: str, said: Mapping[str, Value], *, serves: bool = False) -> Iterator[Span]:
    """A span around what is done in the block. `serves`: somebody outside asked for it."""
    if not _is_installed or isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        yield _UNTOLD  # nobody has set up anything that would record it
        return
    kind = trace.SpanKind.SERVER if serves else trace.SpanKind.CONSUMER
    tracer = trace.get_tracer(_SCOPE)
    # An exception's message may quote a body or a secret: the library is to record none.
    with tracer.start_as_current_span(
        name, kind=kind, attributes=dict(said), record_exception=False, set_status_on_exception=False
    ) as span:
        told = _Told(span)
        try:
            yield told
        except Exception as error:
            told.failed(type(error).__name__)
            raise


class _Told:
    def __init__(self, span: "trace.Span") -> None:
        self._span = span

    def say(self, name: str, value: Value) -> None:
        """To the span."""
        self._span.set_attribute(name, value)

    def failed(self, kind: str) -> None:
        """Its status, without words of others."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(trace.StatusCode.ERROR)


@contextmanager
def exported_traces(environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Spans go where the environment says, and the last ones too, when the block ends. Raises UnknownExporter."""
    name = environment.get(EXPORTER, "").strip()
    if name in ("", "none"):
        yield
        return
    found = tuple(entry_points(group=_GROUP, name=name))
    if not found:
        raise UnknownExporter(f"{EXPORTER}: {name!r} is no exporter that is installed: pip install 'tieout[otel]'")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(found[0].load()()))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()
