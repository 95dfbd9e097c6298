#include "config/norm_setting.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/home.h"
#include "base/printable.h"
#include "base/text_file.h"
#include "data/file_kind.h"
#include "data/passed_over.h"
#include "norm/equation/method_file.h"
#include "norm/norm.h"

namespace normlab {
namespace {

// A file of more bytes is read no further than it takes to say so.
constexpr std::size_t kMostFileBytes = std::size_t{1} << 20;
constexpr const char* kBegins = "normlab norms batch > mine.toml begins a method";

using equation::Domain;

void RefuseNoMethod(std::string_view bytes, const std::string& shown) {
  const std::string_view kind = KindOfBytes(bytes.substr(0, kKindBytes)).name;
  for (const char* text : {"text file", "file of an unknown kind"}) {
    if (kind == text) return;
  }
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) return;  // UTF-16, UTF-32
  throw UsageError(
      fmt::format("{}: expected a method, found {}; {}", shown, OneOfKind(kind), kBegins));
}

std::string ReadMethodText(const std::string& path, const std::string& shown) {
  std::error_code status;
  if (std::filesystem::is_directory(path, status)) {
    throw UsageError(
        fmt::format("{}: expected a method's file, found a folder; name a file in it", shown));
  }
  const std::string bytes = ReadNamedFile(path, kMostFileBytes);
  RefuseNoMethod(bytes, shown);
  return PlainUtf8(bytes, shown);
}

std::string MethodFromPath(const std::string& value, const std::string& folder,
                           const std::string& origin, Domain domain) {
  if (!IsNormPath(value)) return value;
  const std::string shown = Printable(value, 200);
  std::string text;
  try {
    text = ReadMethodText(std::filesystem::path(folder) / ExpandHome(value), shown);
  } catch (const Error& error) {
    throw UsageError(fmt::format("{}: {}", origin, error.what()));
  }
  equation::ParseMethod(text, fmt::format("{}: {}", origin, shown), domain);
  return text;
}

}  // namespace

bool IsNormPath(std::string_view value) {
  if (value.find('\n') != std::string_view::npos) return false;
  return value.ends_with(".toml") ||
         (!IsOwnNorm(value) && value.find('/') != std::string_view::npos);
}

std::string NormFromPath(const std::string& value, const std::string& folder,
                         const std::string& origin) {
  return MethodFromPath(value, folder, origin + ": norm", Domain::kMap);
}

std::string WeightsFromPath(const std::string& value, const std::string& folder,
                            const std::string& origin) {
  return MethodFromPath(value, folder, origin + ": weights", Domain::kFilter);
}

void ReadNormFile(const std::string& folder, Setting& setting) {
  if ((setting.key != "norm" && setting.key != "weights") || !IsNormPath(setting.value)) return;
  const std::string path = Printable(setting.value, 200);
  setting.value = setting.key == "norm" ? NormFromPath(setting.value, folder, setting.origin)
                                        : WeightsFromPath(setting.value, folder, setting.origin);
  setting.origin += ", " + path;
}

std::vector<std::string> NormsOfFlag(const std::string& named, const std::string& flag) {
  std::vector<std::string> norms;
  int depth = 0;
  for (std::size_t start = 0, end = 0; end <= named.size(); ++end) {
    const char c = end == named.size() ? ',' : named[end];
    depth += (c == '(' || c == '[') - (c == ')' || c == ']');
    if (c != ',' || (depth > 0 && end < named.size())) continue;
    const std::string norm = NormFromPath(named.substr(start, end - start), "", flag);
    if (std::ranges::find(norms, norm) == norms.end()) norms.push_back(norm);
    start = end + 1;
  }
  return norms;
}

}  // namespace normlab
