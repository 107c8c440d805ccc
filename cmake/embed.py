"""Writes a C++ file that holds the page and the OpenAPI document.

    embed.py OUTPUT OPENAPI [DIST]

DIST is the folder of the built page; without it, or when it has no index.html, the program has none. The same files
give the same bytes: names are sorted, and gzip gets no time.
"""

import gzip
import hashlib
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
    ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8", ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json", ".yaml": "text/yaml; charset=utf-8",
}


def literal(data):
    """The bytes as string literals, a line each. Octal escapes end after three digits, so that nothing runs on."""
    lines = []
    for start in range(0, len(data), 64):
        lines.append('"' + "".join(f"\\{byte:03o}" for byte in data[start:start + 64]) + '"')
    return "\n".join(lines) or '""'


def main():
    output, openapi = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    dist = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    parts = ["// Made by cmake/embed.py.\n#include <array>\n#include <string_view>\n",
             '#include "server/page.h"\n#include "server/routes.h"\n',
             "namespace assay::server {\nnamespace {\n"]
    document = openapi.read_bytes()
    parts.append(f"constexpr char kOpenapi[] =\n{literal(document)};\n")
    rows = []
    files = sorted(path for path in dist.rglob("*") if path.is_file()) if dist and (dist / "index.html").exists() else []
    for number, path in enumerate(files):
        if path.suffix == ".map":
            continue
        data = gzip.compress(path.read_bytes(), 9, mtime=0)
        kind = TYPES.get(path.suffix, "application/octet-stream")
        tag = hashlib.sha256(data).hexdigest()[:16]
        parts.append(f"constexpr char kFile{number}[] =\n{literal(data)};\n")
        rows.append(f'    PageFile{{"/{path.relative_to(dist).as_posix()}", "{kind}", "\\"{tag}\\"", '
                    f"{{kFile{number}, {len(data)}}}}},")
    parts.append(f"constexpr std::array<PageFile, {len(rows)}> kFiles{{{{\n" + "\n".join(rows) + "\n}};\n"
                 if rows else "constexpr std::array<PageFile, 0> kFiles{};\n")
    parts.append("}  // namespace\n\nstd::span<const PageFile> page_files() { return kFiles; }\n"
                 f"std::string_view openapi_text() {{ return {{kOpenapi, {len(document)}}}; }}\n\n"
                 "}  // namespace assay::server\n")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text("".join(parts))


main()
