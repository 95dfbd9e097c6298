// Arms that differ in nothing but the seed, taken together.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "statistics/sample.h"

namespace normlab {

// One model: every arm of one label, in the run's order. `counted` are the arms that statistics and
// curves are taken over: those that did not diverge and trained at least one epoch. When there is
// none, the curves show what the diverged arms left, and `diverged` is true.
struct Model {
  std::string label;
  std::vector<const ArmRecord*> arms;
  std::vector<const ArmRecord*> counted;
  bool diverged = false;
};

// Points into `run`, which must outlive the result.
std::vector<Model> GroupArms(const RunRecord& run);

// The finished arms of a model: what tables take their means over.
std::vector<const ArmRecord*> FinishedArms(const Model& model);

bool SeveralSeeds(const std::vector<Model>& models);

// One epoch of one model: the mean over its seeds, and the lowest and highest of them.
struct CurvePoint {
  int epoch = 0;
  double mean = 0, low = 0, high = 0;
};

// Over the epochs that every arm of the curve reached, so that no point mixes another set of seeds.
std::vector<CurvePoint> Curve(const Model& model, double EpochRecord::*field);

// The arms of the curve: `counted`, or for a diverged model those with an epoch.
std::vector<const ArmRecord*> CurveArms(const Model& model);

}  // namespace normlab
