#include "cli/help.h"

#include <algorithm>
#include <set>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/bench_arguments.h"
#include "cli/shell.h"

namespace assay::cli {
namespace {

constexpr std::size_t kWidest = 100;
constexpr std::size_t kNarrowest = 40;
constexpr std::size_t kTwoColumns = 80;  ///< a narrower page has each description under its option
constexpr std::size_t kOptionColumn = 30;
constexpr std::size_t kUnder = 6;

/// What is left of the words that would not fit into `width` columns.
std::string take_line(std::string& rest, std::size_t width) {
  std::size_t end = rest.size();
  while (display_width(rest.substr(0, end)) > width) {
    const std::size_t blank = rest.rfind(' ', end - 1);
    if (blank == std::string::npos || blank == 0) break;
    end = blank;
  }
  if (display_width(rest.substr(0, end)) > width) end = std::min(rest.find(' '), rest.size());
  std::string line = rest.substr(0, end);
  rest.erase(0, std::min(rest.size(), end + 1));
  return line;
}

/// In lines of at most `width` columns; its own line feeds and runs of blanks stay (report::paragraph() joins
/// both), and longer words stay whole.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  for (std::string rest : split(text, '\n')) {
    do lines.push_back(take_line(rest, width));
    while (!rest.empty());
  }
  return lines;
}

/// One entry of a list: what it is called, and behind or under it what it does.
std::string entry(const std::string& name, const std::string& description, std::size_t column,
                  std::size_t page) {
  std::string text = "  " + name;
  const std::size_t indent = page < kTwoColumns ? kUnder : column;
  std::size_t at = display_width(text);
  if (page < kTwoColumns || at + 2 > indent) {
    text += '\n';
    at = 0;
  }
  for (const std::string& line : wrapped(description, page - indent)) {
    text += std::string(indent - at, ' ') + line + '\n';
    at = 0;
  }
  return text;
}

std::string paragraphs(const std::string& text, std::size_t page) {
  std::string out;
  for (const std::string& line : wrapped(text, page)) out += line + '\n';
  return out;
}

/// "-pg, --prompt-gen LIST"
std::string option_name(const CLI::Option& option, const std::string& word) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) {
    if (const std::string_view theirs = llama_bench_name("--" + name); !theirs.empty())
      names.emplace_back(theirs);
    names.push_back("--" + name);
  }
  return join(names, ", ") + (word.empty() ? "" : " " + word);
}

bool takes_any_number(const CLI::Option& option) {
  constexpr int kWithoutEnd = 1 << 20;  // CLI11 keeps a number near the largest for it
  return option.get_expected_max() >= kWithoutEnd;
}

std::string positional_name(const CLI::Option& option) {
  return values_of(option).word + (takes_any_number(option) ? "..." : "");
}

std::string names_of(const std::set<CLI::Option*>& options) {
  std::vector<std::string> names;
  for (const CLI::Option* option : options) names.push_back(option->get_name());
  return join(names, ", ");
}

std::string described(const CLI::Option& option, const Values& values) {
  std::vector<std::string> notes;
  if (!values.range.empty() && !values.range.starts_with("at least")) notes.push_back(values.range);
  if (!option.get_default_str().empty()) notes.push_back("default: " + option.get_default_str());
  if (!option.get_needs().empty()) notes.push_back("only with " + names_of(option.get_needs()));
  if (!option.get_excludes().empty()) notes.push_back("not with " + names_of(option.get_excludes()));
  std::string text = option.get_description();
  if (notes.empty()) return text;
  if (!text.ends_with(')')) return text + " (" + join(notes, "; ") + ")";
  text.back() = ';';  // goes on in the parentheses that are there
  return text + " " + join(notes, "; ") + ")";
}

class Help : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode /*mode*/) const override {
    const auto wide = static_cast<std::size_t>(std::max(terminal_width(), 0));
    const std::size_t page = std::clamp(wide, kNarrowest, kWidest);
    std::string text =
        paragraphs(app->get_description(), page) + "\n" + usage(*app, name) + arguments(*app, page);
    for (const std::string& group : app->get_groups())
      if (!group.empty()) text += options(*app, group, group, page);
    if (app->get_parent() != nullptr) text += options(root_of(*app), "Options", "With every command", page);
    text += commands(*app, page);
    return app->get_footer().empty() ? text : text + "\n" + app->get_footer() + "\n";
  }

 private:
  static const CLI::App& root_of(const CLI::App& app) {
    return app.get_parent() == nullptr ? app : root_of(*app.get_parent());
  }

  static std::string usage(const CLI::App& app, const std::string& name) {
    std::string text = "Usage: " + name + " [OPTIONS]";
    for (const CLI::Option* option : positionals(app)) {
      const std::string word = positional_name(*option);
      text += option->get_required() ? " " + word : " [" + word + "]";
    }
    return text + (subcommands(app).empty() ? "" : " COMMAND") + "\n";
  }

  static std::vector<const CLI::Option*> positionals(const CLI::App& app) {
    return app.get_options([](const CLI::Option* option) { return option->get_positional(); });
  }
  static std::vector<const CLI::App*> subcommands(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App* one) { return !one->get_name().empty(); });
  }

  static std::string arguments(const CLI::App& app, std::size_t page) {
    std::string text;
    for (const CLI::Option* option : positionals(app))
      text += entry(positional_name(*option), described(*option, values_of(*option)), kOptionColumn, page);
    return text.empty() ? "" : "\nArguments:\n" + text;
  }

  /// Those of one group. Of the root's, what asks for help or the version is no news in a command's help.
  static std::string options(const CLI::App& app, const std::string& group, const std::string& title,
                             std::size_t page) {
    std::string text;
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group() != group || !option->nonpositional()) continue;
      if (title != group && is_flag(*option)) continue;
      const Values values = values_of(*option);
      text += entry(option_name(*option, values.word), described(*option, values), kOptionColumn, page);
    }
    return text.empty() ? "" : "\n" + title + ":\n" + text;
  }

  static std::string commands(const CLI::App& app, std::size_t page) {
    std::size_t column = 0;
    for (const CLI::App* one : subcommands(app)) column = std::max(column, one->get_name().size() + 4);
    std::string text;
    for (const CLI::App* one : subcommands(app))
      text += entry(one->get_name(), one->get_description(), column, page);
    return text.empty() ? "" : "\nCommands:\n" + text;
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter() {
  return std::make_shared<Help>();
}

}  // namespace assay::cli
