#include "report/findings/findings.h"

#include "report/findings/batch_statistics_findings.h"
#include "report/findings/gap_findings.h"
#include "report/findings/image_findings.h"
#include "report/findings/layer_findings.h"
#include "report/findings/model_findings.h"
#include "report/findings/penalty_findings.h"
#include "report/findings/speed_findings.h"
#include "report/findings/statistics_findings.h"

namespace normlab {

std::vector<FindingSection> Findings(const RunRecord& run, int test_images) {
  std::vector<FindingSection> sections = {
      {"Which model is better", ModelFindings(run, test_images)},
      {"What L1 and L2 did", PenaltyFindings(run, test_images)},
      {"Train-test gap", GapFindings(run, test_images)},
      {"Batch norm with running and with batch statistics",
       BatchStatisticsFindings(run, test_images)},
      {"Which statistics batch norm is tested with", StatisticsFindings(run, test_images)},
      {"Layers", LayerFindings(run)},
      {"Images", ImageFindings(run)},
      {"Speed", SpeedFindings(run)},
  };
  std::erase_if(sections, [](const FindingSection& section) { return section.sentences.empty(); });
  return sections;
}

}  // namespace normlab
