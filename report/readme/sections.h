// The sections of a run's README, in the order of reading. Each gives Markdown without its heading;
// nothing where it has nothing to say. Words from files are escaped.
#pragma once

#include <cstddef>
#include <string>

#include "report/readme/context.h"

namespace normlab {

// "recipe: models on data set", as a level 1 heading.
std::string TitleLine(const ReadmeContext& context);
// One paragraph and the main table.
std::string SummarySection(const ReadmeContext& context);
// The recipe's limits, and which models keep them.
std::string ObjectivesSection(const ReadmeContext& context);
// Counts, statistics, samples. `figure`, here and below: the number of the last figure so far.
std::string DataSetSection(const ReadmeContext& context, int& figure);
// Layers, parameters, receptive field.
std::string ModelSection(const ReadmeContext& context);
// Why one normalizes, how each method does it, a worked example of each.
std::string NormalizationSection(const ReadmeContext& context, int& figure);
// What all trainings share, and the proof.
std::string TrainingSection(const ReadmeContext& context);
std::string ResultsSection(const ReadmeContext& context);
// Of a run of the recipe `zoo`: its models among those that the repository keeps.
std::string StoredSection(const ReadmeContext& context);
std::string GraphsSection(const ReadmeContext& context, int& figure);
// What the normalizations' learned values became, layer by layer; only where they were recorded and
// a model has others than weight and bias, or the models are few.
std::string LearnedSection(const ReadmeContext& context, int& figure);
// One batch normalization under each kind of statistics; only where they were compared.
std::string StatisticsSection(const ReadmeContext& context, int& figure);
std::string MisclassifiedSection(const ReadmeContext& context, int& figure);
std::string FindingsSection(const ReadmeContext& context);
// At most `budget` bytes: with many arms the last epochs of each.
std::string LogsSection(const ReadmeContext& context, std::size_t budget);
std::string AgainSection(const ReadmeContext& context);
std::string MissingSection(const ReadmeContext& context);
std::string EnvironmentSection(const ReadmeContext& context);

}  // namespace normlab
