#include "app/report_page.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string_view>

#include "app/standard_streams.h"
#include "base/error.h"
#include "base/owned_folder.h"
#include "data/dataset.h"
#include "report/page/page.h"

namespace normlab {
namespace {

// Nothing where the data set is not at hand.
std::optional<Dataset> LoadTestImages(const std::string& name, const std::string& data_dir) {
  try {
    Dataset dataset = LoadDataset(name, data_dir);
    dataset.train = {};
    return dataset;
  } catch (const Error& error) {
    Warn(fmt::format("the page is written without pictures: {}", error.what()));
    return std::nullopt;
  }
}

constexpr char kPage[] = "report.html";

bool IsPageOfAnEarlierNormlab(const std::string& /*name*/, std::string_view bytes) {
  return bytes.find("<title>normlab report</title>") != std::string_view::npos;
}

}  // namespace

void NeedPage() {
  if (!HasPage()) PageHtml("", false);
}

std::string WriteReportPage(const std::vector<RunRecord>& runs, const std::string& data_dir,
                            const std::string& folder) {
  OwnedFolder(folder, IsPageOfAnEarlierNormlab).Check(kPage);
  std::map<std::string, std::optional<Dataset>> datasets;
  std::vector<PageStudy> studies;
  for (const RunRecord& run : runs) {
    const auto [entry, is_new] = datasets.try_emplace(run.dataset);
    if (is_new) entry->second = LoadTestImages(run.dataset, data_dir);
    studies.push_back({&run, entry->second ? &*entry->second : nullptr});
  }
  OwnedFolder(folder, IsPageOfAnEarlierNormlab).Write(kPage, PageHtml(PageData(studies), false));
  return fmt::format("{}/{}", folder, kPage);
}

std::string PageFolder(const std::vector<std::string>& folders) {
  return folders.size() == 1 ? folders.front() : ".";
}

}  // namespace normlab
