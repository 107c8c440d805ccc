// The routes, as one explicit table. Adding one: a function in a file of its kind, a line in routes.cpp, and
// its path in openapi.json (a test compares the two).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/context.h"
#include "server/message.h"

namespace assay::server {

struct Route {
  std::string_view method;   ///< GET, POST
  std::string_view pattern;  ///< "/api/runs/{id}/wall": {…} stands for one part that is not empty
  std::size_t most_bytes;    ///< of a body
  Reply (*answer)(Context& context, const Asked& asked);
};

std::span<const Route> routes();

/// The route for a path, and the parts that stood for {…}. `other_method`: the path is there, for another
/// one.
struct Found {
  const Route* route = nullptr;
  std::vector<std::string> parts;
  bool other_method = false;
};
Found find_route(std::string_view method, std::string_view path);

/// The OpenAPI document.
std::string_view openapi_text();

// runs_routes.cpp
Reply get_about(Context& context, const Asked& asked);
Reply get_openapi(Context& context, const Asked& asked);
Reply list_runs(Context& context, const Asked& asked);
Reply get_run(Context& context, const Asked& asked);
Reply get_report(Context& context, const Asked& asked);
Reply get_benchy_settings(Context& context, const Asked& asked);
Reply get_bench(Context& context, const Asked& asked);
Reply get_compare(Context& context, const Asked& asked);
Reply get_trends(Context& context, const Asked& asked);
// sample_routes.cpp
Reply get_wall(Context& context, const Asked& asked);
Reply list_samples(Context& context, const Asked& asked);
Reply get_sample(Context& context, const Asked& asked);
// disagree_routes.cpp
Reply get_disagree(Context& context, const Asked& asked);
// token_routes.cpp
Reply get_tokens(Context& context, const Asked& asked);
// event_routes.cpp
Reply get_events(Context& context, const Asked& asked);
// change_routes.cpp
Reply check_suite(Context& context, const Asked& asked);
Reply start_run(Context& context, const Asked& asked);
Reply cancel_run(Context& context, const Asked& asked);
Reply resume_run(Context& context, const Asked& asked);
Reply import_report(Context& context, const Asked& asked);

}  // namespace assay::server
