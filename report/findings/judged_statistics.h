// The kinds of statistics that the same weights were tested with, compared two by two.
#pragma once

#include "norm/statistics_kind.h"
#include "report/summary/statistics_quantities.h"
#include "statistics/compare.h"
#include "statistics/family.h"

namespace normlab {

// Of one model; `model` points into what was judged.
struct JudgedStatistics {
  const ComparedModel* model;
  StatisticsKind kind, against;
  JudgedChange change;       // of LastEpochsAccuracy: with `kind` minus with `against`
  double equivalence_p = 1;  // Holm's, over all tested members
  Verdict verdict = Verdict::kTooFewSeeds;
};

// All pairs of all models that docs/findings.md lists, judged as one family.
std::vector<JudgedStatistics> JudgeStatistics(const std::vector<ComparedModel>& models,
                                              double margin, int test_images);

}  // namespace normlab
