#include "cli/benchy_report.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/summarise.h"
#include "exchange/benchy_name.h"
#include "exchange/benchy_records.h"
#include "plan/plan.h"

namespace assay::cli {
namespace {

std::string prompt_text(const record::Suite& suite, const record::Case& test) {
  std::string text;
  for (const record::Message& message : plan::prompt_of(suite, test).messages) {
    if (!text.empty()) text += "\n\n";
    text += message.content;
  }
  return text;
}

struct Exported {
  exchange::BenchyReport report;
  bool last_newline = true;  ///< what came in without one goes out without one
  std::size_t results = 0;
  std::size_t without_verdict = 0;
};

std::string written(const Exported& exported) {
  std::string bytes = exchange::write_benchy(exported.report);
  if (!exported.last_newline && bytes.ends_with('\n')) bytes.pop_back();
  return bytes;
}

/// What came in as a report goes out as it came.
Result<std::optional<Exported>> imported_report(const store::Store& store, const record::Run& run) {
  const auto kept = store.attachment(run.id, exchange::kBenchyAttachment);
  if (!kept) return fail(kept.error());
  if (!*kept) return std::nullopt;
  auto read = exchange::read_benchy(**kept, std::string(exchange::kBenchyAttachment));
  if (!read) return fail(read.error());
  Exported exported;
  for (const exchange::BenchyModel& model : read->report.models) {
    for (const exchange::BenchyResult& result : model.results) {
      ++exported.results;
      if (result.errored) ++exported.without_verdict;
    }
  }
  exported.report = std::move(read->report);
  exported.last_newline = (*kept)->ends_with('\n');
  return exported;
}

Result<Exported> report_of(const store::Store& store, const record::Run& run) {
  auto imported = imported_report(store, run);
  if (!imported) return fail(imported.error());
  if (*imported) return std::move(**imported);
  const auto suite = stored_suite(run);
  if (!suite) return fail(suite.error());
  exchange::BenchyExport collected(run, *suite,
                                   [&](const record::Case& test) { return prompt_text(*suite, test); });
  constexpr std::uint32_t kRepeat = 0;  // a report holds one repetition
  const auto read = store.for_each_graded(run.id, std::nullopt, {},
                                          [&](record::Sample&& sample, const record::Verdict* verdict) {
                                            if (sample.repeat == kRepeat) collected.add(sample, verdict);
                                            return true;
                                          });
  if (!read) return fail(read.error());
  exchange::BenchyReport report = collected.finish(kRepeat);
  const auto layers = store.layers(run.id);
  if (!layers) return fail(layers.error());
  if (!layers->empty() && !layers->back().grading.empty()) {
    report.own.keys.emplace_back("grading");
    report.own.items.push_back(record::Value::of_text(layers->back().grading));
  }
  const auto sandbox = sandbox_of(store, run);
  if (!sandbox) return fail(sandbox.error());
  if (!sandbox->empty()) {
    report.own.keys.emplace_back("sandbox");
    report.own.items.push_back(record::Value::of_text(*sandbox));
  }
  return Exported{.report = std::move(report),
                  .results = collected.results(),
                  .without_verdict = collected.without_verdict()};
}

/// Errors: conflict when the file exists. A link, unlike a rename, never replaces what is there.
Result<void> write_new_file(const std::string& path, const std::string& bytes) {
  const std::string temporary = path + ".new";
  if (auto written = write_file(temporary, bytes); !written) return written;
  std::error_code error;
  std::filesystem::create_hard_link(temporary, path, error);
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  if (!error) return {};
  const bool taken = error == std::errc::file_exists;
  return fail({.code = taken ? Code::conflict : Code::io,
               .where = {.file = path, .line = 0, .column = 0},
               .found = taken ? "the file exists" : "cannot write the file: " + error.message(),
               .expected = taken ? "a name that is free" : "",
               .remedy = {}});
}

/// A file that nobody has yet: `_2`, `_3`, … are tried before the ending.
Result<std::string> write_named(const std::string& folder, const std::string& stem,
                                const std::string& bytes) {
  constexpr int kMostTried = 999;
  for (int i = 1; i <= kMostTried; ++i) {
    const std::string path = resolve(folder, i == 1 ? stem + ".json" : fmt::format("{}_{}.json", stem, i));
    const auto written = write_new_file(path, bytes);
    if (written) return path;
    if (written.error().code != Code::conflict) return fail(written.error());
  }
  return fail({.code = Code::conflict,
               .where = {.file = resolve(folder, stem + ".json"), .line = 0, .column = 0},
               .found = fmt::format("{} files of this name exist", kMostTried),
               .expected = "a name that is free",
               .remedy = "Name another folder or file with -o"});
}

Result<std::string> write_to(const std::string& output, const std::string& bytes, const OpenedRun& opened,
                             const std::string& name) {
  std::error_code ignored;
  if (!output.ends_with('/') && !std::filesystem::is_directory(output, ignored)) {
    if (auto written = write_file(output, bytes); !written) return fail(written.error());
    return output;
  }
  if (auto made = make_folder(output); !made) return fail(made.error());
  return write_named(
      output, exchange::benchy_stem(name) + exchange::benchy_time_suffix(opened.run.started_wall), bytes);
}

}  // namespace

Result<std::string> benchy_document(const store::Store& store, const record::Run& run) {
  const auto exported = report_of(store, run);
  if (!exported) return fail(exported.error());
  return written(*exported);
}

Result<std::string> benchy_answer(const store::Store& store, const record::Run& run) {
  const auto exported = report_of(store, run);
  if (!exported) return fail(exported.error());
  return exchange::write_benchy_compact(exported->report);
}

Exit report_benchy(const Shell& shell, const RunChoice& choice, const std::string& output) {
  const auto opened = open_run(shell, choice);
  if (!opened) return failed(opened.error());
  const auto exported = report_of(opened->store, opened->run);
  if (!exported) return failed(exported.error());
  const std::string bytes = written(*exported);
  if (output.empty()) {
    print(bytes);
  } else {
    const auto path = write_to(output, bytes, *opened, exported->report.name);
    if (!path) return failed(path.error());
    say("Written: " + *path);
    if (!path->ends_with(".json")) say("warning: Benchy's page opens files whose names end in .json only");
  }
  if (exported->without_verdict > 0) {
    say(fmt::format(
        "{} of {} results have no verdict; the report calls them errored and wrong, because Benchy knows "
        "only right and wrong.",
        exported->without_verdict, exported->results));
  }
  if (opened->run.repeats > 1 && !exported->report.own.keys.empty())
    say(fmt::format("The report holds the first of {} repetitions.", opened->run.repeats));
  return Exit::done;
}

}  // namespace assay::cli
