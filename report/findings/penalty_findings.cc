#include "report/findings/penalty_findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/findings/finding_words.h"
#include "report/findings/penalty_effects.h"

namespace normlab {
namespace {

std::string QuantityWords(const PenalizedQuantity& told, const JudgedChange& change) {
  const char* found = change.difference.mean > 0 ? told.up : told.down;
  return fmt::format("{} {}{}", told.words,
                     change.shown    ? fmt::format("{}: ", found)
                     : change.tested ? "without a change that is shown: "
                                     : "",
                     ChangeWords(change));
}

std::string EffectSentence(const PenaltyEffect& effect, const std::string& family, int tests) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < effect.told.size(); ++i) {
    words.push_back(QuantityWords(*effect.told[i], effect.judged[i]));
  }
  const std::string ending =
      effect.judged.front().tested
          ? FamilyWords(family, static_cast<std::size_t>(tests))
          : fmt::format(". With n = {} nothing is tested, and none of it can be told from chance",
                        effect.seeds.size());
  return fmt::format("{}, paired by {} (n = {}): {}{}.", effect.subject, SeedList(effect.seeds),
                     effect.seeds.size(), Join(words, "; "), ending);
}

bool ShowsAny(const PenaltyEffect& effect) {
  return std::ranges::any_of(effect.judged, &JudgedChange::shown);
}

std::vector<std::string> FamilySentences(const std::vector<PenaltyEffect>& effects,
                                         const std::string& family) {
  const int tests = TestsOf(effects);
  std::vector<std::string> sentences;
  for (const PenaltyEffect& effect : effects) {
    if (ShowsAny(effect) || effects.size() <= kMostTestsInWords) {
      sentences.push_back(EffectSentence(effect, family, tests));
    }
  }
  if (sentences.size() == effects.size()) return sentences;
  if (tests == 0) {
    sentences.push_back(fmt::format(
        "With fewer than {} seeds in common none of the {} comparisons of {} is tested.",
        kFewestForTest, effects.size(), family));
  } else {
    sentences.push_back(fmt::format(
        "{} of the {} comparisons of {} show a change of the final test accuracy, the clean train "
        "accuracy or the gap{}.",
        sentences.empty() ? "None" : fmt::to_string(sentences.size()), effects.size(), family,
        FamilyWords(family, static_cast<std::size_t>(tests))));
  }
  return sentences;
}

// Whether the effect on a quantity is shown: 1 up, -1 down, 0 not.
int Direction(const PenaltyEffect& effect, const PenalizedQuantity& quantity) {
  for (std::size_t i = 0; i < effect.told.size(); ++i) {
    if (effect.told[i] != &quantity || !effect.judged[i].shown) continue;
    return effect.judged[i].difference.mean > 0 ? 1 : -1;
  }
  return 0;
}

std::string Meaning(const std::vector<PenaltyEffect>& effects) {
  if (TestsOf(effects) == 0) return "What the penalties changed takes three seeds or more to say.";
  std::vector<std::string> words;
  for (const PenalizedQuantity& quantity : kPenalizedQuantities) {
    for (const int direction : {1, -1}) {
      const auto count = std::ranges::count_if(effects, [&](const PenaltyEffect& effect) {
        return Direction(effect, quantity) == direction;
      });
      if (count == 0) continue;
      words.push_back(fmt::format("{} with {} {}", count,
                                  direction > 0 ? quantity.more : quantity.less, quantity.words));
    }
  }
  const std::string who = effects.size() == 1
                              ? "the one penalized model"
                              : fmt::format("the {} penalized models", effects.size());
  return words.empty() ? fmt::format(
                             "Penalties changed no accuracy and no gap of {} in a way that "
                             "is shown.",
                             who)
                       : fmt::format("Of {}, against the same model without penalties: {}.", who,
                                     Join(words));
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

Answer PenaltyAnswer(const RunRecord& run, int test_images) {
  const std::vector<FinishedModel> models = FinishedModels(run);
  std::vector<PenaltyEffect> effects = SingleEffects(PenaltyGroups(models), test_images);
  if (effects.empty()) return {};
  const std::string meaning = Meaning(effects);
  std::ranges::stable_sort(effects, {}, [](const auto& effect) { return !ShowsAny(effect); });
  Cells table = {{"change, points (p)", "test accuracy", "train accuracy", "gap"}};
  for (const PenaltyEffect& effect : effects) {
    std::vector<std::string> row = {effect.subject};
    for (const JudgedChange& change : effect.judged) {
      row.push_back(
          fmt::format("{} ({})", Signed(change.difference.mean), ProbabilityCell(change)));
    }
    row.resize(table.front().size(), "-");
    table.push_back(std::move(row));
  }
  return {meaning, AnswerTable(std::move(table))};
}

}  // namespace normlab
