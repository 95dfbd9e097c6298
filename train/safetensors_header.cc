#include "train/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

constexpr DTypeInfo kDTypes[] = {{DType::kF32, "F32", 4},  {DType::kF64, "F64", 8},
                                 {DType::kI64, "I64", 8},  {DType::kU8, "U8", 1},
                                 {DType::kI32, "I32", 4},  {DType::kF16, "F16", 2},
                                 {DType::kBF16, "BF16", 2}};

// What a file could name beyond any network of this program would only fill the memory.
constexpr std::size_t kMostTensors = 65536, kMostDimensions = 8;

// Takes the header event by event: nothing but the expected structure is ever built in memory, and
// a key that comes twice is seen, where a JSON document keeps the last one silently.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit HeaderReader(const std::string& path) : path_(path) {}
  TensorHeader Take() { return std::move(header_); }

  bool start_object(std::size_t) override {
    ++depth_;
    if (depth_ > 2 || in_array_) Unexpected("an object");
    if (depth_ == 2 && name_ != kMetadata) AddEntry();
    fields_.clear();
    return true;
  }

  bool key(string_t& key) override {
    if (depth_ == 1) {
      if (!names_.insert(key).second)
        Fail(fmt::format("'{}' comes twice in the header", Printable(key)));
      name_ = key;
      return true;
    }
    if (!fields_.insert(key).second) {
      Fail(fmt::format("'{}' comes twice in '{}'", Printable(key), Printable(name_)));
    }
    if (name_ != kMetadata && key != "dtype" && key != "shape" && key != "data_offsets") {
      Fail(fmt::format("'{}' of tensor '{}': expected dtype, shape and data_offsets",
                       Printable(key), Printable(name_)));
    }
    field_ = key;
    return true;
  }

  bool string(string_t& value) override {
    if (depth_ != 2 || in_array_) Unexpected("a string");
    if (name_ == kMetadata) {
      header_.metadata[field_] = value;
      return true;
    }
    if (field_ != "dtype") Unexpected("a string");
    for (const DTypeInfo& known : kDTypes) {
      if (known.name == value) {
        header_.entries.back().dtype = known.dtype;
        return true;
      }
    }
    throw DataError(fmt::format(
        "{}: tensor '{}' is {}: expected F64, F32, F16, BF16, I64, I32 or U8; convert it, in "
        "PyTorch with tensor.float(), before it is saved",
        path_, Printable(name_), Printable(value)));
  }

  bool start_array(std::size_t) override {
    if (depth_ != 2 || in_array_ || name_ == kMetadata || field_ == "dtype") Unexpected("a list");
    in_array_ = true;
    numbers_.clear();
    return true;
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (!in_array_) Unexpected("a number");
    if (value > kLargest) {
      Fail(fmt::format("{} in '{}' of '{}' is too large", value, field_, Printable(name_)));
    }
    if (numbers_.size() == kMostDimensions) {
      Fail(fmt::format("'{}' of '{}' has more than {} numbers", field_, Printable(name_),
                       kMostDimensions));
    }
    numbers_.push_back(static_cast<std::int64_t>(value));
    return true;
  }

  bool end_array() override {
    in_array_ = false;
    TensorEntry& entry = header_.entries.back();
    if (field_ == "shape") {
      entry.shape = numbers_;
      return true;
    }
    if (numbers_.size() != 2) {
      Fail(fmt::format("data_offsets of tensor '{}': expected 2 numbers, found {}",
                       Printable(name_), numbers_.size()));
    }
    entry.begin = static_cast<std::uint64_t>(numbers_[0]);
    entry.end = static_cast<std::uint64_t>(numbers_[1]);
    return true;
  }

  bool end_object() override {
    if (depth_ == 2 && name_ != kMetadata && fields_.size() != 3) {
      Fail(fmt::format("tensor '{}': expected dtype, shape and data_offsets, found {}",
                       Printable(name_),
                       fields_.empty() ? "nothing" : Join({fields_.begin(), fields_.end()})));
    }
    --depth_;
    return true;
  }

  bool null() override { Unexpected("null"); }
  bool boolean(bool) override { Unexpected("a boolean"); }
  bool number_integer(number_integer_t) override { Unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { Unexpected("a fraction"); }
  bool binary(binary_t&) override { Unexpected("binary data"); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    Fail(fmt::format("the header is not JSON from byte {} of the file on", position + 7));
  }

 private:
  void AddEntry() {
    if (header_.entries.size() == kMostTensors) {
      Fail(fmt::format("it announces more than {} tensors", kMostTensors));
    }
    header_.entries.push_back({name_, {}, {}, 0, 0});
  }

  static constexpr const char* kMetadata = "__metadata__";
  static constexpr std::uint64_t kLargest = std::uint64_t{1} << 60;

  [[noreturn]] void Fail(const std::string& what) const {
    throw DataError(
        fmt::format("{} is not a safetensors file: {}; write or get it again", path_, what));
  }
  [[noreturn]] void Unexpected(const char* found) const {
    Fail(fmt::format("{} stands in '{}' of the header, where the format has none", found,
                     Printable(name_)));
  }

  const std::string& path_;
  TensorHeader header_;
  int depth_ = 0;
  bool in_array_ = false;
  std::string name_, field_;
  std::set<std::string> names_, fields_;
  std::vector<std::int64_t> numbers_;
};

