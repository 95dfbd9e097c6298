#include "data/idx.h"

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "data/dataset_spec.h"
#include "data/gunzip.h"
#include "data/labels.h"
#include "data/published.h"

namespace normlab {
namespace {

constexpr std::uint32_t kImagesMagic = 0x00000803;
constexpr std::uint32_t kLabelsMagic = 0x00000801;

std::uint32_t BigEndian(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  }
  return value;
}

void CheckHeader(std::string_view bytes, const std::string& path, std::size_t header,
                 std::uint32_t magic, std::string_view what) {
  if (bytes.size() < 4 || BigEndian(bytes, 0) != magic) {
    std::string found;
    for (const char byte : bytes.substr(0, 4)) {
      found += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    }
    throw DataError(
        fmt::format("{}: expected IDX {} (magic number {:08x}), found {}; get the file "
                    "again",
                    path, what, magic, found.empty() ? "an empty file" : found));
  }
  if (bytes.size() < header) {
    throw DataError(
        fmt::format("{}: too short: expected an IDX header of {} bytes, found {} "
                    "bytes; get the file again",
                    path, header, bytes.size()));
  }
  if (BigEndian(bytes, 4) == 0) {
    throw DataError(fmt::format("{}: expected at least one of its {}, found 0", path, what));
  }
}

// 64 bits hold header + count * size: 2^32 items of an image's size at most.
void CheckLength(std::string_view bytes, const std::string& path, std::size_t header,
                 std::uint64_t item, std::string_view what) {
  const std::uint64_t count = BigEndian(bytes, 4);
  const std::uint64_t expected = header + count * item;
  if (bytes.size() == expected) return;
  throw DataError(fmt::format(
      "{}: too {}: its header says {} {}, so expected {} bytes, found {}; "
      "get the file again",
      path, bytes.size() < expected ? "short" : "long", count, what, expected, bytes.size()));
}

std::string ReadPart(const std::string& folder, std::string_view name, Dataset& dataset) {
  const std::string path = FindIdxFile(folder, name);
  if (path.empty()) {
    throw DataError(fmt::format("{}: {} is not complete: expected {} or {}.gz, found neither{}",
                                folder, dataset.title, name, name, MissingIdxAdvice(folder, name)));
  }
  std::string bytes = ReadMaybeGzip(path);
  dataset.sources.push_back(IdentifyFile(dataset.name, name, path, bytes));
  return bytes;
}

Split LoadSplit(const std::string& folder, const std::string& prefix, Dataset& dataset) {
  const std::string image_bytes = ReadPart(folder, prefix + "-images-idx3-ubyte", dataset);
  const std::string image_path = dataset.sources.back().path;
  const std::string label_bytes = ReadPart(folder, prefix + "-labels-idx1-ubyte", dataset);
  return ParseIdxSplit(image_bytes, image_path, label_bytes, dataset.sources.back().path,
                       dataset.shape, dataset.classes());
}

}  // namespace

IdxImagesInfo ParseIdxImagesHeader(std::string_view bytes, const std::string& path) {
  CheckHeader(bytes, path, kIdxImagesHeader, kImagesMagic, "images");
  const std::uint32_t images = BigEndian(bytes, 4);
  const std::uint32_t rows = BigEndian(bytes, 8), columns = BigEndian(bytes, 12);
  if (images > kMostSetImages) {
    throw DataError(
        fmt::format("{}: expected at most {} images, found {}", path, kMostSetImages, images));
  }
  if (rows < 1 || rows > kLargestSide || columns < 1 || columns > kLargestSide) {
    throw DataError(fmt::format("{}: expected images of 1 to {} rows and columns, found {}x{}",
                                path, kLargestSide, rows, columns));
  }
  return {static_cast<int>(images), {1, static_cast<int>(rows), static_cast<int>(columns)}};
}

