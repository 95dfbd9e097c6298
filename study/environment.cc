#include "study/environment.h"

#include <archive.h>
#include <fmt/format.h>
#include <hwy/base.h>
#include <hwy/highway.h>
#include <jconfig.h>
#include <openssl/crypto.h>
#include <png.h>
#include <sys/utsname.h>
#include <toml++/toml.h>
#include <zlib.h>

#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/cores.h"
#include "base/cpuinfo.h"
#include "config/training_engine.h"
#include "records/environment.h"
#include "study/build_info.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

std::string SystemName() {
  utsname name{};
  if (uname(&name) != 0) return "";
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

// jconfig.h has the version as bare words.
#define NORMLAB_WORDS(words) #words
#define NORMLAB_TEXT(macro) NORMLAB_WORDS(macro)

Json Libraries() {
  return {{"highway", fmt::format("{}.{}.{}", HWY_MAJOR, HWY_MINOR, HWY_PATCH)},
          {"zlib", zlibVersion()},
          {"libarchive", archive_version_string()},
          {"libpng", png_get_libpng_ver(nullptr)},
          {"libjpeg-turbo", NORMLAB_TEXT(LIBJPEG_TURBO_VERSION)},
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

std::string UtcTime() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string EnvironmentJson(const ExecutionOptions& execution, const JobSplit& split,
                            const Dataset& dataset, const std::vector<std::string>& command) {
  const BuildInfo build = ThisBuild();
  const CoreLimits cores = FindCoreLimits();
  const std::string simd = InstructionSet(EngineOf(execution), execution.simd);
  Json json = {
      {"schema", 1},
      {"normlab", build.version},
      {"revision", build.revision},
      {"compiler", build.compiler},
      {"system", SystemName()},
      {"processor", CpuInfo("model name")},
      {"cores", UsableCores(cores)},
      {"cores_allowed", cores.allowed},
      {"cpu_quota", cores.quota > 0 ? Json(cores.quota) : Json()},
      {"engine", execution.engine},
      {"device", DeviceTitle(ParseDevice(execution.device))},
      {"simd", simd.empty() ? "none" : simd},
      {"jobs", split.jobs},
      {"threads", split.threads},
      {"command", command},
      {"dataset", dataset.name},
      {"data", Sources(dataset)},
      {"libraries", Libraries()},
      {"written", UtcTime()},
  };
  if (dataset.notes.drawn_split || dataset.notes.turned_pictures > 0) {
    json.update(NotesJson(dataset.notes));
  }
  if (split.last_arms > 0) {
    json["last_arms"] = split.last_arms;
    json["last_threads"] = split.last_threads;
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace normlab
