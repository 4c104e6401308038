"""The documentation page: the same document as `/openapi.json`, to be read. No script, nothing from elsewhere."""

import json
from html import escape
from typing import Any, Final

from entrypoints.http.partner_guide import partner_guide
from entrypoints.http.problem_details import ProblemKind

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
code, pre { font: 14px/1.5 ui-monospace, monospace; background: var(--soft); border-radius: 4px; padding: .1em .3em; }
pre { padding: .8rem; overflow-x: auto; } details { border: 1px solid var(--line); margin: .5rem 0; }
summary { cursor: pointer; padding: .5rem .8rem; } details > div { padding: 0 .8rem .8rem; }
.method { display: inline-block; min-width: 4.2em; font-weight: 600; } table { border-collapse: collapse; }
td, th { text-align: left; padding: .25rem .8rem .25rem 0; vertical-align: top; }
"""


def docs_page(document: dict[str, Any], public_url: str) -> str:
    """The page, whole."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tieout API</title><style>{_STYLE}</style></head><body>
<h1>Tieout API</h1><p>{escape(document["info"]["summary"])}</p>
<p>The same as a document for tools: <a href="/openapi.json">openapi.json</a>.</p>
{partner_guide(public_url)}
{"".join(_tag(document, tag["name"]) for tag in document["tags"])}
<h2>Shapes</h2>
{"".join(_shape(name, schema) for name, schema in sorted(document["components"]["schemas"].items()))}
<h2 id="problems">Problems</h2>
<p>Refusals are <code>application/problem+json</code> (RFC 9457). The <code>type</code> is lasting; <code>errors</code>
names the JSON pointer of each wrong field; <code>request_id</code> is what to quote.</p>
<table><tr><th>type</th><th>status</th><th>meaning</th></tr>{"".join(map(_problem, ProblemKind))}</table>
</body></html>"""


def _tag(document: dict[str, Any], tag: str) -> str:
    operations = [
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if tag in operation["tags"]
    ]
    return f"<h2>{escape(tag)}</h2>{''.join(operations)}"


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    about = escape(operation.get("description", ""))
    parameters = "".join(
        f"<tr><td><code>{escape(each['name'])}</code></td><td>{escape(each['in'])}</td>"
        f"<td>{_type(each['schema'])}</td></tr>"
        for each in operation["parameters"]
    )
    responses = "".join(
        f"<tr><td>{escape(status)}</td><td>{escape(each['description'])}</td><td>{_content(each)}</td></tr>"
        for status, each in operation["responses"].items()
    )
    body = _content(operation.get("requestBody", {}))
    return f"""<details id="{escape(operation["operationId"])}"><summary><span class="method">{method.upper()}</span>
<code>{escape(path)}</code> {escape(operation["summary"])}</summary><div><p>{about}</p>
{f"<table>{parameters}</table>" if parameters else ""}{f"<div>Body: {body}</div>" if body else ""}
<table>{responses}</table></div></details>"""


def _shape(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", ())
    fields = "".join(
        f"<tr><td><code>{escape(field)}</code></td><td>{_type(each)}</td>"
        f"<td>{'required' if field in required else escape(_default(each))}</td></tr>"
        for field, each in schema.get("properties", {}).items()
    )
    return f"""<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary><div>
<p>{escape(schema.get("description", ""))}</p><table>{fields}</table></div></details>"""


def _default(schema: dict[str, Any]) -> str:
    return f"default: {schema['default']}" if "default" in schema else ""


def _content(part: dict[str, Any]) -> str:
    kinds = ", ".join(_type(each["schema"]) for each in part.get("content", {}).values())
    examples = [each["example"] for each in part.get("content", {}).values() if "example" in each]
    shown = (f"<pre>{escape(json.dumps(each, indent=2))}</pre>" for each in examples)
    return kinds + "".join(shown)


def _type(schema: dict[str, Any]) -> str:
    """In words, as HTML: what it is, and its bounds."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return "one of: " + ", ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if schema.get("type") == "array":
        most = f", at most {schema['maxItems']:,}" if "maxItems" in schema else ""
        return f"list of {_type(schema['items'])}{most}"
    return escape(str(schema.get("format") or schema.get("type") or "any") + _bounds(schema))


def _bounds(schema: dict[str, Any]) -> str:
    if "maxLength" in schema:
        return f", {schema.get('minLength', 0)} to {schema['maxLength']:,} characters"
    if "maximum" in schema:
        return f", {schema['minimum']:,} to {schema['maximum']:,}"
    return ""


def _problem(kind: ProblemKind) -> str:
    cells = f"<td><code>{kind.slug}</code></td><td>{kind.status}</td><td>{escape(kind.title)}</td>"
    return f'<tr id="{kind.slug}">{cells}</tr>'
