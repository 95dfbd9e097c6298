#include "study/environment.h"

#include <archive.h>
#include <fmt/format.h>
#include <hwy/base.h>
#include <hwy/highway.h>
#include <openssl/crypto.h>
#include <sys/utsname.h>
#include <toml++/toml.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/cpuinfo.h"
#include "engine/simd.h"
#include "study/build_info.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

std::string SystemName() {
  utsname name{};
  if (uname(&name) != 0) return "";
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

Json Libraries() {
  return {{"highway", fmt::format("{}.{}.{}", HWY_MAJOR, HWY_MINOR, HWY_PATCH)},
          {"zlib", zlibVersion()},
          {"libarchive", archive_version_string()},
          {"openssl", OpenSSL_version(OPENSSL_VERSION)},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100,
                              FMT_VERSION % 100)},
          {"toml++", fmt::format("{}.{}.{}", TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH)},
          {"nlohmann_json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                        NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)}};
}

Json Sources(const Dataset& dataset) {
  Json files = Json::array();
  for (const SourceFile& source : dataset.sources) {
    files.push_back(
        {{"path", source.path}, {"sha256", source.sha256}, {"official", source.official}});
  }
  return files;
}

}  // namespace

int UsedThreads(const ExecutionOptions& execution) {
  if (execution.threads > 0) return execution.threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::string UtcTime() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string EnvironmentJson(const ExecutionOptions& execution, const Dataset& dataset,
                            const std::vector<std::string>& command) {
  const BuildInfo build = ThisBuild();
  const bool fast = execution.engine == "fast";
  const Json json = {
      {"schema", 1},
      {"normlab", build.version},
      {"revision", build.revision},
      {"compiler", build.compiler},
      {"system", SystemName()},
      {"processor", CpuInfo("model name")},
      {"cores", std::thread::hardware_concurrency()},
      {"engine", execution.engine},
      {"simd", fast ? std::string(SimdName(ParseSimd(execution.simd))) : "none"},
      {"threads", fast ? UsedThreads(execution) : 1},
      {"command", command},
      {"dataset", dataset.name},
      {"data", Sources(dataset)},
      {"libraries", Libraries()},
      {"written", UtcTime()},
  };
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace normlab
