#include "data/dataset_spec.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/home.h"
#include "base/printable.h"
#include "data/class_list.h"

namespace normlab {
namespace {

constexpr std::string_view kFolder = "folder:", kIdx = "idx:";

bool LooksLikeSize(std::string_view text) {
  return text.find('x') != std::string_view::npos &&
         text.find_first_not_of("0123456789x") == std::string_view::npos;
}

[[noreturn]] void RefuseSize(std::string_view name, std::string_view size) {
  throw UsageError(
      fmt::format("dataset '{}': expected a size as @CxHxW, such as @3x32x32, with 1 or 3 channels "
                  "and 1 to {} rows and columns, found @{}",
                  Printable(name), kLargestSide, Printable(size)));
}

Shape ParseSize(std::string_view name, std::string_view size) {
  std::array<int, 3> numbers{};
  const char* next = size.data();
  const char* end = next + size.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [stop, status] = std::from_chars(next, end, numbers[i]);
    const bool last = i + 1 == numbers.size();
    if (status != std::errc() || (last ? stop != end : stop == end)) RefuseSize(name, size);
    next = stop + 1;  // past the 'x', or past the end and unused
  }
  const auto [channels, height, width] = numbers;
  const auto is_side = [](int side) { return side >= 1 && side <= kLargestSide; };
  if ((channels != 1 && channels != 3) || !is_side(height) || !is_side(width)) {
    RefuseSize(name, size);
  }
  return {channels, height, width};
}

std::string FromTheRoot(const std::string& path) {
  std::string whole = std::filesystem::absolute(ExpandHome(path)).lexically_normal();
  while (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  return whole;
}

}  // namespace

bool IsDatasetSpec(std::string_view name) {
  return name.starts_with(kFolder) || name.starts_with(kIdx);
}

DatasetSpec ParseDatasetSpec(std::string_view name) {
  DatasetSpec spec;
  spec.kind = name.starts_with(kFolder) ? DatasetSpec::Kind::kFolder : DatasetSpec::Kind::kIdx;
  const bool folder = spec.kind == DatasetSpec::Kind::kFolder;
  std::string_view path = name.substr(folder ? kFolder.size() : kIdx.size());
  if (folder) {
    spec.shape = kFolderShape;
    const std::size_t at = path.rfind('@');
    if (at != std::string_view::npos && LooksLikeSize(path.substr(at + 1))) {
      spec.shape = ParseSize(name, path.substr(at + 1));
      path = path.substr(0, at);
    }
  }
  if (path.empty() || !IsPlainText(path)) {
    throw UsageError(
        fmt::format("dataset '{}': expected a folder after the colon, in UTF-8 and "
                    "without control characters",
                    Printable(name)));
  }
  spec.path = FromTheRoot(std::string(path));
  spec.title = std::filesystem::path(spec.path).filename();
  if (spec.title.empty()) spec.title = spec.path;
  spec.name = fmt::format("{}{}", folder ? kFolder : kIdx, spec.path);
  if (folder) {
    spec.name += fmt::format("@{}x{}x{}", spec.shape.channels, spec.shape.height, spec.shape.width);
  }
  return spec;
}

}  // namespace normlab
