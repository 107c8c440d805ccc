// The normaliser of the Open ASR Leaderboard for English, as it was in August 2026. It began as whisper's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::evaluator {

/// open-asr-en-2026-08: the steps of whisper-en-1 with more fillers, " is" only behind pronouns and the like,
/// 16 compounds, 152 variants of names, and letters that stand alone joined (open_asr_words.json). Absent
/// when a limit of the patterns was hit (text of thousands of open brackets, or beyond 4 MiB).
std::optional<std::string> open_asr_english(std::string_view text);

}  // namespace assay::evaluator
