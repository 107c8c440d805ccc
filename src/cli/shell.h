// What all commands share: global options, where messages go, how errors look, the store.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/exit_code.h"
#include "store/store.h"

namespace CLI {
class App;
}

namespace assay::cli {

struct Shell {
  std::string store_path;        ///< --store; empty: the default
  bool json = false;             ///< --json
  std::function<Exit()> action;  ///< set by the command that was named
};

/// Results go to standard output, everything else to standard error.
void print(std::string_view text);
void print_line(std::string_view text);
void say(std::string_view line);
/// "error: …" or "warning: …", each on its line, with the word in colour on a terminal.
void print_error(const Error& error);
void print_errors(const Errors& errors);
void print_warnings(const Errors& warnings);
/// Hands what was printed to the system. Says so, and turns a good end into another, where it was not taken
/// (a full disk); a reader that has left (| head) has what it wanted.
Exit flushed(Exit exit);
/// Prints and says how the program ends for this kind of error.
Exit failed(const Error& error);

bool stderr_is_terminal();
/// NO_COLOR and the kind of terminal are respected.
bool use_colour_on_stdout();
/// Columns of the page: $COLUMNS, else the terminal's, else 100. At least 20.
int terminal_width();

Result<std::string> store_path(const Shell& shell);
/// Makes the folder and the file when they are missing.
Result<store::Store> open_store_to_write(const Shell& shell);
Result<store::Store> open_store_to_read(const Shell& shell);

/// Adds --json with one wording everywhere.
void add_json_option(CLI::App& command, Shell& shell);

}  // namespace assay::cli
