#include "server/page.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::server {

const PageFile* find_page_file(std::string_view path) {
  const std::span<const PageFile> files = page_files();
  const auto named = [&](std::string_view name) -> const PageFile* {
    const auto at =
        std::find_if(files.begin(), files.end(), [&](const PageFile& file) { return file.path == name; });
    return at == files.end() ? nullptr : &*at;
  };
  if (const PageFile* file = named(path)) return file;
  const std::string_view last = path.substr(path.rfind('/') + 1);
  const bool is_file = path.starts_with("/assets/") || last.find('.') != std::string_view::npos;
  return is_file ? nullptr : named("/index.html");
}

std::string plain_page() {
  return "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>assay</title>\n"
         "<h1>This build of assay has no page</h1>\n"
         "<p>It was built without npm. Install Node.js with npm, build again "
         "(<code>cmake --preset release &amp;&amp; cmake --build --preset release</code>), and start\n"
         "<code>assay serve</code> again. Everything that the page shows is there without it: the\n"
         "<a href=\"/api/openapi.json\">interface</a>, for example <a href=\"/api/runs\">the runs</a>, and\n"
         "<code>assay show</code> on the command line.</p>\n</html>\n";
}

Reply page_reply(std::string_view path, std::string_view known_etag) {
  const PageFile* file = find_page_file(path);
  if (file == nullptr && page_files().empty() && path == "/") {
    Reply plain;
    plain.type = "text/html; charset=utf-8";
    plain.body = plain_page();
    return plain;
  }
  if (file == nullptr) return refuse(404, fmt::format("there is no '{}' here", printable(path, 200)));
  const bool hashed = file->path.starts_with("/assets/");
  Reply reply;
  reply.headers = {{"Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache"},
                   {"ETag", std::string(file->etag)},
                   {"Vary", "Accept-Encoding"}};
  if (known_etag == file->etag) {
    reply.status = 304;
    return reply;
  }
  // Every browser takes gzip; whoever does not say so gets it all the same, with its header.
  reply.headers.emplace_back("Content-Encoding", "gzip");
  reply.type = file->type;
  reply.body = file->gzip;
  return reply;
}

}  // namespace assay::server
