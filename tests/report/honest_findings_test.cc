// The sentences that are printed are honest: in a thousand and more made-up studies without a
// difference each family claims one in at most 6 %; with a difference planted, as often as the
// power says. What is counted are words, so nothing between the tests and the page escapes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "base/philox.h"
#include "report/findings/batch_statistics_findings.h"
#include "report/findings/gap_findings.h"
#include "report/findings/model_findings.h"
#include "report/findings/network_findings.h"
#include "report/findings/penalty_findings.h"
#include "report/findings/statistics_findings.h"
#include "small_run.h"
#include "statistics/paired.h"

namespace normlab {
namespace {

// A family that keeps to 5 % exactly claims something in 5 ± 0.7 % of a thousand studies, and in 5
// ± 0.3 % of five thousand: only those tell 5 % from 6 %. Large families stay well below.
constexpr int kStudies = 1000, kManyStudies = 5000;
int StudiesOf(int models) { return models <= 3 ? kManyStudies : kStudies; }
int AtMost(int studies) { return studies * 6 / 100; }
constexpr int kTestImages = 10000, kCleanImages = 10000;
using Sentences = std::vector<std::string>;

class Normals {
 public:
  explicit Normals(int study)
      : stream_(23, Purpose::kBootstrap, 2, static_cast<std::uint32_t>(study)) {}
  // Box and Muller 1958.
  double Next(double mean, double deviation) {
    const double radius = std::sqrt(-2 * std::log(1 - stream_.Uniform()));
    return mean + deviation * radius * std::cos(2 * std::numbers::pi * stream_.Uniform());
  }
  bool Chance(double probability) { return stream_.Uniform() < probability; }

