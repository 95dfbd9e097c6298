#include "report/page/study_json.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/escape.h"
#include "records/study_index.h"
#include "report/findings/conditions.h"
#include "report/findings/findings.h"
#include "report/page/arm_json.h"
#include "report/page/statistics_json.h"
#include "report/summary/fair_clock.h"
#include "report/summary/summary.h"

namespace normlab {
namespace {

// Over the finished arms alone: the final value of one that stopped early is another quantity.
PageJson ResultJson(const Model& model, const Quantity& quantity) {
  std::vector<double> values;
  for (const ArmRecord* arm : model.arms) {
    if (arm->state == "finished") values.push_back(quantity.value(*arm));
  }
  return PageSample(values);
}

PageJson ModelJson(const Model& model) {
  PageJson results = PageJson::object();
  for (const Quantity& quantity : Quantities()) {
    results[std::string(quantity.name)] = ResultJson(model, quantity);
  }
  return {{"label", PlainLine(model.label)},
          {"norm", PlainLine(model.arms.front()->norm)},
          {"results", results}};
}

PageJson LinesJson(const std::vector<std::string>& lines) {
  PageJson json = PageJson::array();
  for (const std::string& line : lines) json.push_back(PlainLine(line));
  return json;
}

PageJson CellsJson(const Cells& cells) {
  PageJson rows = PageJson::array();
  for (const auto& row : cells) rows.push_back(LinesJson(row));
  return rows;
}

PageJson FindingsJson(const std::vector<FindingSection>& findings) {
  PageJson sections = PageJson::array();
  for (const FindingSection& section : findings) {
    sections.push_back({{"title", PlainLine(section.title)},
                        {"meaning", PlainLine(section.answer.meaning)},
                        {"table", CellsJson(section.answer.table)},
                        {"sentences", LinesJson(section.sentences)}});
  }
  return sections;
}

// As written: null where the file is missing or broken.
PageJson EnvironmentJson(const RunRecord& run) {
  const PageJson environment = PageJson::parse(run.environment_json, nullptr, false);
  return environment.is_object() ? environment : PageJson(nullptr);
}

std::string FolderName(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).lexically_normal();
  return PlainLine((folder.has_filename() ? folder : folder.parent_path()).filename().string());
}

}  // namespace

PageJson StudyJson(const RunRecord& run, const StudyPlace& place) {
  PageJson json = {{"title", place.title},
                   {"folder", FolderName(run.path)},
                   {"recipe", PlainLine(run.recipe)},
                   {"recipe_text", run.recipe_text},
                   {"dataset", place.dataset},
                   {"best_on", run.best_on_validation ? "validation" : "test"},
                   {"started", PlainLine(run.started)},
                   {"finished", PlainLine(run.finished)},
                   {"environment", EnvironmentJson(run)},
                   {"limits", LimitsJson(run.limits)},
                   {"missing", LinesJson(run.missing)},
                   {"conditions", PlainLine(SharedConditions(run))},
                   {"warnings", LinesJson(ConditionWarnings(run))},
                   {"answer", ""},
                   {"findings", PageJson::array()},
                   {"models", PageJson::array()},
                   {"arms", PageJson::array()}};
  const std::string caution = ClockCaution(run);
  if (!caution.empty()) json["warnings"].push_back(caution);
  if (place.test_images > 0) {
    const std::vector<FindingSection> findings = Findings(run, place.test_images);
    json["answer"] = PlainLine(FirstAnswer(findings));
    json["findings"] = FindingsJson(findings);
  }
  const std::vector<Model> models = GroupArms(run);
  for (const Model& model : models) json["models"].push_back(ModelJson(model));
  const auto number_of = [&](const std::string& label) {
    const auto model = std::ranges::find(models, label, &Model::label);
    return static_cast<std::size_t>(model - models.begin());
  };
  for (const ComparedModel& compared : ComparedModels(run)) {
    json["models"][number_of(compared.label)]["statistics"] = ModelStatisticsJson(compared);
  }
  for (const ArmRecord& arm : run.arms) {
    json["arms"].push_back(ArmJson(arm, number_of(arm.label), place.metrics_step, place.layers_step,
                                   place.learned_step));
  }
  return json;
}

}  // namespace normlab
