#include "report/findings/penalty_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/findings/finding_words.h"
#include "report/summary/penalty_groups.h"

namespace normlab {
namespace {

// A quantity of which the change is told, and what its two directions are called.
struct Told {
  std::string_view quantity, words;
  const char *up, *down;
};
constexpr std::string_view kTestAccuracy = "final_test_accuracy",
                           kTrainAccuracy = "clean_train_accuracy";
constexpr Told kQuantities[] = {
    {kTestAccuracy, "final test accuracy", "raised", "lowered"},
    {kTrainAccuracy, "clean train accuracy", "raised", "lowered"},
    {"gap", "train-test gap", "widened", "narrowed"},
};

double Resolution(const Told& told, int train_images, int test_images) {
  if (told.quantity == kTestAccuracy) return AccuracyResolution(test_images);
  if (told.quantity == kTrainAccuracy) return AccuracyResolution(train_images);
  return GapResolution(train_images, test_images);
}

// One comparison: the same seeds with and without, and the change of every quantity that all of
// them have recorded.
struct Effect {
  std::string subject;
  std::vector<std::uint64_t> seeds;
  std::vector<const Told*> told;
  std::vector<Change> changes;
};

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

Effect EffectOf(std::string subject, const ModelPairs& pairs, int test_images) {
  Effect effect{std::move(subject), SeedsOf(pairs), {}, {}};
  const int clean_images = CleanImages(pairs, effect.seeds);
  for (const Told& told : kQuantities) {
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

std::vector<Effect> SingleEffects(const std::vector<PenaltyGroup>& groups, int test_images) {
  std::vector<Effect> effects;
  for (const PenaltyGroup& group : groups) {
    for (const PenalizedModel& cell : group.penalized) {
      effects.push_back(
          EffectOf(fmt::format("{} against {}", cell.model->label, group.plain->label),
                   {{cell.model, group.plain}}, test_images));
    }
  }
  std::erase_if(effects, [](const Effect& effect) { return effect.seeds.empty(); });
  return effects;
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

std::vector<Effect> MainEffects(const std::vector<PenaltyGroup>& groups, int test_images) {
  std::vector<Effect> effects;
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
  std::erase_if(effects, [](const Effect& effect) { return effect.seeds.empty(); });
  return effects;
}

std::string QuantityWords(const Told& told, const JudgedChange& change) {
  const char* found = change.difference.mean > 0 ? told.up : told.down;
  return fmt::format("{} {}{}", told.words,
                     change.shown    ? fmt::format("{}: ", found)
                     : change.tested ? "without a change that is shown: "
                                     : "",
                     ChangeWords(change));
}

// `first`: the first of this effect's changes in the judged family.
std::string EffectSentence(const Effect& effect, const JudgedChange* first,
                           const std::string& family, int tests) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < effect.told.size(); ++i) {
    words.push_back(QuantityWords(*effect.told[i], first[i]));
  }
  const std::string ending =
      first->tested
          ? FamilyWords(family, static_cast<std::size_t>(tests))
          : fmt::format(". With n = {} nothing is tested, and none of it can be told from chance",
                        effect.seeds.size());
  return fmt::format("{}, paired by {} (n = {}): {}{}.", effect.subject, SeedList(effect.seeds),
                     effect.seeds.size(), Join(words, "; "), ending);
}

std::vector<std::string> FamilySentences(const std::vector<Effect>& effects,
                                         const std::string& family) {
  std::vector<Change> changes;
  for (const Effect& effect : effects) {
    changes.insert(changes.end(), effect.changes.begin(), effect.changes.end());
  }
  const std::vector<JudgedChange> judged = JudgeFamily(changes, kAlpha);
  std::vector<std::string> sentences;
  const JudgedChange* first = judged.data();
  for (const Effect& effect : effects) {
    const JudgedChange* next = first + effect.changes.size();
    const bool any = std::any_of(first, next, [](const auto& change) { return change.shown; });
    if (any || effects.size() <= kMostTestsInWords) {
      sentences.push_back(EffectSentence(effect, first, family, TestsOf(judged)));
    }
    first = next;
  }
  if (sentences.size() == effects.size()) return sentences;
  if (TestsOf(judged) == 0) {
    sentences.push_back(fmt::format(
        "With fewer than {} seeds in common none of the {} comparisons of {} is tested.",
        kFewestForTest, effects.size(), family));
  } else {
    sentences.push_back(fmt::format(
        "{} of the {} comparisons of {} show a change of the final test accuracy, the clean train "
        "accuracy or the gap{}.",
        sentences.empty() ? "None" : fmt::to_string(sentences.size()), effects.size(), family,
        FamilyWords(family, static_cast<std::size_t>(TestsOf(judged)))));
  }
  return sentences;
}

}  // namespace

std::vector<std::string> PenaltyFindings(const RunRecord& run, int test_images) {
  const std::vector<FinishedModel> models = FinishedModels(run);
  const std::vector<PenaltyGroup> groups = PenaltyGroups(models);
  std::vector<std::string> sentences =
      FamilySentences(SingleEffects(groups, test_images), "penalties within one normalization");
  for (std::string& sentence :
       FamilySentences(MainEffects(groups, test_images), "main effects of l1 and l2")) {
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace normlab
