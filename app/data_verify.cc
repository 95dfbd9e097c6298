#include "app/data_verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/data_sets.h"
#include "app/standard_streams.h"
#include "base/text.h"
#include "data/verify.h"
#include "records/environment.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

std::string_view StateName(FileState state) {
  switch (state) {
    case FileState::kOfficial:
      return "official";
    case FileState::kReadable:
      return "readable";
    case FileState::kOther:
      return "other";
    case FileState::kBroken:
      return "broken";
    case FileState::kMissing:
      return "missing";
  }
  return "";
}

// A set and what was found of it.
struct Verified {
  std::string name, title;
  Verification verification;
};

constexpr std::size_t kMostBrokenPrinted = 50;

// Pictures by what tells them apart, "train/cat/00.png"; other files by their names.
std::string FileText(const Verification& verification, const VerifiedFile& file) {
  const bool below = verification.pictures > 0 && file.path.starts_with(verification.path + "/");
  return PathText(below ? file.path.substr(verification.path.size() + 1)
                        : std::filesystem::path(file.path).filename().string());
}

void PrintVerification(const Verified& set) {
  const Verification& verification = set.verification;
  Print("{}: {} ({})\n", PathText(set.title), PathText(verification.path), verification.origin);
  std::size_t broken = 0;
  for (const VerifiedFile& file : verification.files) {
    if (file.state == FileState::kBroken && ++broken > kMostBrokenPrinted) continue;
    Print("  {:<8}  {}\n", StateName(file.state), FileText(verification, file));
    if (file.state == FileState::kOfficial) continue;
    if (file.state == FileState::kReadable) {
      Print("            no checksum is published; SHA-256 {}\n", file.found);
      continue;
    }
    if (!file.problem.empty()) Print("            {}\n", PathText(file.problem));
    if (!file.expected.empty()) Print("            expected SHA-256 {}\n", file.expected);
    if (!file.found.empty()) Print("            found    SHA-256 {}\n", file.found);
  }
  if (broken > kMostBrokenPrinted) {
    Print("  and {} more that are broken; --json names them all\n",
          WithCommas(broken - kMostBrokenPrinted));
  }
}

Json VerificationJson(const Verified& set) {
  const Verification& verification = set.verification;
  Json files = Json::array();
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? Json() : Json(text);
  };
  for (const VerifiedFile& file : verification.files) {
    files.push_back({{"path", file.path},
                     {"state", StateName(file.state)},
                     {"expected_sha256", text_or_null(file.expected)},
                     {"found_sha256", text_or_null(file.found)},
                     {"problem", text_or_null(file.problem)}});
  }
  Json json = {{"name", set.name},
               {"path", verification.path},
               {"layout", verification.layout},
               {"pictures", verification.pictures > 0 ? Json(verification.pictures) : Json()},
               {"passed_over", PassedOverJson(verification.passed_over)}};
  json.update(NotesJson(verification.notes));
  json["files"] = std::move(files);
  return json;
}

// What the one line on stderr says of a set; empty when all is official.
std::string Summary(const Verified& set) {
  const Verification& verification = set.verification;
  std::vector<std::string> parts;
  for (const FileState state : {FileState::kBroken, FileState::kMissing, FileState::kOther}) {
    const std::size_t count = verification.Count(state);
    if (count > 0) {
      parts.push_back(
          fmt::format("{} {}", WithCommas(count),
                      state == FileState::kOther ? "not the published one" : StateName(state)));
    }
  }
  if (parts.empty()) return "";
  const bool pictures = verification.pictures > 0;
  return fmt::format("{} in {}: of {} {} {}", PathText(set.title), PathText(verification.path),
                     WithCommas(pictures ? verification.pictures : verification.files.size()),
                     pictures ? "pictures" : "files", Join(parts));
}

// By name, so that a set that is none is told of as broken and does not hide the others.
Verified VerifyByName(const std::string& name, const std::string& data_dir) {
  if (IsDatasetSpec(name)) {
    const DatasetSpec spec = ParseDatasetSpec(name);
    return {spec.name, spec.title, VerifyUserDataset(spec)};
  }
  const DatasetInfo& info = FindDatasetInfo(name);
  return {info.name, info.title, VerifyDataset(info, data_dir)};
}

// Those that are named, each once; those that are found when none is.
std::vector<std::string> NamesToVerify(const DataFlags& flags) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  if (flags.datasets.empty()) {
    for (const DatasetInfo& info : NamedOrFoundDatasets(flags)) add(info.name);
  }
  for (const std::string& name : flags.datasets) {
    add(IsDatasetSpec(name) ? ParseDatasetSpec(name).name : FindDatasetInfo(name).name);
  }
  return names;
}

ExitCode Verify(const DataFlags& flags) {
  Json json = Json::array();
  std::vector<std::string> summaries;
  bool broken = false;
  for (const std::string& name : NamesToVerify(flags)) {
    try {
      const Verified set = VerifyByName(name, flags.data_dir);
      broken |=
          set.verification.Count(FileState::kBroken) + set.verification.Count(FileState::kMissing) >
          0;
      const std::string summary = Summary(set);
      if (!summary.empty()) summaries.push_back(summary);
      TellOfFolder(set.name, set.verification.passed_over, set.verification.notes);
      if (flags.json) {
        json.push_back(VerificationJson(set));
      } else {
        PrintVerification(set);
      }
    } catch (const DataError& error) {  // not found
      broken = true;
      summaries.emplace_back(error.what());
    }
  }
  if (flags.json) PrintJson("data verify", json);
  if (summaries.empty()) return ExitCode::kDone;
  throw Error(broken ? ExitCode::kData : ExitCode::kDifference, Join(summaries, "; "));
}

}  // namespace

Command AddDataVerify(CLI::App& data) {
  const auto flags = std::make_shared<DataFlags>();
  CLI::App* verify = data.add_subcommand(
      "verify",
      "Compare every file with its published checksum, and what differs with its format.");
  AddDataFlags(*verify, *flags, "those that are found", true);
  verify->footer("normlab data verify\nnormlab data verify mnist --data-dir ~/data --json");
  return {verify, [flags](const std::vector<std::string>&) { return Verify(*flags); }};
}

}  // namespace normlab
