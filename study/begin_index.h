// study.json of a study that begins.
#pragma once

#include <string>
#include <vector>

#include "config/plan.h"
#include "records/study_index.h"

namespace normlab {

StudyIndex MakeStudyIndex(const StudyPlan& plan, const std::string& hash,
                          const std::vector<std::string>& class_names);

}  // namespace normlab
