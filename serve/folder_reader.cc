#include "serve/folder_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/text.h"
#include "base/text_file.h"
#include "serve/fingerprint.h"
#include "serve/waiting_page.h"

namespace normlab {
namespace {

constexpr std::size_t kLongestMessage = 400;
constexpr char kUnreadable = '!';  // no fingerprint begins with it

// Empty where there is a study to be read.
std::string WhyNoStudy(const std::string& path, bool seen) {
  std::error_code unreadable;
  const std::string name = Shortened(PlainLine(path), 200);
  const auto status = std::filesystem::status(path, unreadable);
  if (status.type() == std::filesystem::file_type::not_found) {
    return seen ? name + " is gone" : name + " does not exist yet";
  }
  if (unreadable) return fmt::format("{}: {}", name, unreadable.message());
  if (!std::filesystem::is_directory(status)) {
    return name + " is no folder; expected a run's folder, as normlab run writes it";
  }
  if (!std::filesystem::exists(path + "/study.json", unreadable) && !unreadable) {
    return name + " has no study.json yet";
  }
  return "";
}

// Of the arms that study.json names. What is wrong with it ReadRunFolder says.
std::vector<std::string> ArmFolders(const std::string& folder) {
  const auto json = nlohmann::json::parse(ReadTextFile(folder + "/study.json"), nullptr, false);
  std::vector<std::string> arms;
  if (!json.is_object() || !json.contains("arms")) return arms;
  for (const auto& arm : json["arms"]) {
    const auto* name = arm.is_object() && arm.contains("folder")
                           ? arm["folder"].get_ptr<const std::string*>()
                           : nullptr;
    if (name != nullptr) arms.push_back(*name);
  }
  return arms;
}

std::string VersionOf(const Snapshot& snapshot) {
  return Sha256(fmt::format("{}\n{}\n{}", snapshot.data.size(), snapshot.data, snapshot.message))
      .substr(0, 16);
}

}  // namespace

FolderReader::FolderReader(std::vector<std::string> folders, BuildLivePage build)
    : build_(std::move(build)) {
  for (std::string& path : folders) folders_.push_back({std::move(path), "", {}, "", false});
}

// The arms are asked of study.json, not of a record: whether their files are plain ones must be
// known before those are read.
std::string FolderReader::Look(Folder& folder) {
  const std::string study = Fingerprint(folder.path, {});
  if (study != folder.study) {
    folder.arms = ArmFolders(folder.path);
    folder.study = study;
  }
  return Fingerprint(folder.path, folder.arms);
}

// The fingerprint of all files; of a folder that has none to be read, kUnreadable and why.
std::string FolderReader::StateOf(Folder& folder) {
  std::string why = WhyNoStudy(folder.path, folder.seen);
  if (why.empty()) {
    folder.seen = true;
    try {
      return Look(folder);
    } catch (const std::exception& error) {
      why = error.what();
    }
  }
  return kUnreadable + why;
}

RunRecord FolderReader::ReadStudy(Folder& folder) {
  // Before the files are read: what is written meanwhile is seen by the next call.
  folder.state = StateOf(folder);
  if (folder.state.starts_with(kUnreadable)) throw DataError(folder.state.substr(1));
  return ReadRunFolder(folder.path);
}

Snapshot FolderReader::Build() {
  Snapshot snapshot;
  std::vector<RunRecord> runs;
  std::vector<std::string> messages;
  for (Folder& folder : folders_) {
    try {
      runs.push_back(ReadStudy(folder));
    } catch (const std::exception& error) {
      messages.push_back(Shortened(PlainLine(error.what()), kLongestMessage));
    }
  }
  if (!runs.empty()) {
    try {
      SetPage(build_(runs), snapshot);
    } catch (const std::exception& error) {
      messages.push_back(Shortened(PlainLine(error.what()), kLongestMessage));
    }
  }
  snapshot.message = Join(messages, "\n");
  snapshot.version = VersionOf(snapshot);
  if (snapshot.data.empty()) snapshot.before = WaitingPage(messages, snapshot.version);
  return snapshot;
}

std::shared_ptr<const Snapshot> FolderReader::Read() {
  const bool changed =
      std::ranges::any_of(folders_, [](Folder& folder) { return StateOf(folder) != folder.state; });
  if (!changed) return nullptr;
  auto snapshot = std::make_shared<Snapshot>(Build());
  if (snapshot->version == version_) return nullptr;
  version_ = snapshot->version;
  return snapshot;
}

}  // namespace normlab
