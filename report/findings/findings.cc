#include "report/findings/findings.h"

#include <algorithm>

#include "base/text.h"
#include "report/findings/batch_statistics_findings.h"
#include "report/findings/chance_findings.h"
#include "report/findings/gap_findings.h"
#include "report/findings/image_findings.h"
#include "report/findings/layer_findings.h"
#include "report/findings/model_findings.h"
#include "report/findings/penalty_findings.h"
#include "report/findings/speed_findings.h"
#include "report/findings/statistics_findings.h"

namespace normlab {

namespace {

constexpr char kLost[] = "What did not learn", kBetter[] = "Which model is better";

}  // namespace

std::vector<FindingSection> Findings(const RunRecord& run, int test_images) {
  std::vector<FindingSection> sections = {
      {kLost, ChanceAnswer(run, test_images), ChanceFindings(run, test_images)},
      {kBetter, ModelAnswer(run, test_images), ModelFindings(run, test_images)},
      {"What L1 and L2 did", PenaltyAnswer(run, test_images), PenaltyFindings(run, test_images)},
      {"Train-test gap", GapAnswer(run, test_images), GapFindings(run, test_images)},
      {"Batch norm with running and with batch statistics", BatchStatisticsAnswer(run, test_images),
       BatchStatisticsFindings(run, test_images)},
      {"Which statistics batch norm is tested with", StatisticsAnswer(run, test_images),
       StatisticsFindings(run, test_images)},
      {"Layers", LayerAnswer(run, test_images), LayerFindings(run)},
      {"Images", ImageAnswer(run, test_images), ImageFindings(run, test_images)},
      {"Speed", SpeedAnswer(run), SpeedFindings(run)},
  };
  std::erase_if(sections, [](const FindingSection& section) { return section.sentences.empty(); });
  return sections;
}

std::string FirstAnswer(const std::vector<FindingSection>& findings) {
  std::vector<std::string> words;
  for (const char* title : {kBetter, kLost}) {
    const auto section = std::ranges::find(findings, title, &FindingSection::title);
    if (section != findings.end() && !section->answer.meaning.empty()) {
      words.push_back(section->answer.meaning);
    }
  }
  return Join(words, " ");
}

}  // namespace normlab
