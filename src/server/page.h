// The page, as files inside the program. The build makes them of web/ (cmake/page.cmake).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/message.h"

namespace assay::server {

struct PageFile {
  std::string_view path;  ///< "/index.html", "/assets/index-1a2b3c.js"
  std::string_view type;  ///< media type
  std::string_view etag;  ///< with its quotes
  std::string_view gzip;  ///< the compressed bytes
};

/// Sorted by path; empty when this build has no page.
std::span<const PageFile> page_files();
/// nullptr when there is none. "/" is "/index.html"; so is every other path outside /assets/ that has no dot,
/// because the page finds its way by the address.
const PageFile* find_page_file(std::string_view path);
/// What stands in place of the page in a build without one.
std::string plain_page();

/// The answer to a browser that asks for `path`; `known_etag` is its If-None-Match. 304, 404 or the file.
Reply page_reply(std::string_view path, std::string_view known_etag);

}  // namespace assay::server
