// The settings of a run's arms, from the records or, in folders of before they held any, from the
// resolved recipe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

// By key, without the quotes of words. Of each arm of the run, in its order: the keys of the arm
// and those of the whole run that results depend on (engine, init). The value of norm is a method's
// name, or the text of a user's own. Empty maps where nothing is known.
std::vector<std::map<std::string, std::string>> ArmSettings(const RunRecord& run);

}  // namespace normlab
