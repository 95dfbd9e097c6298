#include "report/comparison/comparison.h"

#include <algorithm>
#include <set>

#include "report/findings/discordant_images.h"
#include "report/findings/finding_words.h"
#include "report/summary/finished_models.h"
#include "report/summary/quantities.h"
#include "report/summary/summary.h"
#include "statistics/holm.h"

namespace normlab {
namespace {

ModelPair MakePair(const Model& first, const Model& second) {
  ModelPair pair{first.label, second.label, {}, {}};
  const auto a = FinishedBySeed(first), b = FinishedBySeed(second);
  for (const auto& [seed, arm] : a) {
    const auto other = b.find(seed);
    if (other == b.end()) continue;
    pair.seeds.push_back(seed);
    pair.arms.emplace_back(arm, other->second);
  }
  return pair;
}

const std::string& NormOf(const Model& model) { return model.arms.front()->norm; }

// The model of that normalization, where it is the only one.
const Model* OnlyOfNorm(const std::vector<Model>& models, const std::string& norm) {
  const auto has_norm = [&](const Model& model) { return NormOf(model) == norm; };
  if (std::ranges::count_if(models, has_norm) != 1) return nullptr;
  return &*std::ranges::find_if(models, has_norm);
}

const Model* MatchOf(const Model& model, const std::vector<Model>& own,
                     const std::vector<Model>& others) {
  const auto found = std::ranges::find(others, model.label, &Model::label);
  if (found != others.end()) return &*found;
  if (own.size() == 1 && others.size() == 1) return &others.front();
  if (OnlyOfNorm(own, NormOf(model)) == nullptr) return nullptr;
  const Model* other = OnlyOfNorm(others, NormOf(model));
  if (other == nullptr) return nullptr;
  // Its own namesake comes first.
  const bool taken = std::ranges::find(own, other->label, &Model::label) != own.end();
  return taken ? nullptr : other;
}

ModelComparison CompareModels(ModelPair pair, const FamilyOptions& options) {
  std::vector<double> a, b, differences;
  for (const auto& [first, second] : pair.arms) {
    a.push_back(Value(*first, "final_test_accuracy"));
    b.push_back(Value(*second, "final_test_accuracy"));
    differences.push_back(b.back() - a.back());
  }
  ModelComparison comparison{.models = std::move(pair),
                             .first_accuracy = SummarizeSample(a),
                             .second_accuracy = SummarizeSample(b),
                             .difference = SummarizeSample(differences),
                             .test = std::nullopt,
                             .seeds_to_resolve = std::nullopt};
  if (comparison.difference.n >= kFewestForTest) {
    comparison.test =
        Comparison{.first = "A", .second = "B", .test = TestPairs(b, a, options.resolution)};
    comparison.seeds_to_resolve = SeedsToResolve(*comparison.test, options);
  }
  return comparison;
}

// One question for each pair of models: does the second run differ from the first?
void AdjustModels(std::vector<ModelComparison>& models) {
  std::vector<double> p;
  for (const ModelComparison& each : models) {
    if (each.test) p.push_back(each.test->test.p);
  }
  const std::vector<double> adjusted = HolmAdjusted(p);
  std::size_t place = 0;
  for (ModelComparison& each : models) {
    if (!each.test) continue;
    each.test->adjusted_p = adjusted[place++];
    each.test->verdict =
        each.test->adjusted_p <= kAlpha ? Verdict::kBeats : Verdict::kNotDistinguishable;
  }
}

bool MissesAreKnown(const ArmRecord& arm) {
  if (arm.errors_missing) return false;
  return !arm.errors.empty() || Value(arm, "final_test_accuracy") == 100;
}

NetworkComparison CompareNetworks(const ModelPair& models, std::size_t place) {
  const auto& [first, second] = models.arms[place];
  NetworkComparison comparison{.first = models.first,
                               .second = models.second,
                               .seed = models.seeds[place],
                               .problem = "",
                               .test = {}};
  for (const ArmRecord* arm : {first, second}) {
    if (!MissesAreKnown(*arm)) comparison.problem = arm->folder + "/errors.csv is missing";
  }
  if (comparison.problem.empty()) {
    comparison.test = TestDiscordantImages(*first, *second);
  }
  return comparison;
}

std::vector<NetworkComparison> CompareSingleNetworks(const std::vector<ModelComparison>& models) {
  std::vector<NetworkComparison> networks;
  std::vector<double> p;
  for (const ModelComparison& each : models) {
    if (each.test) continue;
    for (std::size_t i = 0; i < each.models.arms.size(); ++i) {
      networks.push_back(CompareNetworks(each.models, i));
      if (networks.back().problem.empty()) p.push_back(networks.back().test.p);
    }
  }
  const std::vector<double> adjusted = HolmAdjusted(p);
  std::size_t place = 0;
  for (NetworkComparison& each : networks) {
    if (each.problem.empty()) each.adjusted_p = adjusted[place++];
  }
  return networks;
}

}  // namespace

MatchedModels MatchModels(const RunRecord& first, const RunRecord& second) {
  const std::vector<Model> a = GroupArms(first), b = GroupArms(second);
  MatchedModels matched;
  std::set<const Model*> taken;
  for (const Model& model : a) {
    if (const Model* other = MatchOf(model, a, b)) {
      matched.pairs.push_back(MakePair(model, *other));
      taken.insert(other);
    } else {
      matched.only_first.push_back(model.label);
    }
  }
  for (const Model& model : b) {
    if (!taken.contains(&model)) matched.only_second.push_back(model.label);
  }
  return matched;
}

RunComparison CompareRuns(const RunRecord& first, const RunRecord& second) {
  CheckSameData(first, second);
  RunComparison comparison;
  comparison.settings = CompareSettings(first, second);
  comparison.environments = CompareEnvironments(first, second);
  comparison.test_images = std::max(TestImages(first), TestImages(second));
  const FamilyOptions options = {
      .alpha = kAlpha,
      .margin = 0,
      .resolution = comparison.test_images > 0 ? AccuracyResolution(comparison.test_images) : 0};
  MatchedModels matched = MatchModels(first, second);
  std::vector<ArmPair> arms;
  for (ModelPair& pair : matched.pairs) {
    arms.insert(arms.end(), pair.arms.begin(), pair.arms.end());
    comparison.models.push_back(CompareModels(std::move(pair), options));
  }
  comparison.conditions = CompareConditions(arms);
  AdjustModels(comparison.models);
  comparison.networks = CompareSingleNetworks(comparison.models);
  comparison.only_first = std::move(matched.only_first);
  comparison.only_second = std::move(matched.only_second);
  return comparison;
}

}  // namespace normlab
