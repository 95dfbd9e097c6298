#include "app/norms_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/standard_streams.h"
#include "base/escape.h"
#include "base/text.h"
#include "base/text_table.h"
#include "config/norm_setting.h"
#include "norm/equation/method_file.h"
#include "norm/filters/filter_method.h"
#include "norm/norm.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

struct NormsFlags {
  std::string norm;
  bool json = false;
};

std::string ProgramOf(const NormMethod& method) {
  return method.room.empty() ? "equation" : fmt::format("room {}", method.room);
}

void PrintList() {
  Cells cells = {{"norm", "title", "source"}};
  for (const NormMethod& method : NormMethods()) {
    cells.push_back({std::string(method.name), std::string(method.title),
                     method.source.empty() ? "-" : std::string(method.source)});
  }
  Cells weights = {{"weights", "title", "source"}};
  for (const FilterMethod& method : FilterMethods()) {
    weights.push_back({method.name, method.title, method.acts() ? method.equation->source : "-"});
  }
  Print(
      "{}\nOn the weights, beside any of these, by the key weights:\n\n{}\nnormlab norms NAME "
      "prints "
      "its file, with its equation; normlab norms NAME > mine.toml begins a method of your own, "
      "and "
      "--norms batch,./mine.toml trains it; one on the weights --set weights=./mine.toml.\n",
      AlignedTable(cells, "lll"), AlignedTable(weights, "lll"));
}

Json MethodJson(const NormMethod& method) {
  const equation::Method& file = *method.equation;
  Json learned = Json::array();
  for (const equation::Learned& each : file.equation.learned) learned.push_back(each.name);
  return {{"name", method.name},
          {"title", method.title},
          {"source", method.source},
          {"pytorch", method.pytorch},
          {"equation", file.equation.text},
          {"learned", std::move(learned)},
          {"running_statistics", method.running_statistics},
          {"activation", file.is_activation},
          {"notes", file.notes},
          {"program", ProgramOf(method)},
          {"text", file.text}};
}

Json FilterJson(const FilterMethod& method) {
  if (!method.acts()) return {{"name", method.name}, {"title", method.title}};
  const equation::Method& file = *method.equation;
  Json learned = Json::array();
  for (const equation::Learned& each : file.equation.learned) learned.push_back(each.name);
  return {{"name", method.name},
          {"title", method.title},
          {"source", file.source},
          {"pytorch", file.pytorch},
          {"equation", file.equation.text},
          {"learned", std::move(learned)},
          {"notes", file.notes},
          {"text", file.text}};
}

// What a name or a file stands for: one of these.
struct Named {
  const NormMethod* norm = nullptr;
  const FilterMethod* filter = nullptr;
};

Named FindNamed(const std::string& name) {
  const std::vector<std::string> filters = FilterNames();
  if (name != "none" && std::ranges::find(filters, name) != filters.end()) {
    return {.filter = &FindFilterMethod(name)};
  }
  try {
    return {.norm = &FindNormMethod(NormFromPath(name, "", "norms"))};
  } catch (const equation::MethodError&) {
    try {
      return {.filter = &FindFilterMethod(WeightsFromPath(name, "", "norms"))};
    } catch (const UsageError&) {
    }
    throw;
  }
}

void PrintJson(const std::vector<const NormMethod*>& methods,
               const std::vector<const FilterMethod*>& filters) {
  Json norms = Json::array(), weights = Json::array();
  for (const NormMethod* method : methods) norms.push_back(MethodJson(*method));
  for (const FilterMethod* method : filters) weights.push_back(FilterJson(*method));
  const Json document = {{"schema", 1},
                         {"command", "norms"},
                         {"norms", std::move(norms)},
                         {"weights", std::move(weights)}};
  PrintText(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void PrintAllJson() {
  std::vector<const NormMethod*> norms;
  std::vector<const FilterMethod*> filters;
  for (const NormMethod& method : NormMethods()) norms.push_back(&method);
  for (const FilterMethod& method : FilterMethods()) filters.push_back(&method);
  PrintJson(norms, filters);
}

ExitCode Norms(const NormsFlags& flags) {
  if (flags.norm.empty()) {
    if (flags.json) {
      PrintAllJson();
    } else {
      PrintList();
    }
    return ExitCode::kDone;
  }
  const Named named = FindNamed(flags.norm);
  if (!flags.json) {
    PrintText((named.norm ? named.norm->equation : named.filter->equation)->text);
  } else if (named.norm) {
    PrintJson({named.norm}, {});
  } else {
    PrintJson({}, {named.filter});
  }
  return ExitCode::kDone;
}

}  // namespace

Command AddNormsCommand(CLI::App& program) {
  const auto flags = std::make_shared<NormsFlags>();
  CLI::App* norms = program.add_subcommand(
      "norms", "The shipped normalizations; with a name, that one's file, to begin your own with.");
  norms->add_option("norm", flags->norm,
                    "a shipped method or a file.toml, printed whole once it is checked");
  norms->add_flag("--json", flags->json, "one JSON document instead (docs/equations.md)");
  norms->footer("normlab norms\nnormlab norms batch > mine.toml\nnormlab norms mine.toml --json");
  return {norms, [flags](const std::vector<std::string>&) { return Norms(*flags); }};
}

}  // namespace normlab
