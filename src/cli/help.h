// How `--help` reads, for all commands: CLI11's facts about an option in words for people.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class FormatterBase;
class Option;
}  // namespace CLI

namespace assay::cli {

/// For the root command, before any other is added: they take it over. Lines have at most 100 columns, or the
/// terminal's; examples (footers) stay as written.
std::shared_ptr<CLI::FormatterBase> help_formatter();

/// What CLI11 knows about the values of an option, from its type name and the descriptions of its checks.
struct Values {
  std::string word;                  ///< stands for the value in the help: COUNT, FILE, a|b; empty for a flag
  std::vector<std::string> choices;  ///< empty: not a choice
  std::string range;                 ///< "1 to 4096", "at least 0"; empty: none
  std::string sentence;              ///< of a check of ours that says it all: "a name of …"
  bool number = false;               ///< CLI11's own type of a number, so no word was given
  bool whole = false;                ///< a whole number
  bool file = false;                 ///< an existing file
};
Values values_of(const CLI::Option& option);
bool is_flag(const CLI::Option& option);

}  // namespace assay::cli
