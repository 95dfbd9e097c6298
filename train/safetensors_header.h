// The header of a safetensors file: which tensor lies where.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "train/safetensors.h"

namespace normlab {

struct TensorEntry {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  // bytes after the header
};

struct TensorHeader {
  std::map<std::string, std::string> metadata;
  std::vector<TensorEntry> entries;  // in the order of the keys
};

struct DTypeInfo {
  DType dtype;
  std::string_view name;
  std::uint64_t bytes;
};
const DTypeInfo& Describe(DType dtype);

// `json` is the header's text, `data_bytes` the number of bytes behind it. Throws DataError unless
// the entries cover those bytes once, without holes, each with the size that its shape and type
// need.
TensorHeader ParseTensorHeader(std::string_view json, std::uint64_t data_bytes,
                               const std::string& path);

// Of a file whose tensors stay where they are. Throws DataError as ReadTensors does.
TensorHeader ReadTensorHeader(const std::string& path);

}  // namespace normlab
