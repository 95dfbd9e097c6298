#include "study/output_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/disk.h"
#include "base/error.h"
#include "base/system_advice.h"
#include "base/text_file.h"
#include "data/file_kind.h"
#include "study/configuration_difference.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

constexpr char kLockName[] = ".lock";

// What a run that was killed in its first moments leaves, and what systems and tools put into
// folders.
bool IsBeginning(const std::string& name) {
  return name == kLockName || name == "lost+found" || IsLitter(name) || name == "recipe.toml" ||
         name == "environment.json" || name.ends_with(".part");
}

}  // namespace

std::string OutputPath(const StudyPlan& plan, const std::string& hash, const std::string& out) {
  return out.empty() ? fmt::format("runs/{}_{}", plan.recipe, hash.substr(0, 10)) : out;
}

OutputFolder::OutputFolder(std::string path, const std::string& hash, const std::string& recipe)
    : path_(std::move(path)) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  Make();
  Lock();
  try {
    Check(hash, recipe);
  } catch (...) {
    close(lock_);
    throw;
  }
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (!made_.empty() && !fs::exists(path_ + "/study.json", ignored)) {
    fs::remove(fmt::format("{}/{}", path_, kLockName), ignored);
    for (auto made = made_.rbegin(); made != made_.rend(); ++made) {
      fs::remove(*made, ignored);  // only when empty
    }
  }
  close(lock_);
}

void OutputFolder::Make() {
  std::error_code status;
  for (fs::path above = path_; !above.empty() && !fs::exists(above, status);
       above = above.parent_path()) {
    made_.insert(made_.begin(), above.string());
  }
  fs::create_directories(path_, status);
  if (status || !fs::is_directory(path_)) {
    throw RunError(
        fmt::format("cannot write to the run folder {}: {}", path_,
                    status ? SystemReason(status) : "it is not a folder; name another with --out"));
  }
}

void OutputFolder::Lock() {
  const std::string path = fmt::format("{}/{}", path_, kLockName);
  lock_ = open(path.c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0644);
  if (lock_ < 0) {
    throw RunError(
        fmt::format("cannot write to the run folder {}: {}", path_, SystemReason(errno)));
  }
  switch (TryLock(lock_)) {
    case LockEnd::kHeldByAnother:
      close(lock_);
      throw RunError(
          fmt::format("{} is being written by another normlab; wait for it, or give --out", path_));
    case LockEnd::kNotOffered:
      warning_ = NoLocks(path_);
      break;
    case LockEnd::kLocked:
      break;
  }
}

void OutputFolder::Check(const std::string& hash, const std::string& recipe) {
  if (fs::exists(path_ + "/study.json")) {
    index_ = ReadStudyIndex(path_);
    if (index_->configuration == hash) return;
    throw UsageError(fmt::format(
        "{} belongs to another configuration ({}); give another --out, or rerun that one with: "
        "normlab run {}/recipe.toml --out {}",
        path_, Difference(recipe), path_, path_));
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    const std::string name = entry.path().filename();
    if (IsBeginning(name)) continue;
    throw UsageError(fmt::format(
        "{} is not a run folder: it holds {}; give an empty or a new folder", path_, name));
  }
}

std::string OutputFolder::Difference(const std::string& recipe) const {
  try {
    return ConfigurationDifference(ReadTextFile(path_ + "/recipe.toml"), recipe);
  } catch (const DataError&) {
    return "its recipe.toml cannot be read";
  }
}

bool OutputFolder::done() const { return fs::exists(path_ + "/DONE"); }

}  // namespace normlab