// Bytes that the tensor must have; throws when no file could hold them.
std::uint64_t NeededBytes(const TensorEntry& entry, std::uint64_t data_bytes,
                          const std::string& path) {
  std::uint64_t needed = Describe(entry.dtype).bytes;
  if (std::find(entry.shape.begin(), entry.shape.end(), 0) != entry.shape.end()) return 0;
  for (const std::int64_t extent : entry.shape) {
    const std::uint64_t times = static_cast<std::uint64_t>(extent);
    if (needed > data_bytes / times) {
      throw DataError(fmt::format(
          "{}: the shape of tensor '{}' needs more than the file's {} bytes; write or get it again",
          path, Printable(entry.name), data_bytes));
    }
    needed *= times;
  }
  return needed;
}

void CheckCoverage(const TensorHeader& header, std::uint64_t data_bytes, const std::string& path) {
  std::vector<const TensorEntry*> sorted;
  for (const TensorEntry& entry : header.entries) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const TensorEntry* a, const TensorEntry* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  std::uint64_t covered = 0;
  for (const TensorEntry* entry : sorted) {
    if (entry->begin != covered || entry->end < entry->begin || entry->end > data_bytes) {
      throw DataError(fmt::format(
          "{}: tensor '{}' lies at bytes {} to {} of the data: expected it to start at {} and to "
          "end within the {} that there are; the file was cut short or damaged: write or get it "
          "again",
          path, Printable(entry->name), entry->begin, entry->end, covered, data_bytes));
    }
    const std::uint64_t needed = NeededBytes(*entry, data_bytes, path);
    if (entry->end - entry->begin != needed) {
      throw DataError(fmt::format(
          "{}: tensor '{}' has {} bytes, its shape and type need {}; write or get it again", path,
          Printable(entry->name), entry->end - entry->begin, needed));
    }
    covered = entry->end;
  }
  if (covered != data_bytes) {
    throw DataError(fmt::format(
        "{}: expected the data to end with the tensors at byte {}, found {} bytes; write or "
        "get it again",
        path, covered, data_bytes));
  }
}

}  // namespace

const DTypeInfo& Describe(DType dtype) {
  const auto* known = std::find_if(std::begin(kDTypes), std::end(kDTypes),
                                   [&](const DTypeInfo& info) { return info.dtype == dtype; });
  assert(known != std::end(kDTypes));
  return *known;
}

TensorHeader ParseTensorHeader(std::string_view json, std::uint64_t data_bytes,
                               const std::string& path) {
  if (json.empty() || json.front() != '{') {
    throw DataError(fmt::format(
        "{} is not a safetensors file: expected a header that starts with '{{' at byte 8; write or "
        "get it again",
        path));
  }
  HeaderReader reader(path);
  nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
  TensorHeader header = reader.Take();
  CheckCoverage(header, data_bytes, path);
  return header;
}

}  // namespace normlab
