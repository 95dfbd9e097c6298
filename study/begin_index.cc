#include "study/begin_index.h"

#include "study/environment.h"

namespace normlab {

StudyIndex MakeStudyIndex(const StudyPlan& plan, const std::string& hash,
                          const std::vector<std::string>& class_names) {
  StudyIndex index;
  index.configuration = hash;
  index.recipe = plan.recipe;
  index.dataset = plan.arms.front().config.dataset;
  index.class_names = class_names;
  index.limits = plan.limits;
  index.best_on_validation = plan.arms.front().config.validation > 0;
  for (const Arm& arm : plan.arms) {
    ArmEntry entry;
    entry.folder = arm.folder;
    entry.label = arm.label;
    entry.norm = arm.norm;
    entry.seed = arm.config.seed;
    index.arms.push_back(entry);
  }
  index.started = UtcTime();
  return index;
}

}  // namespace normlab
