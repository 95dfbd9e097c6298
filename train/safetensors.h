// Named tensors in one file, in the safetensors format: 8 bytes of little-endian header length, a
// JSON header, the bytes. What `load_file` of Python's safetensors reads.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace normlab {

// The 16-bit ones are read, never written: IEEE half precision and the upper half of a float.
enum class DType { kF32, kF64, kI64, kU8, kI32, kF16, kBF16 };

struct NamedTensor {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;  // empty for a scalar
  std::vector<std::uint8_t> bytes;  // little-endian
};

struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::vector<NamedTensor> tensors;  // in the order of the header's keys
  const NamedTensor* Find(const std::string& name) const;
};

// The file's content. The header keeps the order given; the bytes of wider types come first, so
// that every tensor is aligned.
std::string TensorBytes(const TensorFile& file);

// Written beside its name, flushed to disk and renamed. Throws RunError.
void WriteTensors(const std::string& path, const TensorFile& file);

// Strict: throws DataError naming the file, the offset, what was expected and what was found, for a
// short file, a header that is not JSON, holes, overlaps, duplicate names, sizes that do not match.
// The tensors are read only when the header is right; more than 4 GiB of them are refused.
TensorFile ReadTensors(const std::string& path);

// Conversions, T one of float, double, int64, int32, uint8; ToDoubles accepts F64, F32, F16 and
// BF16, throws DataError otherwise.
template <typename T>
NamedTensor FromValues(std::string name, std::vector<std::int64_t> shape, const T* values);
std::vector<double> ToDoubles(const NamedTensor& tensor, const std::string& path);

}  // namespace normlab
