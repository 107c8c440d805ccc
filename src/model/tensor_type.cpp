#include "model/tensor_type.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace assay::model {
namespace {

// From ggml 0.25.3: ggml.h (enum ggml_type) and gguf-py (GGML_QUANT_SIZES). Missing numbers are retired
// types.
constexpr std::array kTensorTypes{
    TensorType{0, "F32", 1, 4},         TensorType{1, "F16", 1, 2},
    TensorType{2, "Q4_0", 32, 18},      TensorType{3, "Q4_1", 32, 20},
    TensorType{6, "Q5_0", 32, 22},      TensorType{7, "Q5_1", 32, 24},
    TensorType{8, "Q8_0", 32, 34},      TensorType{9, "Q8_1", 32, 36},
    TensorType{10, "Q2_K", 256, 84},    TensorType{11, "Q3_K", 256, 110},
    TensorType{12, "Q4_K", 256, 144},   TensorType{13, "Q5_K", 256, 176},
    TensorType{14, "Q6_K", 256, 210},   TensorType{15, "Q8_K", 256, 292},
    TensorType{16, "IQ2_XXS", 256, 66}, TensorType{17, "IQ2_XS", 256, 74},
    TensorType{18, "IQ3_XXS", 256, 98}, TensorType{19, "IQ1_S", 256, 50},
    TensorType{20, "IQ4_NL", 32, 18},   TensorType{21, "IQ3_S", 256, 110},
    TensorType{22, "IQ2_S", 256, 82},   TensorType{23, "IQ4_XS", 256, 136},
    TensorType{24, "I8", 1, 1},         TensorType{25, "I16", 1, 2},
    TensorType{26, "I32", 1, 4},        TensorType{27, "I64", 1, 8},
    TensorType{28, "F64", 1, 8},        TensorType{29, "IQ1_M", 256, 56},
    TensorType{30, "BF16", 1, 2},       TensorType{34, "TQ1_0", 256, 54},
    TensorType{35, "TQ2_0", 256, 66},   TensorType{39, "MXFP4", 32, 17},
    TensorType{40, "NVFP4", 64, 36},    TensorType{41, "Q1_0", 128, 18},
    TensorType{42, "Q2_0", 64, 18},
};

// From llama.h (enum llama_ftype). Missing numbers are retired mixes.
constexpr std::array kFileTypes{
    FileType{0, "F32", "F32"},        FileType{1, "F16", "F16"},          FileType{2, "Q4_0", "Q4_0"},
    FileType{3, "Q4_1", "Q4_1"},      FileType{7, "Q8_0", "Q8_0"},        FileType{8, "Q5_0", "Q5_0"},
    FileType{9, "Q5_1", "Q5_1"},      FileType{10, "Q2_K", "Q2_K"},       FileType{11, "Q3_K_S", "Q3_K"},
    FileType{12, "Q3_K_M", "Q3_K"},   FileType{13, "Q3_K_L", "Q3_K"},     FileType{14, "Q4_K_S", "Q4_K"},
    FileType{15, "Q4_K_M", "Q4_K"},   FileType{16, "Q5_K_S", "Q5_K"},     FileType{17, "Q5_K_M", "Q5_K"},
    FileType{18, "Q6_K", "Q6_K"},     FileType{19, "IQ2_XXS", "IQ2_XXS"}, FileType{20, "IQ2_XS", "IQ2_XS"},
    FileType{21, "Q2_K_S", "Q2_K"},   FileType{22, "IQ3_XS", "IQ3_S"},    FileType{23, "IQ3_XXS", "IQ3_XXS"},
    FileType{24, "IQ1_S", "IQ1_S"},   FileType{25, "IQ4_NL", "IQ4_NL"},   FileType{26, "IQ3_S", "IQ3_S"},
    FileType{27, "IQ3_M", "IQ3_S"},   FileType{28, "IQ2_S", "IQ2_XS"},    FileType{29, "IQ2_M", "IQ2_S"},
    FileType{30, "IQ4_XS", "IQ4_XS"}, FileType{31, "IQ1_M", "IQ1_M"},     FileType{32, "BF16", "BF16"},
    FileType{36, "TQ1_0", "TQ1_0"},   FileType{37, "TQ2_0", "TQ2_0"},     FileType{38, "MXFP4_MOE", "MXFP4"},
    FileType{39, "NVFP4", "NVFP4"},   FileType{40, "Q1_0", "Q1_0"},       FileType{41, "Q2_0", "Q2_0"},
};

bool same_letters(std::string_view left, std::string_view right) {
  return std::ranges::equal(
      left, right, [](unsigned char a, unsigned char b) { return std::toupper(a) == std::toupper(b); });
}

template <class Table, class Matches>
auto find_in(const Table& table, Matches matches) -> std::optional<typename Table::value_type> {
  const auto found = std::ranges::find_if(table, matches);
  if (found == table.end()) return std::nullopt;
  return *found;
}

}  // namespace

std::optional<TensorType> tensor_type(std::uint32_t id) {
  return find_in(kTensorTypes, [id](const TensorType& type) { return type.id == id; });
}

std::optional<TensorType> tensor_type(std::string_view name) {
  return find_in(kTensorTypes, [name](const TensorType& type) { return same_letters(type.name, name); });
}

std::optional<FileType> file_type(std::uint32_t id) {
  return find_in(kFileTypes, [id](const FileType& type) { return type.id == id; });
}

}  // namespace assay::model
