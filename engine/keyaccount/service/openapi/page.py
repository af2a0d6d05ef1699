"""The documentation page: Swagger UI from its package, nothing from other hosts."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_SPEC = find_spec("swagger_ui")
assert _SPEC is not None, "comes with the extra `service`"  # noqa: S101 -- INVARIANT: a dependency
assert _SPEC.origin is not None, "a regular package"  # noqa: S101 -- INVARIANT: as above
# Only the package's files are of use: importing it would bring web frameworks' helpers along.
ASSETS = Path(_SPEC.origin).parent / "static"

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""The browser itself keeps the page from asking any other host."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>keyaccount</title>
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
<link rel="icon" href="docs/assets/favicon-32x32.png">
</head>
<body>
<div id="page"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""

SCRIPT = r"""
// Swagger UI reads an answer into numbers of JavaScript, which have 17 digits, and shows them.
// Here its text is laid out as it came, to the last digit.
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function laidOut(text) {
  let depth = 0, out = "", before = "";
  const line = () => "\n" + "  ".repeat(depth);
  for (const token of text.match(TOKEN) || []) {
    const opened = before === "{" || before === "[";
    if (token === "}" || token === "]") {
      depth -= 1;
      if (!opened) out += line();
    } else if (opened || before === "," || (depth === 0 && before)) {
      out += line();
    } else if (before === ":") {
      out += " ";
    }
    out += token;
    if (token === "{" || token === "[") depth += 1;
    before = token;
  }
  return out;
}

const exactAnswers = (system) => ({
  wrapComponents: {
    responseBody: (Original) => (props) =>
      system.React.createElement(
        Original,
        typeof props.content === "string" && /json/.test(props.contentType || "")
          ? { ...props, content: laidOut(props.content), contentType: "text/plain" }
          : props,
      ),
  },
});

SwaggerUIBundle({
  url: "v1/openapi.json",
  dom_id: "#page",
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  deepLinking: true,
  plugins: [exactAnswers],
});
"""
