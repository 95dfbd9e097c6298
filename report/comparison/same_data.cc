// What of two runs' environments and data must be the same for their results to be compared.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/escape.h"
#include "base/text.h"
#include "data/dataset.h"
#include "records/environment.h"
#include "report/comparison/run_differences.h"
#include "report/sources/report_data.h"
#include "report/summary/quantities.h"
#include "report/summary/summary.h"
#include "train/safetensors.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

std::string Program(const Json& environment) {
  const std::string version = EnvironmentWord(environment, "normlab"),
                    revision = EnvironmentWord(environment, "revision");
  return version.empty() || revision.empty() ? version : version + " (" + revision + ")";
}

// The checksums of the files that were read; empty where they are unknown, or where all are the
// published ones, whose content the name says.
std::set<std::string> OwnFiles(const RunRecord& run) {
  const Json environment = EnvironmentOf(run);
  std::set<std::string> sums;
  bool official = true;
  if (!environment.contains("data") || !environment["data"].is_array()) return sums;
  for (const Json& file : environment["data"]) {
    if (!file.is_object()) return {};
    official &= file.contains("official") && file["official"] == true;
    sums.insert(EnvironmentWord(file, "sha256"));
  }
  return official ? std::set<std::string>() : sums;
}

[[noreturn]] void Refuse(const RunRecord& first, const RunRecord& second, const std::string& what) {
  throw UsageError(fmt::format(
      "{} and {}: {}; only results on the same test images can be compared: name two such runs",
      PlainLine(first.path), PlainLine(second.path), what));
}

void CheckClasses(const RunRecord& first, const RunRecord& second) {
  const std::vector<std::string>&a = first.class_names, &b = second.class_names;
  if (a.size() != b.size()) {
    Refuse(first, second, fmt::format("{} classes and {}", a.size(), b.size()));
  }
  const auto [x, y] = std::ranges::mismatch(a, b);
  if (x == a.end()) return;
  Refuse(first, second,
         fmt::format("class {} is '{}' and '{}'", x - a.begin(), Shortened(*x, 40),
                     Shortened(*y, 40)));
}

// The share of the misses times the images is the number of the misses.
int ImagesOf(const ArmRecord& arm) {
  const double missed = 1 - Value(arm, "final_test_accuracy") / 100;
  if (arm.state != "finished" || arm.errors.empty() || !(missed > 0 && missed <= 1)) return 0;
  const double images = static_cast<double>(arm.errors.size()) / missed;
  const double whole = std::round(images);
  return std::abs(images - whole) < 0.01 && whole < 1e9 ? static_cast<int>(whole) : 0;
}

// An arm that misses nothing says it in the file of what it answered.
int ImagesAnswered(const RunRecord& run, const ArmRecord& arm) {
  const std::string path = fmt::format("{}/{}/predictions.safetensors", run.path, arm.folder);
  std::error_code status;
  if (!std::filesystem::exists(path, status)) return 0;
  try {
    for (const NamedTensor& tensor : ReadTensors(path).tensors) {
      if (tensor.name == "labels" && tensor.shape.size() == 1 && tensor.shape[0] < 1'000'000'000) {
        return static_cast<int>(tensor.shape[0]);
      }
    }
  } catch (const DataError&) {  // a broken file says nothing
  }
  return 0;
}

}  // namespace

std::vector<SettingDifference> CompareEnvironments(const RunRecord& first,
                                                   const RunRecord& second) {
  const Json a = EnvironmentOf(first), b = EnvironmentOf(second);
  std::vector<SettingDifference> differences;
  const auto add = [&](const char* name, const std::string& x, const std::string& y) {
    if (x != y) differences.push_back({name, x, y});
  };
  add("normlab", Program(a), Program(b));
  const auto device = [](const Json& environment) {
    const std::string word = EnvironmentWord(environment, "device");
    return word.empty() ? std::string("cpu") : word;
  };
  add("device", device(a), device(b));
  add("instruction set", EnvironmentWord(a, "simd"), EnvironmentWord(b, "simd"));
  add("processor", EnvironmentWord(a, "processor"), EnvironmentWord(b, "processor"));
  return differences;
}

int TestImages(const RunRecord& run) {
  if (const DatasetInfo* info = FindPublished(run.dataset)) return info->test_images;
  for (const ArmRecord& arm : run.arms) {
    if (const int images = ImagesOf(arm); images > 0) return images;
  }
  for (const ArmRecord& arm : run.arms) {
    if (const int images = ImagesAnswered(run, arm); images > 0) return images;
  }
  return 0;
}

void CheckSameData(const RunRecord& first, const RunRecord& second) {
  if (first.dataset != second.dataset) {
    Refuse(first, second,
           fmt::format("trained on {} and on {}", Shortened(first.dataset, 80),
                       Shortened(second.dataset, 80)));
  }
  CheckClasses(first, second);
  const int a = TestImages(first), b = TestImages(second);
  if (a > 0 && b > 0 && a != b) {
    Refuse(first, second,
           fmt::format("{} test images and {}", WithCommas(static_cast<std::uint64_t>(a)),
                       WithCommas(static_cast<std::uint64_t>(b))));
  }
  const std::set<std::string> files = OwnFiles(first), others = OwnFiles(second);
  if (!files.empty() && !others.empty() && files != others) {
    Refuse(first, second,
           fmt::format("the files of {} were not the same (environment.json, data)",
                       Shortened(first.dataset, 80)));
  }
}

}  // namespace normlab
