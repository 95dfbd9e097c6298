#include "report/findings.h"

#include "report/batch_statistics_findings.h"
#include "report/gap_findings.h"
#include "report/image_findings.h"
#include "report/layer_findings.h"
#include "report/model_findings.h"
#include "report/penalty_findings.h"
#include "report/speed_findings.h"
#include "report/statistics_findings.h"

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
