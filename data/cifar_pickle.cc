#include <fmt/format.h>

#include "base/error.h"
#include "data/cifar.h"
#include "data/labels.h"
#include "data/pickle.h"

namespace normlab {
namespace {

using Kind = PickleValue::Kind;

}  // namespace

// A batch is {batch_label: str, labels: [int], data: uint8 array [images][3072], filenames: [str]};
// a row of data is one image as [channel][row][column].
void AppendPickledImages(std::string_view bytes, const std::string& path, std::string_view key,
                         int classes, Split& split) {
  const Pickle pickle(bytes, path);
  const PickleValue& data = pickle.Find("data", Kind::kArray);
  const PickleValue& labels = pickle.Find(key, Kind::kList);
  if (data.items.empty() ||
      data.items[1]->number != static_cast<std::int64_t>(kCifarShape.size())) {
    throw DataError(
        fmt::format("{}: expected 'data' as images x {} values, found {}", path, kCifarShape.size(),
                    data.items.empty() ? "an array without content"
                                       : fmt::format("images x {}", data.items[1]->number)));
  }
  const auto images = static_cast<std::size_t>(data.items[0]->number);
  if (labels.items.size() != images) {
    throw DataError(fmt::format("{}: expected one label for each of its {} images, found {}", path,
                                images, labels.items.size()));
  }
  for (const PickleValue* label : labels.items) {
    if (label->kind != Kind::kInt) {
      throw DataError(fmt::format("{}: expected a label at byte {}, found {}", path, label->offset,
                                  KindName(label->kind)));
    }
    CheckLabel(label->number, classes, path, label->offset);
    split.labels.push_back(static_cast<std::uint8_t>(label->number));
  }
  split.pixels.insert(split.pixels.end(), data.bytes.begin(), data.bytes.end());
}

void AppendCifarPickle(std::string_view bytes, const std::string& path, Split& split) {
  AppendPickledImages(bytes, path, "labels", kCifarClasses, split);
}

}  // namespace normlab
