#include "server/routes.h"

#include <array>

namespace assay::server {
namespace {

constexpr std::size_t kNone = 1U << 16U;     // a body that nobody reads
constexpr std::size_t kSuite = 16U << 20U;   // YAML; as JSON text it may be longer
constexpr std::size_t kReport = 64U << 20U;  // what exchange/ takes

constexpr std::array kRoutes{
    Route{"GET", "/api/about", kNone, get_about},
    Route{"GET", "/api/openapi.json", kNone, get_openapi},
    Route{"GET", "/api/runs", kNone, list_runs},
    Route{"POST", "/api/runs", 2 * kSuite, start_run},
    Route{"GET", "/api/runs/{id}", kNone, get_run},
    Route{"GET", "/api/runs/{id}/wall", kNone, get_wall},
    Route{"GET", "/api/runs/{id}/samples", kNone, list_samples},
    Route{"GET", "/api/runs/{id}/samples/{sequence}", kNone, get_sample},
    Route{"GET", "/api/runs/{id}/samples/{sequence}/tokens", kNone, get_tokens},
    Route{"GET", "/api/runs/{id}/disagree", kNone, get_disagree},
    Route{"GET", "/api/runs/{id}/bench", kNone, get_bench},
    Route{"GET", "/api/runs/{id}/events", kNone, get_events},
    Route{"POST", "/api/runs/{id}/cancel", kNone, cancel_run},
    Route{"POST", "/api/runs/{id}/resume", kNone, resume_run},
    Route{"GET", "/api/runs/{id}/benchy-settings", kNone, get_benchy_settings},
    Route{"GET", "/api/runs/{id}/report", kNone, get_report},
    Route{"POST", "/api/suites/check", kSuite, check_suite},
    Route{"POST", "/api/import", kReport, import_report},
    Route{"GET", "/api/compare", kNone, get_compare},
    Route{"GET", "/api/trends", kNone, get_trends},
    Route{"POST", kBenchyPath, kSuite, run_benchy_suite, true},
};

/// The first part of a path, taken from its front; a path that is used up gives nothing.
std::optional<std::string_view> take_part(std::string_view& path) {
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view part = path.substr(0, end);
  path.remove_prefix(end);
  return part;
}

std::optional<std::vector<std::string>> matched(std::string_view pattern, std::string_view path) {
  std::vector<std::string> parts;
  for (;;) {
    const auto wanted = take_part(pattern);
    const auto given = take_part(path);
    if (!wanted && !given && pattern.empty() && path.empty()) return parts;
    if (!wanted || !given) return std::nullopt;
    if (wanted->starts_with('{')) {
      if (given->empty()) return std::nullopt;
      parts.emplace_back(*given);
    } else if (*wanted != *given) {
      return std::nullopt;
    }
  }
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

Found find_route(std::string_view method, std::string_view path, bool old_clients) {
  Found found;
  for (const Route& route : kRoutes) {
    if (route.old_clients && !old_clients) continue;
    auto parts = matched(route.pattern, path);
    if (!parts) continue;
    if (route.method == method) return {&route, *std::move(parts), false};
    found.other_method = true;
  }
  return found;
}

}  // namespace assay::server
