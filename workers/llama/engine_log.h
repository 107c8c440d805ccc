// The engine's log: everything goes to stderr, and the last complaints are kept for error messages.
#pragma once

#include <string>
#include <string_view>

namespace assay::llama {

/// Call once, before anything else of the engine.
void install_engine_log();
/// Forgets what was kept; call before a step whose complaints matter.
void clear_engine_log();
/// The last warnings and errors since the clear, joined by " | "; or empty.
std::string engine_complaints();
/// The first line since the clear that contains `words`, without its line break; or empty.
std::string engine_line_with(std::string_view words);
/// `sentence`, followed by the engine's complaints if there are any.
/// Whether what it complained about was memory that it did not get.
bool engine_ran_out_of_memory();
std::string with_complaints(std::string sentence);

}  // namespace assay::llama
