#include "serve/study_page.h"

#include <memory>
#include <utility>
#include <vector>

#include "report/page/page.h"
#include "serve/page_datasets.h"

namespace normlab {

BuildLivePage StudyPage(const std::string& data_dir, std::function<void(const std::string&)> warn) {
  const auto datasets = std::make_shared<PageDatasets>(data_dir, std::move(warn));
  return [datasets](const std::vector<RunRecord>& runs) {
    std::vector<PageStudy> studies;
    for (const RunRecord& run : runs) studies.push_back({&run, datasets->Find(run.dataset)});
    LivePage page;
    page.data = PageData(studies);
    datasets->Release();
    page.html = PageHtml(page.data, true);
    return page;
  };
}

}  // namespace normlab
