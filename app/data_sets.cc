#include "app/data_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/standard_streams.h"
#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "data/dataset_spec.h"
#include "data/search.h"

namespace normlab {

void AddDataFlags(CLI::App& command, DataFlags& flags, const std::string& default_sets,
                  bool has_json) {
  const std::string unnamed =
      default_sets.empty() ? "" : fmt::format("; default: {}", default_sets);
  command.add_option("datasets", flags.datasets,
                     fmt::format("mnist, cifar10, ... (normlab data list){}", unnamed));
  command.add_option("--data-dir", flags.data_dir,
                     "where the data sets lie; nowhere else is looked");
  if (has_json) command.add_flag("--json", flags.json, "one JSON document instead (docs/data.md)");
}

void TellOfFolder(const std::string& dataset, const std::vector<PassedOver>& passed_over,
                  const FolderNotes& notes) {
  for (const std::string& note : NotesText(notes)) Say(PathText(dataset + ": " + note));
  if (!passed_over.empty()) Warn(PathText(PassedOverWarning(dataset, passed_over)));
}

nlohmann::ordered_json PassedOverJson(const std::vector<PassedOver>& passed_over) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const PassedOver& each : passed_over) {
    json.push_back({{"kind", each.kind}, {"files", each.files}});
  }
  return json;
}

std::vector<DatasetInfo> NamedDatasets(const DataFlags& flags) {
  if (flags.datasets.empty()) return AllDatasets();
  std::vector<DatasetInfo> chosen;
  for (const std::string& name : flags.datasets) {
    const DatasetInfo& info = FindDatasetInfo(name);
    const bool is_new = std::none_of(chosen.begin(), chosen.end(), [&](const DatasetInfo& each) {
      return each.name == info.name;
    });
    if (!is_new) continue;
    TellOfFolder(info.name, info.passed_over, info.notes);
    chosen.push_back(info);
  }
  return chosen;
}

std::vector<DatasetInfo> NamedOrFoundDatasets(const DataFlags& flags) {
  std::vector<DatasetInfo> chosen = NamedDatasets(flags);
  if (!flags.datasets.empty()) return chosen;
  std::erase_if(chosen, [&](const DatasetInfo& info) { return !FindHere(info, flags.data_dir); });
  if (chosen.empty()) {
    throw DataError(
        "no data set was found; normlab data where says where it was looked for, normlab data "
        "fetch NAME gets one");
  }
  return chosen;
}

std::optional<CopyHere> FindHere(const DatasetInfo& info, const std::string& data_dir) {
  if (IsDatasetSpec(info.name)) {
    const DatasetSpec spec = ParseDatasetSpec(info.name);
    const bool pictures = spec.kind == DatasetSpec::Kind::kFolder;
    return CopyHere{spec.path, "its name", pictures ? "pictures" : "IDX files"};
  }
  try {
    const FoundDataset found = FindDataset(info, data_dir);
    return CopyHere{found.path, found.root.origin, std::string(LayoutName(found.layout))};
  } catch (const DataError&) {
    return std::nullopt;
  }
}

std::string SizeText(const Shape& shape) {
  const std::string colours = shape.channels == 1   ? "grey"
                              : shape.channels == 3 ? "colour"
                                                    : fmt::format("{} channels", shape.channels);
  return fmt::format("{} x {}, {}", shape.height, shape.width, colours);
}

std::string PathText(const std::string& path) { return Printable(path, 4096); }

void PrintJson(const std::string& command, nlohmann::ordered_json datasets) {
  using Json = nlohmann::ordered_json;
  const Json json = {{"schema", 1}, {"command", command}, {"datasets", std::move(datasets)}};
  Print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace normlab
