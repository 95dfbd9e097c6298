// What the sections of a README are written from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/figures/run_figures.h"
#include "report/findings/findings.h"
#include "report/sources/report_data.h"
#include "report/summary/summary.h"

namespace normlab {

struct ReadmeContext {
  const RunRecord& run;                   // every arm that the report shows
  const std::vector<RunRecord>& sources;  // the folders that they are from: one or several
  const ReportData& data;
  const ReportFigures& figures;
  const std::vector<std::string>& warnings;  // what could not be drawn
  ImageFacts images;
  std::vector<Model> models;                                 // GroupArms(run)
  std::vector<std::map<std::string, std::string>> settings;  // ArmSettings(run)
  std::vector<FindingSection> findings;  // none where the test images are not counted

  bool several_sources() const { return sources.size() > 1; }
};

// The arm's value of a key; empty where it is not known.
std::string SettingOf(const ReadmeContext& context, std::size_t arm, const std::string& key);
// The value that all arms have; empty where they differ or it is not known.
std::string SharedSetting(const ReadmeContext& context, const std::string& key);

// What FindNormMethod takes: a method's name, or the text of a user's own.
std::string NormOf(const ReadmeContext& context, std::size_t arm);

// Learned values of the arm's network, as it was recorded or else from its settings; 0 where
// neither is known.
std::size_t ParametersOf(const ReadmeContext& context, const ArmRecord& arm);

}  // namespace normlab
