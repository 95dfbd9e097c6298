#include "serve/fingerprint.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdint>

#include "base/error.h"
#include "base/escape.h"

namespace normlab {
namespace {

constexpr const char* kStudyFiles[] = {"study.json", "recipe.toml", "environment.json", "DONE"};
constexpr const char* kArmFiles[] = {"metrics.csv", "errors.csv", "layers.csv", "learned.csv",
                                     "arm.json"};

// Two hundred times the largest study of the shipped recipes.
constexpr std::int64_t kMostBytes = std::int64_t{512} << 20;

std::string TimeText(const timespec& time) {
  return fmt::format("{}.{}", time.tv_sec, time.tv_nsec);
}

class Files {
 public:
  void Add(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) {
      text_ += "-\n";
      return;
    }
    if (!S_ISREG(status.st_mode)) {
      throw DataError(fmt::format("{}: expected a plain file, found a folder or a device",
                                  Shortened(PlainLine(path), 200)));
    }
    bytes_ += status.st_size;
    if (bytes_ > kMostBytes) {
      throw DataError(fmt::format("{}: expected a study's files of at most {} MiB together",
                                  Shortened(PlainLine(path), 200), kMostBytes >> 20));
    }
    text_ += fmt::format("{} {} {} {} {:o}\n", status.st_ino, status.st_size,
                         TimeText(status.st_mtim), TimeText(status.st_ctim), status.st_mode);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::int64_t bytes_ = 0;
};

}  // namespace

std::string Fingerprint(const std::string& folder, const std::vector<std::string>& arms) {
  Files files;
  for (const char* name : kStudyFiles) files.Add(folder + "/" + name);
  for (const std::string& arm : arms) {
    for (const char* name : kArmFiles) files.Add(folder + "/" + arm + "/" + name);
  }
  return files.text();
}

}  // namespace normlab
