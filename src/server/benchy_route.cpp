// POST /iso-speed-bench, as old clients of Benchy ask it: a suite in, its report out when the run has ended.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "server/routes.h"

namespace assay::server {
namespace {

// How long the end of the server waits for a request that waits for its run.
constexpr std::chrono::milliseconds kLook{200};
constexpr std::size_t kMostListed = 20;

/// All of them, each on a line, as the command line prints them.
std::string listed(const Errors& errors) {
  std::string text;
  for (std::size_t i = 0; i < std::min(errors.size(), kMostListed); ++i)
    text += (i == 0 ? "" : "\n") + message(errors[i]);
  if (errors.size() > kMostListed) text += fmt::format("\nand {} more", errors.size() - kMostListed);
  return text;
}

Reply broke_off(const store::Store& store, const std::string& id, std::string_view why) {
  const auto entry = store.entry(id);
  const std::uint64_t stored = entry ? entry->stored : 0;
  return plain_refusal(
      500,
      fmt::format("run {} {} after {} answers, which are stored. It can be resumed on the page, or: assay "
                  "report {} -f benchy gives what there is",
                  id, why, stored, id));
}

/// What is said of a run that has ended.
Reply answer_of(Context& context, const std::string& id) {
  const auto run = context.store.run(id);
  if (!run) return plain_refusal(500, message(run.error()));
  if (run->state != record::RunState::finished)
    return broke_off(context.store, id, "was stopped before its end,");
  auto report = context.library.benchy_answer(*run);
  if (!report) return plain_refusal(500, message(report.error()));
  Reply reply;
  reply.body = *std::move(report);
  return reply;
}

/// In the request's own thread: one run goes on at a time and the next request is refused meanwhile, so one
/// thread at most waits here.
Reply wait_for(Context& context, const std::string& id) {
  while (!context.control.ended(id, kLook)) {
    if (context.ending) return broke_off(context.store, id, "is stopped, because assay serve ends,");
  }
  return answer_of(context, id);
}

}  // namespace

bool is_yaml_type(std::string_view content_type) {
  constexpr std::array<std::string_view, 3> kTypes{"application/yaml", "application/x-yaml", "text/yaml"};
  const std::string type = lower_ascii(trim(content_type.substr(0, content_type.find(';'))));
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

int status_of_faults(const Errors& errors, const std::string& store_path) {
  const Error& first = errors.front();
  // A model file that cannot be read is the input's fault, the store's is ours.
  if (first.code == Code::internal || (!store_path.empty() && first.where.file == store_path)) return 500;
  return first.code == Code::conflict ? 409 : 400;
}

Reply run_benchy_suite(Context& context, const Asked& asked) {
  if (!is_yaml_type(asked.content_type)) {
    return plain_refusal(415, fmt::format("the body's type is '{}'; expected Content-Type: application/yaml",
                                          printable(asked.content_type, 80)));
  }
  if (!context.writable)
    return plain_refusal(
        500, fmt::format("{}: the store can only be read, so nothing can be run", context.store.path()));
  StartRequest request;
  request.suite = asked.body;
  request.only_benchy = true;  // nobody has shown the token
  const auto id = context.control.start(request);
  if (!id) return plain_refusal(status_of_faults(id.error(), context.store.path()), listed(id.error()));
  Reply reply = wait_for(context, *id);
  reply.headers.emplace_back("X-Assay-Run", *id);
  return reply;
}

}  // namespace assay::server
