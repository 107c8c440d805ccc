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
  bool old_clients = false;  ///< only there when asked for (ServerOptions::benchy_route); needs no token
};

/// Where Benchy's clients send a suite.
constexpr std::string_view kBenchyPath = "/iso-speed-bench";

std::span<const Route> routes();

/// The route for a path, and the parts that stood for {…}. `other_method`: the path is there, for another
/// one.
struct Found {
  const Route* route = nullptr;
  std::vector<std::string> parts;
  bool other_method = false;
};
/// `old_clients`: their route is there, too.
Found find_route(std::string_view method, std::string_view path, bool old_clients = false);

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
// benchy_route.cpp
Reply run_benchy_suite(Context& context, const Asked& asked);
/// application/yaml, application/x-yaml or text/yaml, with or without parameters. None of them is a type that
/// a browser sends to another site without asking there first.
bool is_yaml_type(std::string_view content_type);
/// Of what was found before the run began: 409 another run goes on, 500 the fault is ours, 400 the input's.
/// Shape: not empty.
int status_of_faults(const Errors& errors, const std::string& store_path);

}  // namespace assay::server
