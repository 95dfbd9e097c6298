// What the subcommands of normlab data share: which sets, and how they are named.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace normlab {

struct DataFlags {
  std::vector<std::string> datasets;
  std::string data_dir;
  bool json = false;
};

// The data sets, --data-dir and, where `has_json`, --json. `default_sets` says what no name means;
// empty where one must be given.
void AddDataFlags(CLI::App& command, DataFlags& flags, const std::string& default_sets,
                  bool has_json);

// The lines on stderr that say which files of a folder of pictures are none, and what was made of
// the others; nothing where there is nothing to say.
void TellOfFolder(const std::string& dataset, const std::vector<PassedOver>& passed_over,
                  const FolderNotes& notes);

// [{"kind": "WebP", "files": 3}, ...]
nlohmann::ordered_json PassedOverJson(const std::vector<PassedOver>& passed_over);

// Those that are named, each once, with their warnings; all when none is. Throws UsageError.
std::vector<DatasetInfo> NamedDatasets(const DataFlags& flags);

// Those that are named; when none is, those that are found. Throws DataError when nothing is.
std::vector<DatasetInfo> NamedOrFoundDatasets(const DataFlags& flags);

// The copy that would be read: a published set's as the search finds it, a user's own where its
// name says.
struct CopyHere {
  std::string path;    // a folder or an archive
  std::string origin;  // why it is looked for there
  std::string layout;
};

// Empty when there is none.
std::optional<CopyHere> FindHere(const DatasetInfo& info, const std::string& data_dir);

std::string SizeText(const Shape& shape);       // "28 x 28, grey"
std::string PathText(const std::string& path);  // harmless on a terminal

// One document: {"schema": 1, "command": `command`, "datasets": `datasets`}.
void PrintJson(const std::string& command, nlohmann::ordered_json datasets);

}  // namespace normlab
