// What penalties did: the changes of accuracies and gaps between trainings that differ in l1 and l2
// alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/summary/penalty_groups.h"
#include "statistics/family.h"

namespace normlab {

// A quantity of which the change is told, and what its two directions are called.
struct PenalizedQuantity {
  std::string_view quantity, words;
  const char *up, *down;    // what a penalty did
  const char *more, *less;  // what its model has
};
inline constexpr PenalizedQuantity kPenalizedQuantities[] = {
    {"final_test_accuracy", "final test accuracy", "raised", "lowered", "a higher", "a lower"},
    {"clean_train_accuracy", "clean train accuracy", "raised", "lowered", "a higher", "a lower"},
    {"gap", "train-test gap", "widened", "narrowed", "a wider", "a narrower"},
};

// One comparison: the same seeds with and without, and the change of every quantity that all of
// them have recorded.
struct PenaltyEffect {
  std::string subject;
  std::vector<std::uint64_t> seeds;            // at least one
  std::vector<const PenalizedQuantity*> told;  // the test accuracy first
  std::vector<Change> changes;
  std::vector<JudgedChange> judged;  // within all changes of all effects of the family
};

// Each penalized model against that of its group without penalties, and, of complete grids, each
// penalty averaged over the other. A family each.
std::vector<PenaltyEffect> SingleEffects(const std::vector<PenaltyGroup>& groups, int test_images);
std::vector<PenaltyEffect> MainEffects(const std::vector<PenaltyGroup>& groups, int test_images);

int TestsOf(const std::vector<PenaltyEffect>& family);

}  // namespace normlab
