#include "app/norms_command.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "app/standard_streams.h"
#include "base/escape.h"
#include "base/text.h"
#include "base/text_table.h"
#include "config/norm_setting.h"
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
  Print(
      "{}\nnormlab norms NAME prints its file, with its equation; normlab norms NAME > mine.toml "
      "begins a method of your own, and --norms batch,./mine.toml trains it.\n",
      AlignedTable(cells, "lll"));
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

void PrintJson(const std::vector<const NormMethod*>& methods) {
  Json list = Json::array();
  for (const NormMethod* method : methods) list.push_back(MethodJson(*method));
  const Json document = {{"schema", 1}, {"command", "norms"}, {"norms", std::move(list)}};
  PrintText(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

ExitCode Norms(const NormsFlags& flags) {
  if (flags.norm.empty() && !flags.json) {
    PrintList();
    return ExitCode::kDone;
  }
  std::vector<const NormMethod*> methods;
  if (flags.norm.empty()) {
    for (const NormMethod& method : NormMethods()) methods.push_back(&method);
  } else {
    methods.push_back(&FindNormMethod(NormFromPath(flags.norm, "", "norms")));
  }
  if (flags.json) {
    PrintJson(methods);
  } else {
    PrintText(methods.front()->equation->text);
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
