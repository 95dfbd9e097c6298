#include "report/findings/network_findings.h"

#include <fmt/format.h>

#include "report/findings/discordant_images.h"
#include "report/findings/finding_words.h"
#include "statistics/holm.h"

namespace normlab {
namespace {

constexpr char kFamily[] = "pairs of networks";

struct Pair {
  std::string first, second;
  McNemar test;
};

std::vector<Pair> Pairs(const std::vector<FinishedModel>& models, std::uint64_t seed) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (std::size_t j = i + 1; j < models.size(); ++j) {
      const ArmRecord &a = *models[i].by_seed.at(seed), &b = *models[j].by_seed.at(seed);
      if (a.errors_missing || b.errors_missing) continue;
      pairs.push_back({models[i].label, models[j].label, TestDiscordantImages(a, b)});
    }
  }
  return pairs;
}

}  // namespace

std::vector<std::string> NetworkFindings(const std::vector<FinishedModel>& models,
                                         std::uint64_t seed) {
  const std::vector<Pair> pairs = Pairs(models, seed);
  std::vector<double> p;
  for (const Pair& pair : pairs) p.push_back(pair.test.p);
  const std::vector<double> adjusted = HolmAdjusted(p);
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (adjusted[i] > kAlpha && pairs.size() > kMostTestsInWords) continue;
    sentences.push_back(fmt::format(
        "The two networks of seed {}, {} and {}: {} images only the first gets right, {} only the "
        "second (McNemar, exact, {}{}): {}.",
        seed, pairs[i].first, pairs[i].second, pairs[i].test.only_first, pairs[i].test.only_second,
        ProbabilityWords(adjusted[i]), FamilyWords(kFamily, pairs.size()),
        adjusted[i] <= kAlpha ? "these two differ" : "not distinguishable"));
  }
  if (sentences.size() < pairs.size()) {
    sentences.push_back(
        fmt::format("The other {} of the {} pairs of networks of seed {} are not distinguishable "
                    "on the test images (McNemar, exact, Holm).",
                    pairs.size() - sentences.size(), pairs.size(), seed));
  }
  return sentences;
}

}  // namespace normlab
