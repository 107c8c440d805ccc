// What a GGUF file says about its model: identity, shape, size, and what it will cost to run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/gguf.h"

namespace assay::model {

/// All tensors of one storage type.
struct TypeShare {
  std::string type;  ///< "Q4_K"
  std::uint64_t tensors = 0;
  std::uint64_t elements = 0;
  std::uint64_t bytes = 0;
  std::uint64_t multiplied_bytes = 0;  ///< of those that are multiplied: not vectors, not looked up by row
  bool operator==(const TypeShare&) const = default;
};

/// Everything absent is absent in the file. Text is valid UTF-8.
struct ModelFacts {
  std::uint64_t file_bytes = 0;
  std::uint32_t gguf_version = 0;
  std::string architecture;                 ///< "llama", "qwen2", …
  std::optional<std::string> name;          ///< general.name
  std::optional<std::uint64_t> parameters;  ///< elements of all tensors; absent for a vocabulary-only file
  /// "Q4_K_M" from general.file_type; where that is missing or unknown, the tensor type that holds most
  /// bytes.
  std::optional<std::string> quantisation;
  bool quantisation_guessed = false;    ///< from the tensors, not from general.file_type
  std::vector<TypeShare> tensor_types;  ///< most bytes first
  std::uint64_t tensor_count = 0;
  std::uint64_t tensor_bytes = 0;  ///< without padding

  std::optional<std::uint64_t> context_length;  ///< trained on
  std::optional<std::uint64_t> layers;
  std::optional<std::uint64_t> embedding;
  std::optional<std::uint64_t> feed_forward;    ///< where layers differ, the largest
  std::optional<std::uint64_t> heads;           ///< where layers differ, the most
  std::optional<std::uint64_t> kv_heads;        ///< where layers differ, the most
  std::optional<std::uint64_t> kv_heads_total;  ///< of all layers together
  std::optional<std::uint64_t> key_length;      ///< per head
  std::optional<std::uint64_t> value_length;    ///< per head
  std::optional<std::uint64_t> sliding_window;
  /// Of kv_heads_total those in layers that see the window alone. Absent where nothing tells which these are.
  std::optional<std::uint64_t> sliding_kv_heads_total;
  std::optional<std::uint64_t> experts;
  std::optional<std::uint64_t> experts_used;

  std::optional<std::uint64_t> vocabulary;  ///< tokens
  std::optional<std::string> tokenizer;     ///< "gpt2" (byte pairs), "llama" (SentencePiece), …
  std::optional<std::string> chat_template_sha256;
  bool tied_embedding = false;  ///< the token embedding is the output matrix as well

  /// Weights that one decoded token reads, the floor of what decoding costs in memory bandwidth: all tensors
  /// but those of which only a row is looked up; of experts the share that is used. Absent when that is not
  /// known.
  std::optional<std::uint64_t> bytes_per_token;
  /// Whether keys and values of earlier tokens are all the state (no recurrent layers, no encoder).
  bool plain_attention = false;

  std::vector<std::string> notes;  ///< sentences about what is odd or could not be told
  bool operator==(const ModelFacts&) const = default;
};

/// Never fails: what the file does not say stays absent, what contradicts itself becomes a note.
ModelFacts describe(const Gguf& file);

/// Facts from the model file's header: called outside every timed window; costs some milliseconds.
/// Errors: those of open_bytes() and read_gguf(); bad_input when the file does not name its architecture.
Result<ModelFacts> inspect(const std::string& path);

}  // namespace assay::model
