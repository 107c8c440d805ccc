#include "cli/usage_error.h"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/help.h"

namespace assay::cli {
namespace {

constexpr std::size_t kShown = 60;

/// The command that was meant, and how one writes it.
struct Meant {
  const CLI::App* app;
  std::string path;
};

Meant meant_by(const CLI::App& root) {
  Meant meant{&root, root.get_name()};
  for (auto parsed = root.get_subcommands(); !parsed.empty(); parsed = meant.app->get_subcommands()) {
    meant.app = parsed.front();
    meant.path += " " + meant.app->get_name();
  }
  return meant;
}

Error usage(const Meant& meant, std::string found, std::string expected, const std::string& near = {}) {
  return {.code = Code::bad_input,
          .where = {},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = (near.empty() ? "" : fmt::format("Did you mean '{}'? ", near)) + "See: " + meant.path +
                    " --help"};
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(one->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// The nearest name, also for one that is only cut short or goes on: --repeat, --models.
std::string nearest_option(const std::string& word, const CLI::App& app) {
  const std::vector<std::string> known = option_names(app);
  const std::string name = word.substr(0, word.find('='));
  if (std::string near = nearest(name, known); !near.empty()) return near;
  constexpr std::size_t kTelling = 5;
  if (name.size() < kTelling) return {};
  const auto same =
      std::find_if(known.begin(), known.end(), [&](const std::string& one) { return one.starts_with(name); });
  return same == known.end() ? "" : *same;
}

/// Of what could not be placed, an option tells more than the word behind it, which was to be its value.
std::string most_telling(const std::vector<std::string>& words) {
  const auto option =
      std::find_if(words.begin(), words.end(), [](const std::string& word) { return word.starts_with('-'); });
  return option == words.end() ? words.front() : *option;
}

Error unplaced(const Meant& meant, const std::string& word) {
  const std::string shown = printable(word, kShown);
  const std::vector<std::string> commands = command_names(*meant.app);
  if (word.starts_with('-'))
    return usage(meant, fmt::format("{} has no option '{}'", meant.path, shown), {},
                 nearest_option(word, *meant.app));
  if (!commands.empty() && meant.app->get_subcommands().empty())
    return usage(meant, fmt::format("unknown command '{}'", shown), "one of: " + join(commands, ", "),
                 nearest(word, commands));
  return usage(meant, fmt::format("{} takes no further argument, and '{}' is one", meant.path, shown), {});
}

/// "Suite file" → "suite file", and "GGUF file" as it is.
std::string small_first(std::string text) {
  if (text.size() > 1 && text[1] >= 'a' && text[1] <= 'z') text[0] = lower_ascii(text.substr(0, 1))[0];
  return text;
}

Error missing(const Meant& meant) {
  const std::vector<std::string> commands = command_names(*meant.app);
  if (!commands.empty())
    return usage(meant, meant.path + " needs a command", "one of: " + join(commands, ", "));
  for (const CLI::Option* option : meant.app->get_options()) {
    if (!option->get_required() || option->count() > 0) continue;
    return usage(meant, fmt::format("{} needs {}", meant.path, values_of(*option).word),
                 small_first(option->get_description()));
  }
  return usage(meant, meant.path + " needs more", {});
}

std::string accepted(const Values& values) {
  if (!values.sentence.empty()) return values.sentence;
  if (!values.choices.empty()) return "one of: " + join(values.choices, ", ");
  if (!values.range.empty())
    return fmt::format("a {} {} {}", values.whole ? "whole number" : "number",
                       values.range.starts_with("at least") ? "of" : "from", values.range);
  if (values.whole) return "a whole number from 0 on";
  if (values.number) return "a number";
  if (values.file) return "a file that can be read";
  return values.word;
}

/// CLI11 begins with the option's name, or has it behind "Could not convert: ".
const CLI::Option* option_in(const CLI::App& root, const CLI::App& app, std::string text) {
  constexpr std::string_view kConversion = "Could not convert: ";
  if (text.starts_with(kConversion)) text.erase(0, kConversion.size());
  const std::string name = text.substr(0, std::min(text.find(": "), text.find(" = ")));
  const CLI::Option* option = app.get_option_no_throw(name);
  return option != nullptr ? option : root.get_option_no_throw(name);
}

Error wrong_count(const Meant& meant, const CLI::Option& option, const std::string& what) {
  const Values values = values_of(option);
  const std::string name = option.get_positional() ? values.word : option.get_name();
  const std::size_t received = what.rfind("received ");
  if (received == std::string::npos) return usage(meant, name + " has no value", accepted(values));
  constexpr std::size_t kWord = 9;
  return usage(meant, fmt::format("{} is given {} times", name, what.substr(received + kWord)), "one");
}

Error wrong_value(const Meant& meant, const CLI::Option& option) {
  const std::string value = join(option.results(), " ");
  return usage(meant, fmt::format("{} is '{}'", option.get_name(), printable(value, kShown)),
               accepted(values_of(option)));
}

/// "--json excludes --csv", "--blind requires --rating-sheet".
Error wrong_company(const Meant& meant, const std::string& what, bool excludes) {
  const std::vector<std::string> words = split(what, ' ');
  if (words.size() != 3) return usage(meant, what, {});
  return usage(meant, fmt::format("{} {} {}", words.front(), excludes ? "beside" : "without", words.back()),
               excludes ? "one of them" : "both");
}

}  // namespace

Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const Meant meant = meant_by(app);
  const std::string what = error.what();
  const auto kind = static_cast<CLI::ExitCodes>(error.get_exit_code());  // its name may be the command's
  using Kind = CLI::ExitCodes;
  const bool incomplete = kind == Kind::RequiredError;
  if (const auto words = app.remaining(true); (incomplete || kind == Kind::ExtrasError) && !words.empty())
    return unplaced(meant, most_telling(words));
  if (incomplete) return missing(meant);
  if (kind == Kind::ExcludesError || kind == Kind::RequiresError)
    return wrong_company(meant, what, kind == Kind::ExcludesError);
  const CLI::Option* option = option_in(app, *meant.app, what);
  if (option == nullptr) return usage(meant, what, {});
  return kind == Kind::ArgumentMismatch ? wrong_count(meant, *option, what) : wrong_value(meant, *option);
}

}  // namespace assay::cli
