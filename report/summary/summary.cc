#include "report/summary/summary.h"

#include <algorithm>

namespace normlab {
std::vector<Model> GroupArms(const RunRecord& run) {
  std::vector<Model> models;
  for (const ArmRecord& arm : run.arms) {
    auto model = std::find_if(models.begin(), models.end(),
                              [&](const Model& known) { return known.label == arm.label; });
    if (model == models.end()) {
      models.push_back({arm.label, {}, {}, false});
      model = models.end() - 1;
    }
    model->arms.push_back(&arm);
    if (arm.state != "diverged" && !arm.metrics.empty()) model->counted.push_back(&arm);
  }
  for (Model& model : models) {
    model.diverged = model.counted.empty() &&
                     std::any_of(model.arms.begin(), model.arms.end(),
                                 [](const ArmRecord* arm) { return arm->state == "diverged"; });
  }
  return models;
}

std::vector<const ArmRecord*> FinishedArms(const Model& model) {
  std::vector<const ArmRecord*> finished;
  for (const ArmRecord* arm : model.arms) {
    if (arm->state == "finished" && !arm->metrics.empty()) finished.push_back(arm);
  }
  return finished;
}

bool SeveralSeeds(const std::vector<Model>& models) {
  return std::any_of(models.begin(), models.end(),
                     [](const Model& model) { return model.arms.size() > 1; });
}

std::vector<const ArmRecord*> CurveArms(const Model& model) {
  if (!model.counted.empty()) return model.counted;
  std::vector<const ArmRecord*> arms;
  for (const ArmRecord* arm : model.arms) {
    if (!arm->metrics.empty()) arms.push_back(arm);
  }
  return arms;
}

std::vector<CurvePoint> Curve(const Model& model, double EpochRecord::*field) {
  const std::vector<const ArmRecord*> arms = CurveArms(model);
  std::size_t epochs = arms.empty() ? 0 : arms.front()->metrics.size();
  for (const ArmRecord* arm : arms) epochs = std::min(epochs, arm->metrics.size());
  std::vector<CurvePoint> points;
  for (std::size_t e = 0; e < epochs; ++e) {
    std::vector<double> values;
    for (const ArmRecord* arm : arms) values.push_back(arm->metrics[e].*field);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    points.push_back({static_cast<int>(e) + 1, SummarizeSample(values).mean, *low, *high});
  }
  return points;
}

}  // namespace normlab
