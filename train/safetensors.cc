#include "train/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numeric>
#include <type_traits>

#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "base/regular_file.h"
#include "data/file_kind.h"
#include "train/safetensors_header.h"

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

namespace normlab {
namespace {

constexpr std::size_t kPrefix = 8;                     // holds the header's length
constexpr std::uint64_t kLargestHeader = 100'000'000;  // the reference implementation's limit
constexpr std::uint64_t kLargestData = std::uint64_t{1} << 32;

template <typename T>
constexpr DType DTypeOf() {
  if constexpr (std::is_same_v<T, float>) return DType::kF32;
  if constexpr (std::is_same_v<T, double>) return DType::kF64;
  if constexpr (std::is_same_v<T, std::int64_t>) return DType::kI64;
  if constexpr (std::is_same_v<T, std::int32_t>) return DType::kI32;
  return DType::kU8;
}

std::size_t Elements(const std::vector<std::int64_t>& shape) {
  std::size_t elements = 1;
  for (const std::int64_t extent : shape) elements *= static_cast<std::size_t>(extent);
  return elements;
}

// The tensors' numbers in the order of their bytes.
std::vector<std::size_t> DataOrder(const std::vector<NamedTensor>& tensors) {
  std::vector<std::size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return Describe(tensors[a].dtype).bytes > Describe(tensors[b].dtype).bytes;
  });
  return order;
}

std::string HeaderText(const TensorFile& file, const std::vector<std::size_t>& order) {
  std::vector<std::uint64_t> begins(file.tensors.size());
  std::uint64_t offset = 0;
  for (const std::size_t i : order) {
    begins[i] = offset;
    offset += file.tensors[i].bytes.size();
  }
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  for (std::size_t i = 0; i < file.tensors.size(); ++i) {
    const NamedTensor& tensor = file.tensors[i];
    const DTypeInfo& type = Describe(tensor.dtype);
    assert(tensor.bytes.size() == Elements(tensor.shape) * type.bytes);
    header[tensor.name] = {{"dtype", type.name},
                           {"shape", tensor.shape},
                           {"data_offsets", {begins[i], begins[i] + tensor.bytes.size()}}};
  }
  using Handler = nlohmann::ordered_json::error_handler_t;
  std::string text = header.dump(-1, ' ', false, Handler::replace);
  text.append((kPrefix - text.size() % kPrefix) % kPrefix, ' ');
  return text;
}

// Read in two steps, so that what is no safetensors file is refused unread.
class InputFile {
 public:
  explicit InputFile(const std::string& path) : path_(path), file_(path) {}

  TensorHeader ReadHeader() {
    const std::uint64_t size = file_.size();
    const std::string start = Read(std::min<std::uint64_t>(size, kKindBytes));
    file_.Seek(kPrefix);
    if (size < kPrefix) Refuse(start, fmt::format("expected at least 8 bytes, found {}", size));
    std::uint64_t length = 0;
    std::memcpy(&length, start.data(), kPrefix);
    const std::uint64_t room = std::min(size - kPrefix, kLargestHeader);
    if (length > room) {
      Refuse(start, fmt::format("its first 8 bytes announce a header of {} bytes, at most {} can "
                                "follow",
                                length, room));
    }
    const std::string header = Read(length);
    return ParseTensorHeader(header, size - kPrefix - length, path_);
  }

  std::string ReadRest() {
    const std::uint64_t left = file_.size() - file_.position();
    if (left > kLargestData) {
      throw DataError(
          fmt::format("{}: {} bytes of tensors, expected at most {}; is it a network of normlab?",
                      path_, left, kLargestData));
    }
    return Read(left);
  }

 private:
  std::string Read(std::uint64_t count) {
    std::string bytes = file_.Read(count);
    if (bytes.size() == count) return bytes;
    throw DataError(
        fmt::format("cannot read {}: it ended while it was read; try again when it rests", path_));
  }

