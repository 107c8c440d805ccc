// Whole files in and out, and what the system says about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

/// The whole file. Errors: not_found, permission, io, bad_input when it is larger than `max_bytes` or no
/// regular file.
Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes);
/// Writes beside the target and renames, so that a reader sees the old or the new file, never half of one. Of
/// a link the file behind it is the target; what is no plain file (/dev/stdout, a pipe) is written into.
Result<void> write_file(const std::string& path, std::string_view bytes);

bool file_exists(const std::string& path);
/// In bytes. Absent: no such file, or no regular one.
std::optional<std::uint64_t> file_size(const std::string& path);
/// Creates the folder and its parents; one that is there is no error. Errors: permission, io.
Result<void> make_folder(const std::string& path);
/// `path` when it is absolute, else below `folder`; normalised ("a/../b" becomes "b").
std::string resolve(const std::string& folder, const std::string& path);
/// "~/x" below $HOME; any other path, and without HOME, as it is.
std::string from_home(const std::string& path);
/// From the root, seen from the current folder; the file need not exist.
std::string absolute_path(const std::string& path);
std::string folder_of(const std::string& path);
/// File name without folders.
std::string file_name(const std::string& path);

/// Share of the file's pages that the page cache holds, 0..1: a cold load is one that finds few. Absent where
/// the system does not tell.
std::optional<double> page_cache_share(const std::string& path);

/// The folder of the running program, for finding what lies beside it (workers, suites). Empty when unknown.
std::string program_folder();

/// An environment variable; absent when unset or empty.
std::optional<std::string> environment(const char* name);

}  // namespace assay