Split ParseIdxSplit(std::string_view image_bytes, const std::string& image_path,
                    std::string_view label_bytes, const std::string& label_path, const Shape& shape,
                    int classes) {
  const std::string_view pixels = ParseIdxImages(image_bytes, image_path, shape);
  const std::string_view labels = ParseIdxLabels(label_bytes, label_path, classes);
  const std::size_t images = pixels.size() / shape.size();
  if (images != labels.size()) {
    throw DataError(
        fmt::format("{}: expected one label for each of the {} images of {}, found {}; "
                    "the two files do not belong together",
                    label_path, images, image_path, labels.size()));
  }
  return {{pixels.begin(), pixels.end()}, {labels.begin(), labels.end()}};
}

std::string_view ParseIdxImages(std::string_view bytes, const std::string& path,
                                const Shape& shape) {
  CheckHeader(bytes, path, kIdxImagesHeader, kImagesMagic, "images");
  const std::uint32_t rows = BigEndian(bytes, 8), columns = BigEndian(bytes, 12);
  if (rows != static_cast<std::uint32_t>(shape.height) ||
      columns != static_cast<std::uint32_t>(shape.width)) {
    throw DataError(fmt::format("{}: expected images of {}x{} pixels, found {}x{}", path,
                                shape.height, shape.width, rows, columns));
  }
  CheckLength(bytes, path, kIdxImagesHeader, shape.pixels(), "images");
  return bytes.substr(kIdxImagesHeader);
}

std::string_view ParseIdxLabels(std::string_view bytes, const std::string& path, int classes) {
  CheckHeader(bytes, path, kIdxLabelsHeader, kLabelsMagic, "labels");
  CheckLength(bytes, path, kIdxLabelsHeader, 1, "labels");
  const std::string_view labels = bytes.substr(kIdxLabelsHeader);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    CheckLabel(static_cast<unsigned char>(labels[i]), classes, path, kIdxLabelsHeader + i);
  }
  return labels;
}

void LoadIdxFolder(const std::string& folder, Dataset& dataset) {
  dataset.train = LoadSplit(folder, "train", dataset);
  dataset.test = LoadSplit(folder, "t10k", dataset);
}

const std::vector<std::string>& IdxFiles() {
  static const std::vector<std::string> files = {
      "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
      "t10k-labels-idx1-ubyte"};
  return files;
}

std::string DottedIdxName(std::string_view name) {
  std::string dotted(name);
  const std::size_t dash = dotted.rfind("-idx");
  if (dash != std::string::npos) dotted[dash] = '.';
  return dotted;
}

std::string FindIdxFile(const std::string& folder, std::string_view name) {
  std::error_code status;
  const std::string plain(name), dotted = DottedIdxName(name);
  for (const std::string& file : {plain, plain + ".gz", dotted, dotted + ".gz", plain + "/" + plain,
                                  plain + "/" + dotted, dotted + "/" + dotted}) {
    std::string path = fmt::format("{}/{}", folder, file);
    if (std::filesystem::is_regular_file(path, status)) return path;
  }
  return "";
}

std::string MissingIdxAdvice(const std::string& folder, std::string_view name) {
  std::string extended(name);
  const std::size_t kind = extended.rfind("idx1-ubyte");
  if (kind != std::string::npos) {
    extended.replace(kind, std::string::npos, "idx2-int");
    for (const char* ending : {"", ".gz"}) {
      std::error_code status;
      if (!std::filesystem::exists(fmt::format("{}/{}{}", folder, extended, ending), status))
        continue;
      return fmt::format(
          "; {}{} is there, the extended labels of QMNIST: of each row the first number is the "
          "class, and this file is those, a byte each",
          extended, ending);
    }
  }
  return "; add the missing file";
}

std::string FindIdxFile(const std::string& folder) {
  for (const std::string& name : IdxFiles()) {
    const std::string path = FindIdxFile(folder, name);
    if (!path.empty()) return path;
  }
  return "";
}

}  // namespace normlab
