#include "app/data_verify.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "app/data_sets.h"
#include "app/standard_streams.h"
#include "base/text.h"
#include "data/verify.h"

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

void PrintVerification(const DatasetInfo& info, const Verification& verification) {
  Print("{}: {} ({})\n", PathText(info.title), PathText(verification.path), verification.origin);
  for (const VerifiedFile& file : verification.files) {
    Print("  {:<8}  {}\n", StateName(file.state),
          PathText(std::filesystem::path(file.path).filename().string()));
    if (file.state == FileState::kOfficial) continue;
    if (file.state == FileState::kReadable) {
      Print("            no checksum is published; SHA-256 {}\n", file.found);
      continue;
    }
    if (!file.problem.empty()) Print("            {}\n", PathText(file.problem));
    if (!file.expected.empty()) Print("            expected SHA-256 {}\n", file.expected);
    if (!file.found.empty()) Print("            found    SHA-256 {}\n", file.found);
  }
}

Json VerificationJson(const DatasetInfo& info, const Verification& verification) {
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
  return {{"name", info.name},
          {"path", verification.path},
          {"layout", verification.layout},
          {"files", files}};
}

// What the one line on stderr says of a set; empty when all is official.
std::string Summary(const DatasetInfo& info, const Verification& verification) {
  std::vector<std::string> parts;
  for (const FileState state : {FileState::kBroken, FileState::kMissing, FileState::kOther}) {
    const std::size_t count = verification.Count(state);
    if (count > 0) {
      parts.push_back(fmt::format(
          "{} {}", count, state == FileState::kOther ? "not the published one" : StateName(state)));
    }
  }
  if (parts.empty()) return "";
  return fmt::format("{} in {}: of {} files {}", PathText(info.title), PathText(verification.path),
                     verification.files.size(), Join(parts));
}

ExitCode Verify(const DataFlags& flags) {
  Json json = Json::array();
  std::vector<std::string> summaries;
  bool broken = false;
  for (const DatasetInfo& info : NamedOrFoundDatasets(flags)) {
    try {
      const Verification verification = VerifyDataset(info, flags.data_dir);
      broken |=
          verification.Count(FileState::kBroken) + verification.Count(FileState::kMissing) > 0;
      const std::string summary = Summary(info, verification);
      if (!summary.empty()) summaries.push_back(summary);
      if (flags.json) {
        json.push_back(VerificationJson(info, verification));
      } else {
        PrintVerification(info, verification);
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