 private:
  RandomStream stream_;
};

double Rounded(double percent) { return std::round(percent * 100) / 100; }  // of 10,000 images

// One trained arm: accuracies on the test set (both statistics) and on the training images.
ArmRecord TrainedArm(const std::string& label, std::uint64_t seed, double mean, double deviation,
                     Normals& normals) {
  ArmRecord arm = SmallArm(label, seed, Rounded(normals.Next(mean, deviation)));
  AddCleanAccuracy(arm, Rounded(normals.Next(mean + 3, deviation)), kCleanImages);
  arm.last->batch_statistics_test_accuracy = Rounded(normals.Next(mean, deviation));
  return arm;
}

int StudiesThatSay(const std::vector<std::string>& words, int studies,
                   const std::function<Sentences(int study)>& findings) {
  int saying = 0;
  for (int study = 0; study < studies; ++study) {
    const Sentences sentences = findings(study);
    saying += std::ranges::any_of(sentences, [&](const std::string& sentence) {
      return std::ranges::any_of(
          words, [&](const std::string& word) { return sentence.find(word) != std::string::npos; });
    });
  }
  return saying;
}

// `lead`: by how much each model is ahead of the next.
RunRecord Models(int study, int models, int seeds, double deviation, double lead = 0) {
  Normals normals(study);
  std::vector<ArmRecord> arms;
  for (int m = 0; m < models; ++m) {
    for (int seed = 1; seed <= seeds; ++seed) {
      arms.push_back(TrainedArm(fmt::format("model{}", m), static_cast<std::uint64_t>(seed),
                                76 - m * lead, deviation, normals));
    }
  }
  return SmallRun(std::move(arms));
}

TEST(HonestFindings, SlowBeatsIsSaidInAtMostSixPercentWithoutADifference) {
  for (const int models : {2, 3, 15}) {
    for (const int seeds : {3, 5, 9}) {
      const int said = StudiesThatSay({" beats "}, StudiesOf(models), [&](int study) {
        return ModelFindings(Models(study, models, seeds, 0.4), kTestImages);
      });
      EXPECT_LE(said, AtMost(StudiesOf(models))) << models << " models, " << seeds << " seeds";
      if (models == 2) {
        EXPECT_GT(said, 0) << "a test that finds nothing is no test";
      }
    }
  }
}

TEST(HonestFindings, BeatsIsSaidAsOftenAsThePowerSays) {
  for (const double lead : {0.3, 0.6, 1.2}) {
    const double power = PowerOfPairs(8, lead, 0.4 * std::numbers::sqrt2);
    const int said = StudiesThatSay({"model0 beats model1"}, kStudies, [&](int study) {
      return ModelFindings(Models(study, 2, 8, 0.4, lead), kTestImages);
    });
    // Four deviations of a count among a thousand.
    EXPECT_NEAR(said, power * kStudies, 4 * std::sqrt(power * (1 - power) * kStudies) + 1) << lead;
  }
}

// All pairs of models differ by more than the margin, 0.3 points, so every such sentence is false.
TEST(HonestFindings, SlowEquivalentIsSaidInAtMostSixPercentPastTheMargin) {
  for (const int models : {2, 3, 6}) {
    for (const int seeds : {3, 5, 9}) {
      for (const double deviation : {0.05, 0.2}) {
        const int said =
            StudiesThatSay({" equivalent within ±0.3 points (TOST p", "(TOST) to"},
                           StudiesOf(models), [&](int study) {
                             Sentences sentences = ModelFindings(
                                 Models(study, models, seeds, deviation, 0.301), kTestImages);
                             std::erase_if(sentences, [](const std::string& sentence) {
                               return sentence.find("nor are they shown") != std::string::npos;
                             });
                             return sentences;
                           });
        EXPECT_LE(said, AtMost(StudiesOf(models)))
            << models << " models, " << seeds << " seeds, " << deviation;
      }
    }
  }
}

// Or a false "beats" takes its place, in the 5 % that it may.
TEST(HonestFindings, EquivalentIsSaidOfWhatIsEqual) {
  const int said = StudiesThatSay(
      {"are equivalent within ±0.3 points", " beats "}, kStudies,
      [&](int study) { return ModelFindings(Models(study, 2, 8, 0.1), kTestImages); });
  EXPECT_GE(said, kStudies * 99 / 100);
}

// The grid of l1 and l2 for batch, l2 for layer and group: the first seed's fifteen. `effect`: of
// l1 on the test accuracy.
RunRecord Fifteen(int study, int seeds, double effect = 0) {
  Normals normals(study);
  std::vector<ArmRecord> arms;
  for (const char* norm : {"batch", "layer", "group"}) {
    for (const double l1 : {0.0, 0.001, 0.002}) {
      if (l1 > 0 && std::string(norm) != "batch") continue;
      for (const double l2 : {0.0, 0.001, 0.002}) {
        for (int seed = 1; seed <= seeds; ++seed) {
          ArmRecord arm =
              TrainedArm(fmt::format("{} (l1 = {}, l2 = {})", norm, l1, l2),
                         static_cast<std::uint64_t>(seed), l1 > 0 ? 76 - effect : 76, 0.4, normals);
          arm.settings = {{"norm", norm}, {"l1", fmt::to_string(l1)}, {"l2", fmt::to_string(l2)}};
          arms.push_back(std::move(arm));
        }
      }
    }
  }
  return SmallRun(std::move(arms));
}

const std::vector<std::string> kPenaltyWords = {" raised", " lowered", " widened", " narrowed"};

TEST(HonestFindings, PenaltiesChangeNothingInAtMostSixPercentOfStudiesWithoutAnEffect) {
  for (const int seeds : {3, 5, 9}) {
    for (const bool main_effects : {false, true}) {
      int told = 0;
      const int said = StudiesThatSay(kPenaltyWords, kStudies, [&](int study) {
        Sentences sentences = PenaltyFindings(Fifteen(study, seeds), kTestImages);
        std::erase_if(sentences, [&](const std::string& sentence) {
          return (sentence.find(", averaged over ") != std::string::npos) != main_effects;
        });
        told += !sentences.empty();
        return sentences;
      });
      EXPECT_EQ(told, kStudies) << "both families are there to be wrong";
      EXPECT_LE(said, AtMost(kStudies)) << seeds << " seeds, main effects " << main_effects;
      EXPECT_GT(said, 0);
    }
  }
}

// A model of a norm with and without l2, nothing else: two tests in a family of three that hang
// together. The one-test power is an upper bound, that of a third of alpha a lower one.
TEST(HonestFindings, PenaltiesThatActAreFoundAsOftenAsThePowerSays) {
  constexpr int kSeeds = 8;
  const double effect = 0.9, deviation = 0.4 * std::numbers::sqrt2;
  const int said = StudiesThatSay({"final test accuracy lowered"}, kStudies, [&](int study) {
    RunRecord run = Fifteen(study, kSeeds, effect);
    std::erase_if(run.arms, [](const ArmRecord& arm) {
      return arm.norm != "batch" || arm.settings.at("l1") == "0.002" ||
             arm.settings.at("l2") != "0";
    });
    return PenaltyFindings(run, kTestImages);
  });
  const double most = PowerOfPairs(kSeeds, effect, deviation),
               least = PowerOfPairs(kSeeds, effect, deviation, 0.05 / 3);
  ASSERT_GT(most - least, 0.05);
  EXPECT_LE(said, most * kStudies + 4 * std::sqrt(most * (1 - most) * kStudies));
  EXPECT_GE(said, least * kStudies - 4 * std::sqrt(least * (1 - least) * kStudies));
}

TEST(HonestFindings, GapsDifferInAtMostSixPercentOfStudiesWithoutADifference) {
  for (const int models : {2, 3, 15}) {
    for (const int seeds : {3, 9}) {
      const int said = StudiesThatSay(
          {"has a larger train-test gap"}, StudiesOf(models),
          [&](int study) { return GapFindings(Models(study, models, seeds, 0.4), kTestImages); });
      EXPECT_LE(said, AtMost(StudiesOf(models))) << models << " models, " << seeds << " seeds";
      if (models == 2) {
        EXPECT_GT(said, 0);
      }
    }
  }
}

TEST(HonestFindings, BatchStatisticsAreBetterOrWorseInAtMostSixPercent) {
  for (const int models : {1, 3}) {
    for (const int seeds : {3, 9}) {
      const int said =
          StudiesThatSay({"are better", "are worse"}, StudiesOf(models), [&](int study) {
            return BatchStatisticsFindings(Models(study, models, seeds, 0.4), kTestImages);
          });
      EXPECT_LE(said, AtMost(StudiesOf(models))) << models << " models, " << seeds << " seeds";
      EXPECT_GT(said, 0);
    }
  }
}

// Twelve epochs under all kinds of statistics; those of one epoch share the training's noise, which
// is no part of a difference. `ahead`: of every kind before the next of the enumeration.
RunRecord ComparedStatistics(int study, int models, int seeds, double deviation, double ahead = 0) {
  Normals normals(study);
  std::vector<ArmRecord> arms;
  for (int m = 0; m < models; ++m) {
    for (int seed = 1; seed <= seeds; ++seed) {
      ArmRecord arm = SmallArm(fmt::format("model{}", m), static_cast<std::uint64_t>(seed), 76);
      for (int epoch = 1; epoch <= 12; ++epoch) {
        const double weights = normals.Next(76, 1.5);
        for (int kind = 0; kind < 5; ++kind) {
          arm.statistics.push_back({epoch, static_cast<StatisticsKind>(kind), 1,
                                    Rounded(normals.Next(weights - kind * ahead, deviation))});
        }
      }
      arms.push_back(std::move(arm));
    }
  }
  return SmallRun(std::move(arms));
}

TEST(HonestFindings, SlowStatisticsAreBetterOrWorseInAtMostSixPercent) {
  for (const int models : {1, 3}) {
    for (const int seeds : {3, 5, 9}) {
      const int said =
          StudiesThatSay({"is better than", "is worse than"}, StudiesOf(models), [&](int study) {
            return StatisticsFindings(ComparedStatistics(study, models, seeds, 0.5), kTestImages);
          });
      EXPECT_LE(said, AtMost(StudiesOf(models))) << models << " models, " << seeds << " seeds";
      EXPECT_GT(said, 0);
    }
  }
}

// The four differences are 0.301 to 1.204 points, all beyond the margin.
TEST(HonestFindings, SlowStatisticsAreCalledEquivalentInAtMostSixPercentPastTheMargin) {
  for (const int seeds : {3, 5, 9}) {
    for (const double deviation : {0.1, 0.5}) {
      const int said = StudiesThatSay({" are equivalent within "}, kStudies, [&](int study) {
        return StatisticsFindings(ComparedStatistics(study, 1, seeds, deviation, 0.301),
                                  kTestImages);
      });
      EXPECT_LE(said, AtMost(kStudies)) << seeds << " seeds, " << deviation;
    }
  }
}

// One difference among four that all hang together: its power lies between that of a test of its
// own and that at a quarter of alpha. The mean of five epochs has a deviation of sqrt(2 / 5) times
// one value's.
TEST(HonestFindings, StatisticsThatDifferAreFoundAsOftenAsThePowerSays) {
  constexpr int kSeeds = 5;
  const double deviation = 0.5, ahead = 0.5;
  const int said = StudiesThatSay(
      {"running per application is worse than running shared"}, kStudies, [&](int study) {
        return StatisticsFindings(ComparedStatistics(study, 1, kSeeds, deviation, ahead),
                                  kTestImages);
      });
  const double of_mean = deviation * std::sqrt(2.0 / 5);
  const double most = PowerOfPairs(kSeeds, ahead, of_mean),
               least = PowerOfPairs(kSeeds, ahead, of_mean, 0.05 / 4);
  ASSERT_GT(most - least, 0.05);
  EXPECT_LE(said, most * kStudies + 4 * std::sqrt(most * (1 - most) * kStudies));
  EXPECT_GE(said, least * kStudies - 4 * std::sqrt(least * (1 - least) * kStudies));
}

// Networks that miss each image with the same chance, each for itself.
TEST(HonestFindings, NetworksDifferInAtMostSixPercent) {
  const int said = StudiesThatSay({"these two differ"}, kStudies, [](int study) {
    Normals normals(study);
    RunRecord run = Models(study, 3, 1, 0.4);
    for (ArmRecord& arm : run.arms) {
      for (int image = 0; image < 300; ++image) {
        if (normals.Chance(0.25)) arm.errors.push_back({.index = image});
      }
    }
    return ModelFindings(run, 300);
  });
  EXPECT_LE(said, AtMost(kStudies));
  EXPECT_GT(said, 0);
}

}  // namespace
}  // namespace normlab
