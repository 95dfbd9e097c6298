#include "app/data_list.h"

#include <fmt/format.h>

#include <memory>

#include "app/data_sets.h"
#include "app/standard_streams.h"
#include "base/text.h"
#include "data/dataset_spec.h"
#include "data/origin.h"
#include "records/environment.h"

namespace normlab {
namespace {

std::string HereText(const std::optional<CopyHere>& found) {
  if (!found) return "not found";
  return fmt::format("{} ({})", PathText(found->path), found->origin);
}

void PrintTable(const std::vector<DatasetInfo>& sets, const std::string& data_dir) {
  static constexpr char kRow[] = "{:<15} {:<25} {:<16} {:>7} {:>9} {:>7}  {}\n";
  Print(kRow, "name", "title", "images", "classes", "training", "test", "here");
  for (const DatasetInfo& info : sets) {
    Print(kRow, PathText(info.name), PathText(info.title), SizeText(info.shape), info.classes,
          WithCommas(static_cast<std::uint64_t>(info.train_images)),
          WithCommas(static_cast<std::uint64_t>(info.test_images)),
          HereText(FindHere(info, data_dir)));
  }
  for (const DatasetInfo& info : sets) {
    if (IsDatasetSpec(info.name)) continue;
    const DatasetOrigin& origin = FindOrigin(info.name);
    Print("\n{}: {}.\n  Licence: {}. {}\n", info.title, origin.authors, origin.licence,
          origin.page);
  }
}

nlohmann::ordered_json SetsJson(const std::vector<DatasetInfo>& sets, const std::string& data_dir) {
  using Json = nlohmann::ordered_json;
  Json json = Json::array();
  for (const DatasetInfo& info : sets) {
    const std::optional<CopyHere> found = FindHere(info, data_dir);
    Json set = {{"name", info.name},
                {"title", info.title},
                {"channels", info.shape.channels},
                {"height", info.shape.height},
                {"width", info.shape.width},
                {"classes", info.classes},
                {"train_images", info.train_images},
                {"test_images", info.test_images},
                {"path", found ? Json(found->path) : Json()},
                {"origin", found ? Json(found->origin) : Json()},
                {"layout", found ? Json(found->layout) : Json()}};
    const bool published = !IsDatasetSpec(info.name);
    set["authors"] = published ? Json(FindOrigin(info.name).authors) : Json();
    set["licence"] = published ? Json(FindOrigin(info.name).licence) : Json();
    set["page"] = published ? Json(FindOrigin(info.name).page) : Json();
    set["passed_over"] = PassedOverJson(info.passed_over);
    set.update(NotesJson(info.notes));
    json.push_back(std::move(set));
  }
  return json;
}

}  // namespace

Command AddDataList(CLI::App& data) {
  const auto flags = std::make_shared<DataFlags>();
  CLI::App* list = data.add_subcommand("list", "The data sets, and whether they are here.");
  AddDataFlags(*list, *flags, "all", true);
  list->footer("normlab data list\nnormlab data list mnist --json");
  return {list, [flags](const std::vector<std::string>&) {
            const std::vector<DatasetInfo> sets = NamedDatasets(*flags);
            if (flags->json) {
              PrintJson("data list", SetsJson(sets, flags->data_dir));
            } else {
              PrintTable(sets, flags->data_dir);
            }
            return ExitCode::kDone;
          }};
}

}  // namespace normlab
