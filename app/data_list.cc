#include "app/data_list.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "app/data_sets.h"
#include "base/text.h"
#include "data/origin.h"

namespace normlab {
namespace {

std::string HereText(const std::optional<FoundDataset>& found) {
  if (!found) return "not found";
  return fmt::format("{} ({})", PathText(found->path), found->root.origin);
}

void PrintTable(const std::vector<DatasetInfo>& sets, const std::string& data_dir) {
  static constexpr char kRow[] = "{:<14} {:<14} {:<16} {:>7} {:>9} {:>7}  {}\n";
  fmt::print(kRow, "name", "title", "images", "classes", "training", "test", "here");
  for (const DatasetInfo& info : sets) {
    fmt::print(kRow, info.name, info.title, SizeText(info.shape), info.classes,
               WithCommas(static_cast<std::uint64_t>(info.train_images)),
               WithCommas(static_cast<std::uint64_t>(info.test_images)),
               HereText(TryFind(info, data_dir)));
  }
  for (const DatasetInfo& info : sets) {
    const DatasetOrigin& origin = FindOrigin(info.name);
    fmt::print("\n{}: {}.\n  Licence: {}. {}\n", info.title, origin.authors, origin.licence,
               origin.page);
  }
}

nlohmann::ordered_json SetsJson(const std::vector<DatasetInfo>& sets, const std::string& data_dir) {
  using Json = nlohmann::ordered_json;
  Json json = Json::array();
  for (const DatasetInfo& info : sets) {
    const DatasetOrigin& origin = FindOrigin(info.name);
    const std::optional<FoundDataset> found = TryFind(info, data_dir);
    json.push_back({{"name", info.name},
                    {"title", info.title},
                    {"channels", info.shape.channels},
                    {"height", info.shape.height},
                    {"width", info.shape.width},
                    {"classes", info.classes},
                    {"train_images", info.train_images},
                    {"test_images", info.test_images},
                    {"path", found ? Json(found->path) : Json()},
                    {"origin", found ? Json(found->root.origin) : Json()},
                    {"layout", found ? Json(LayoutName(found->layout)) : Json()},
                    {"authors", origin.authors},
                    {"licence", origin.licence},
                    {"page", origin.page}});
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
