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

SCRIPT = """SwaggerUIBundle({
  url: "v1/openapi.json",
  dom_id: "#page",
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  deepLinking: true,
});
"""