  // Says what the file is where its first bytes tell.
  [[noreturn]] void Refuse(std::string_view start, const std::string& why) const {
    if (start.size() > kPrefix && start[kPrefix] == '{') {
      throw DataError(fmt::format("{} was cut short: {}; write or get it again", path_, why));
    }
    const std::string_view kind = KindOfBytes(start).name;
    const bool page = kind == "HTML page" || start.starts_with("<?xml");
    const bool pickled = start.starts_with("\x80\x02") || start.starts_with("\x80\x04");
    std::string advice =
        "; expected a file of safetensors, such as last.safetensors of a run or what "
        "safetensors.torch.save_file writes";
    if (page) {
      advice = "; get the file itself: this is what a server answered";
    } else if (kind == "empty file") {
      advice = "; write or get it again";
    } else if (kind == "gzip file" || kind == "tar archive" || kind == "7z archive") {
      advice = "; unpack it first";
    } else if (kind == "ZIP archive" || pickled) {
      advice =
          "; what torch.save writes is one: in Python, "
          "safetensors.torch.save_file(torch.load(FILE), \"weights.safetensors\") makes it a "
          "safetensors file";
    } else if (kind == "Git LFS pointer") {
      advice = "; git lfs pull brings what it stands for";
    }
    throw DataError(fmt::format("{} is not a safetensors file but {} {} ({}){}", path_,
                                kind.starts_with("empty") ? "an" : "a", kind, why, advice));
  }

  const std::string& path_;
  RegularFile file_;
};

// IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction.
double FromHalf(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const double sign = bits >> 15 ? -1 : 1;
  if (exponent == 31) return fraction ? NAN : sign * INFINITY;
  return sign *
         (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

double FromUpperHalf(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace

const NamedTensor* TensorFile::Find(const std::string& name) const {
  for (const NamedTensor& tensor : tensors) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

std::string TensorBytes(const TensorFile& file) {
  const std::vector<std::size_t> order = DataOrder(file.tensors);
  const std::string header = HeaderText(file, order);
  const std::uint64_t length = header.size();
  std::string bytes(kPrefix, '\0');
  std::memcpy(bytes.data(), &length, kPrefix);
  bytes += header;
  for (const std::size_t i : order) {
    const std::vector<std::uint8_t>& data = file.tensors[i].bytes;
    bytes.append(data.begin(), data.end());
  }
  return bytes;
}

void WriteTensors(const std::string& path, const TensorFile& file) {
  WriteFile(path, TensorBytes(file));
}

TensorHeader ReadTensorHeader(const std::string& path) {
  InputFile file(path);
  return file.ReadHeader();
}

TensorFile ReadTensors(const std::string& path) {
  InputFile input(path);
  const TensorHeader header = input.ReadHeader();
  const std::string data = input.ReadRest();
  TensorFile file{header.metadata, {}};
  for (const TensorEntry& entry : header.entries) {
    const auto begin = data.begin() + static_cast<std::ptrdiff_t>(entry.begin);
    file.tensors.push_back({entry.name,
                            entry.dtype,
                            entry.shape,
                            {begin, begin + static_cast<std::ptrdiff_t>(entry.end - entry.begin)}});
  }
  return file;
}

template <typename T>
NamedTensor FromValues(std::string name, std::vector<std::int64_t> shape, const T* values) {
  NamedTensor tensor{std::move(name), DTypeOf<T>(), std::move(shape), {}};
  const auto* first = reinterpret_cast<const std::uint8_t*>(values);
  tensor.bytes.assign(first, first + Elements(tensor.shape) * sizeof(T));
  return tensor;
}

template NamedTensor FromValues(std::string, std::vector<std::int64_t>, const float*);
template NamedTensor FromValues(std::string, std::vector<std::int64_t>, const double*);
template NamedTensor FromValues(std::string, std::vector<std::int64_t>, const std::int64_t*);
template NamedTensor FromValues(std::string, std::vector<std::int64_t>, const std::int32_t*);
template NamedTensor FromValues(std::string, std::vector<std::int64_t>, const std::uint8_t*);

std::vector<double> ToDoubles(const NamedTensor& tensor, const std::string& path) {
  const auto convert = [&]<typename T>(T) {
    std::vector<T> values(tensor.bytes.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    return std::vector<double>(values.begin(), values.end());
  };
  if (tensor.dtype == DType::kF32) return convert(float{});
  if (tensor.dtype == DType::kF64) return convert(double{});
  if (tensor.dtype == DType::kF16 || tensor.dtype == DType::kBF16) {
    std::vector<double> values;
    for (std::size_t i = 0; i < tensor.bytes.size(); i += 2) {
      const auto bits = static_cast<std::uint16_t>(tensor.bytes[i] | tensor.bytes[i + 1] << 8);
      values.push_back(tensor.dtype == DType::kF16 ? FromHalf(bits) : FromUpperHalf(bits));
    }
    return values;
  }
  throw DataError(fmt::format(
      "{}: tensor '{}' is {}: expected F64, F32, F16 or BF16; convert it, in PyTorch with "
      "tensor.float(), before it is saved",
      path, Printable(tensor.name), Describe(tensor.dtype).name));
}

}  // namespace normlab
