#include "app/data_where.h"

#include <fmt/format.h>

#include <memory>

#include "app/data_sets.h"
#include "app/standard_streams.h"
#include "data/dataset_spec.h"
#include "data/search.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

std::string FoundText(const LookedAt& place) {
  std::string text = place.wanted == 1
                         ? place.found[0]
                         : fmt::format("{} of its {} files", place.found.size(), place.wanted);
  if (!place.taken) return text + " (not used: an earlier place holds the set)";
  text += "  <- taken: the first place that holds the set";
  return place.found.size() == place.wanted ? text : text + ", whole or not";
}

void PrintRoot(const LookedAtRoot& looked, std::size_t number) {
  Print("  {}. {}: {}{}\n", number, looked.root.origin, PathText(looked.root.path),
        looked.problem.empty() ? "" : fmt::format("  ({})", looked.problem));
  bool any = false;
  for (const LookedAt& place : looked.places) {
    if (place.found.empty()) continue;
    Print("       {}, {}: {}\n", PathText(place.path), LayoutName(place.layout), FoundText(place));
    any = true;
  }
  if (!any && looked.problem.empty()) Print("       nothing of the set\n");
}

void PrintReport(const DatasetInfo& info, const SearchReport& report) {
  Print("{} ({})\n", PathText(info.title), PathText(info.name));
  if (IsDatasetSpec(info.name)) {
    Print("  {}: its name says where, nothing is searched\n",
          PathText(ParseDatasetSpec(info.name).path));
  }
  std::size_t number = 0;
  for (const LookedAtRoot& looked : report.roots) PrintRoot(looked, ++number);
}

Json ReportJson(const DatasetInfo& info, const SearchReport& report) {
  Json roots = Json::array(), taken;
  if (IsDatasetSpec(info.name)) taken = ParseDatasetSpec(info.name).path;
  for (const LookedAtRoot& looked : report.roots) {
    Json places = Json::array();
    for (const LookedAt& place : looked.places) {
      places.push_back({{"path", place.path},
                        {"layout", LayoutName(place.layout)},
                        {"files_wanted", place.wanted},
                        {"files_found", place.found},
                        {"taken", place.taken}});
      if (place.taken) taken = place.path;
    }
    roots.push_back({{"path", looked.root.path},
                     {"origin", looked.root.origin},
                     {"problem", looked.problem.empty() ? Json() : Json(looked.problem)},
                     {"places", places}});
  }
  return {{"name", info.name},
          {"taken", taken},
          {"problem", report.problem.empty() ? Json() : Json(report.problem)},
          {"roots", roots}};
}

ExitCode Where(const DataFlags& flags) {
  Json json = Json::array();
  std::string problem;  // of the first set that was asked for by name and is not here
  bool first = true;
  for (const DatasetInfo& info : NamedDatasets(flags)) {
    const SearchReport report =
        IsDatasetSpec(info.name) ? SearchReport{} : ReportSearch(info, flags.data_dir);
    if (problem.empty() && !flags.datasets.empty()) problem = report.problem;
    if (flags.json) {
      json.push_back(ReportJson(info, report));
    } else {
      if (!first) Print("\n");
      PrintReport(info, report);
    }
    first = false;
  }
  if (flags.json) PrintJson("data where", json);
  if (!problem.empty()) throw DataError(problem);
  return ExitCode::kDone;
}

}  // namespace

Command AddDataWhere(CLI::App& data) {
  const auto flags = std::make_shared<DataFlags>();
  CLI::App* where =
      data.add_subcommand("where", "Every place that is looked at, in order, and what lies there.");
  AddDataFlags(*where, *flags, "all", true);
  where->footer("normlab data where\nnormlab data where cifar10 --json");
  return {where, [flags](const std::vector<std::string>&) { return Where(*flags); }};
}

}  // namespace normlab
