#include "report/findings/penalty_effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/findings/finding_words.h"
#include "report/summary/finished_models.h"

namespace normlab {
namespace {

constexpr std::string_view kTestAccuracy = "final_test_accuracy",
                           kTrainAccuracy = "clean_train_accuracy";

double Resolution(const PenalizedQuantity& told, int train_images, int test_images) {
  if (told.quantity == kTestAccuracy) return AccuracyResolution(test_images);
  if (told.quantity == kTrainAccuracy) return AccuracyResolution(train_images);
  return GapResolution(train_images, test_images);
}

// Models that are averaged, against as many: the effect of a penalty at every level of the other.
using ModelPairs = std::vector<std::pair<const FinishedModel*, const FinishedModel*>>;

std::vector<std::uint64_t> SeedsOf(const ModelPairs& pairs) {
  std::vector<FinishedModel> models;
  for (const auto& [with, without] : pairs) {
    models.push_back(*with);
    models.push_back(*without);
  }
  return CommonSeeds(models);
}

// The number of training images behind the clean accuracy, the same in all trainings; else 0.
int CleanImages(const ModelPairs& pairs, const std::vector<std::uint64_t>& seeds) {
  int images = -1;
  for (const auto& [with, without] : pairs) {
    for (const std::uint64_t seed : seeds) {
      for (const FinishedModel* model : {with, without}) {
        const ArmRecord& arm = *model->by_seed.at(seed);
        if (std::isnan(Value(arm, kTrainAccuracy))) return 0;
        if (images >= 0 && arm.last->clean_train_images != images) return 0;
        images = arm.last->clean_train_images;
      }
    }
  }
  return std::max(images, 0);
}

PenaltyEffect EffectOf(std::string subject, const ModelPairs& pairs, int test_images) {
  PenaltyEffect effect{std::move(subject), SeedsOf(pairs), {}, {}, {}};
  const int clean_images = CleanImages(pairs, effect.seeds);
  for (const PenalizedQuantity& told : kPenalizedQuantities) {
    if (told.quantity != kTestAccuracy && clean_images == 0) continue;
    Change change{{}, Resolution(told, clean_images, test_images)};
    for (const std::uint64_t seed : effect.seeds) {
      double sum = 0;
      for (const auto& [with, without] : pairs) {
        sum += Value(*with->by_seed.at(seed), told.quantity) -
               Value(*without->by_seed.at(seed), told.quantity);
      }
      change.differences.push_back(sum / static_cast<double>(pairs.size()));
    }
    effect.told.push_back(&told);
    effect.changes.push_back(std::move(change));
  }
  return effect;
}

std::string Levels(const std::vector<double>& levels) {
  std::vector<std::string> words;
  for (const double level : levels) words.push_back(fmt::format("{}", level));
  return Join(words);
}

// The normalization, and the whole label of its model without penalties where that is not enough.
std::string GridName(const PenaltyGroup& group, const std::vector<PenaltyGroup>& groups) {
  const auto norm = [](const PenaltyGroup& one) {
    return one.plain->by_seed.begin()->second->norm;
  };
  const auto namesakes = std::ranges::count(groups, norm(group), norm);
  return namesakes == 1 ? norm(group) : fmt::format("around {}", group.plain->label);
}

void Judge(std::vector<PenaltyEffect>& effects) {
  std::erase_if(effects, [](const PenaltyEffect& effect) { return effect.seeds.empty(); });
  std::vector<Change> changes;
  for (const PenaltyEffect& effect : effects) {
    changes.insert(changes.end(), effect.changes.begin(), effect.changes.end());
  }
  const std::vector<JudgedChange> judged = JudgeFamily(changes, kAlpha);
  auto next = judged.begin();
  for (PenaltyEffect& effect : effects) {
    const auto end = next + static_cast<std::ptrdiff_t>(effect.changes.size());
    effect.judged.assign(next, end);
    next = end;
  }
}

}  // namespace

std::vector<PenaltyEffect> SingleEffects(const std::vector<PenaltyGroup>& groups, int test_images) {
  std::vector<PenaltyEffect> effects;
  for (const PenaltyGroup& group : groups) {
    for (const PenalizedModel& cell : group.penalized) {
      effects.push_back(
          EffectOf(fmt::format("{} against {}", cell.model->label, group.plain->label),
                   {{cell.model, group.plain}}, test_images));
    }
  }
  Judge(effects);
  return effects;
}

std::vector<PenaltyEffect> MainEffects(const std::vector<PenaltyGroup>& groups, int test_images) {
  std::vector<PenaltyEffect> effects;
  for (const PenaltyGroup& group : groups) {
    const PenaltyGrid grid = GridOf(group);
    const std::string norm = GridName(group, groups);
    for (std::size_t i = 1; i < grid.l1.size(); ++i) {
      ModelPairs pairs;
      for (std::size_t j = 0; j < grid.l2.size(); ++j) {
        pairs.emplace_back(grid.At(i, j), grid.At(0, j));
      }
      effects.push_back(EffectOf(fmt::format("{}: l1 = {} against l1 = 0, averaged over l2 = {}",
                                             norm, grid.l1[i], Levels(grid.l2)),
                                 pairs, test_images));
    }
    for (std::size_t j = 1; j < grid.l2.size(); ++j) {
      ModelPairs pairs;
      for (std::size_t i = 0; i < grid.l1.size(); ++i) {
        pairs.emplace_back(grid.At(i, j), grid.At(i, 0));
      }
      effects.push_back(EffectOf(fmt::format("{}: l2 = {} against l2 = 0, averaged over l1 = {}",
                                             norm, grid.l2[j], Levels(grid.l1)),
                                 pairs, test_images));
    }
  }
  Judge(effects);
  return effects;
}

int TestsOf(const std::vector<PenaltyEffect>& family) {
  int tests = 0;
  for (const PenaltyEffect& effect : family) tests += TestsOf(effect.judged);
  return tests;
}

}  // namespace normlab
