#include "report/readme/readme.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/text.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"
#include "report/sources/run_settings.h"

namespace normlab {
namespace {

constexpr std::size_t kMostReadme = 480 << 10;  // bytes; GitHub renders 512 KB
constexpr std::size_t kMostLogs = 200 << 10;

struct Section {
  std::string title, body;
};

ReadmeContext MakeContext(const RunRecord& run, const std::vector<RunRecord>& sources,
                          const ReportData& data, const ReportFigures& figures,
                          const std::vector<std::string>& warnings) {
  const ImageFacts facts = FactsOf(run, data);
  const bool counted = facts.counted && facts.test_images > 0;
  return {
      run,
      sources,
      data,
      figures,
      warnings,
      facts,
      GroupArms(run),
      ArmSettings(run),
      counted ? Findings(run, static_cast<int>(facts.test_images)) : std::vector<FindingSection>{}};
}

// Figures count upwards in the order of reading.
std::vector<Section> Sections(const ReadmeContext& context) {
  int figure = 0;
  std::vector<Section> sections;
  sections.push_back({"Objectives", ObjectivesSection(context)});
  sections.push_back({"Data set", DataSetSection(context, figure)});
  sections.push_back({"Model", ModelSection(context)});
  sections.push_back({"Why normalize, and how", NormalizationSection(context, figure)});
  sections.push_back({"Same conditions for all", TrainingSection(context)});
  sections.push_back({"Results", ResultsSection(context)});
  sections.push_back({"Beside the stored methods", StoredSection(context)});
  sections.push_back({"Graphs", GraphsSection(context, figure)});
  sections.push_back({"What each layer learned", LearnedSection(context, figure)});
  sections.push_back({"Statistics of batch normalization", StatisticsSection(context, figure)});
  sections.push_back({"Misclassified images", MisclassifiedSection(context, figure)});
  sections.push_back({"Findings", FindingsSection(context)});
  sections.push_back({"Training logs", ""});
  sections.push_back({"Run it again", AgainSection(context)});
  sections.push_back({"What is missing", MissingSection(context)});
  sections.push_back({"Environment", EnvironmentSection(context)});
  return sections;
}

std::string Contents(const std::vector<Section>& sections) {
  std::vector<std::string> links;
  for (const Section& section : sections) {
    if (!section.body.empty()) {
      links.push_back(fmt::format("[{}](#{})", section.title, Anchor(section.title)));
    }
  }
  return "\n" + Join(links, " · ") + "\n";
}

}  // namespace

std::string RunSubject(const RunRecord& run, const ReportData& data) {
  std::string model;
  for (const auto& settings : ArmSettings(run)) {
    const auto found = settings.find("model");
    const std::string found_model = found == settings.end() ? "" : found->second;
    if (!model.empty() && found_model != model) return FactsOf(run, data).title;
    model = found_model;
  }
  return FactsOf(run, data).title + (model.empty() ? "" : ", " + Shortened(model, 36));
}

std::string RunReadme(const RunRecord& run, const std::vector<RunRecord>& sources,
                      const ReportData& data, const ReportFigures& figures,
                      const std::vector<std::string>& warnings) {
  const ReadmeContext context = MakeContext(run, sources, data, figures, warnings);
  std::vector<Section> sections = Sections(context);
  const std::string head = TitleLine(context) + "\n" + SummarySection(context);
  std::size_t size = head.size();
  for (const Section& section : sections) size += section.title.size() + section.body.size() + 100;
  const std::size_t left = kMostReadme - std::min(kMostReadme, size);
  for (Section& section : sections) {
    if (section.title == "Training logs") {
      section.body = LogsSection(context, std::min(kMostLogs, left));
    }
  }
  std::string text = head + Contents(sections);
  for (const Section& section : sections) {
    if (section.body.empty()) continue;
    text += fmt::format("\n## {}\n{}{}", section.title, section.body.front() == '\n' ? "" : "\n",
                        section.body);
  }
  return fmt::format("{}\n{}\n", text, kReadmeMark);
}

}  // namespace normlab
