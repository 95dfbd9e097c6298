#include "study/checkpoint_metadata.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/printable.h"
#include "config/plan.h"
#include "norm/equation/method_file.h"
#include "study/build_info.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

// A genuine configuration has one to two kilobytes, beside a method of a user's own, whose quotes
// are escaped; 256 class names of folders may take more.
constexpr std::size_t kLongestConfig = (std::size_t{1} << 14) + 2 * equation::kMostMethodBytes;
constexpr std::size_t kLongestList = std::size_t{1} << 18;
constexpr int kLargestSide = 4096;
constexpr std::size_t kMostClasses = 256;

class Reader {
 public:
  Reader(const std::map<std::string, std::string>& metadata, const std::string& path)
      : metadata_(metadata), path_(path) {}

  bool Has(const std::string& key) const { return metadata_.contains(key); }

  const std::string& Text(const std::string& key, std::size_t longest) const {
    const auto found = metadata_.find(key);
    if (found == metadata_.end()) Fail(fmt::format("'{}' is missing", key));
    if (found->second.size() > longest) {
      Fail(fmt::format("'{}' has {} bytes, expected at most {}", key, found->second.size(),
                       longest));
    }
    return found->second;
  }

  // The texts or numbers of a JSON list.
  template <typename T>
  std::vector<T> List(const std::string& key) const {
    const Json list = Json::parse(Text(key, kLongestList), nullptr, false);
    std::vector<T> values;
    for (const Json& value : list) {
      const bool fits = std::is_same_v<T, std::string>    ? value.is_string()
                        : std::is_same_v<T, std::int64_t> ? value.is_number_integer()
                                                          : value.is_number();
      if (!list.is_array() || !fits || values.size() == kMostClasses) Refuse(key);
      values.push_back(value.get<T>());
    }
    if (values.empty()) Refuse(key);
    return values;
  }

  [[noreturn]] void Refuse(const std::string& key) const {
    Fail(fmt::format("'{}' = {}: out of range or not of its form", key,
                     Printable(metadata_.at(key))));
  }

  // Somebody's equation, which whoever wrote it can mend.
  [[noreturn]] void RefuseMethod(const std::string& what) const {
    throw UsageError(
        fmt::format("{}: its metadata hold a normalization that is none: {}", path_, what));
  }

  [[noreturn]] void Fail(const std::string& what) const {
    throw DataError(fmt::format(
        "{}: its metadata do not describe a network of normlab: {}; expected a last.safetensors or "
        "best.safetensors of a run",
        path_, what));
  }

 private:
  const std::map<std::string, std::string>& metadata_;
  const std::string& path_;
};

Config ReadConfig(const Reader& reader) {
  try {
    return ParseCanonicalText(reader.Text("config", kLongestConfig));
  } catch (const equation::MethodError& error) {
    reader.RefuseMethod(Printable(error.what(), 400));
  } catch (const UsageError& error) {
    reader.Fail(Printable(error.what(), 400));
  }
}

template <class Number>
Number ReadCount(const Reader& reader, const char* key) {
  const std::string& text = reader.Text(key, 20);
  Number count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, count);
  if (status != std::errc() || stop != end || count < 1) reader.Refuse(key);
  return count;
}

Shape ReadShape(const Reader& reader) {
  const char* key = "dataset.shape";
  const std::vector<std::int64_t> extents = reader.List<std::int64_t>(key);
  if (extents.size() != 3 || (extents[0] != 1 && extents[0] != 3)) reader.Refuse(key);
  for (const std::int64_t side : {extents[1], extents[2]}) {
    if (side < 1 || side > kLargestSide) reader.Refuse(key);
  }
  return {static_cast<int>(extents[0]), static_cast<int>(extents[1]), static_cast<int>(extents[2])};
}

// Of pixels from 0 to 1. The least deviation that the largest set can have, one pixel of all of its
// being another, is above 1e-9; training refuses 0.
constexpr double kLeastDeviation = 1e-12;

std::vector<double> ReadPerChannel(const Reader& reader, const char* key, const Shape& shape,
                                   double least) {
  std::vector<double> values = reader.List<double>(key);
  if (values.size() != static_cast<std::size_t>(shape.channels)) reader.Refuse(key);
  for (const double value : values) {
    if (!(value >= least && value <= 1)) reader.Refuse(key);
  }
  return values;
}

}  // namespace

std::map<std::string, std::string> WriteCheckpointMetadata(const Config& config, int epoch,
                                                           std::int64_t steps,
                                                           const Dataset& dataset) {
  const Shape& shape = dataset.shape;
  const auto text = [](const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  return {{"format", "pt"},
          {"normlab.version", ThisBuild().version},
          {"epoch", std::to_string(epoch)},
          {"steps", std::to_string(steps)},
          {"config", CanonicalText(config)},
          {"dataset.shape", text({shape.channels, shape.height, shape.width})},
          {"dataset.mean", text(dataset.statistics.mean)},
          {"dataset.deviation", text(dataset.statistics.deviation)},
          {"dataset.class_names", text(dataset.class_names)}};
}

CheckpointMetadata ReadCheckpointMetadata(const std::map<std::string, std::string>& metadata,
                                          const std::string& path) {
  const Reader reader(metadata, path);
  CheckpointMetadata read;
  read.config = ReadConfig(reader);
  read.epoch = ReadCount<int>(reader, "epoch");
  if (reader.Has("steps")) read.steps = ReadCount<std::int64_t>(reader, "steps");
  if (!reader.Has("dataset.shape")) return read;
  CheckpointMetadata::Data& data = read.data.emplace();
  data.shape = ReadShape(reader);
  data.statistics = {ReadPerChannel(reader, "dataset.mean", data.shape, 0),
                     ReadPerChannel(reader, "dataset.deviation", data.shape, kLeastDeviation)};
  data.class_names = reader.List<std::string>("dataset.class_names");
  return read;
}

}  // namespace normlab
