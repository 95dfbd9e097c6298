// Which figures the report of a run has, and in which of its sections they stand.
#pragma once

#include <string>
#include <vector>

#include "report/figures/figure.h"
#include "report/sources/report_data.h"
#include "report/summary/summary.h"

namespace normlab {

// With more models than this, figures of all together are tangled and galleries of all too many.
inline constexpr std::size_t kFewModels = 8;
// So many lines have room for their names beside each other; more of them are not drawn together.
inline constexpr std::size_t kMostLines = 16;
// So many models have a figure of their own.
inline constexpr std::size_t kMostModelFigures = 60;

struct LearnedFigures {
  std::string label;          // of the model
  std::vector<Figure> first;  // LearnedParts::first
  std::vector<Figure> rest;   // the others, of few models
};

struct ReportFigures {
  std::vector<Figure> together;    // test loss and accuracy of all models, if they are few
  std::vector<Figure> best;        // of the best of each normalization, if any has several
  std::vector<Figure> families;    // of each normalization that has several models
  std::vector<Figure> tangle;      // of all models, if they are many but can be drawn
  std::vector<Figure> layers;      // scale layer by layer
  std::vector<Figure> models;      // train and test of each
  std::vector<Figure> statistics;  // of each model that was tested with several, in order
  // Of each model whose layers learned more than filters, in order.
  std::vector<LearnedFigures> learned;
  std::vector<Figure> galleries;  // of each model that misses any image, or of the best
  std::vector<Figure> samples;
};

// The training whose misses a gallery shows: the model's first finished one, else its first.
const ArmRecord& GalleryArm(const Model& model);

// Models that have a gallery, as indices into GroupArms(run): all, or where they are many the best
// of each normalization.
std::vector<std::size_t> GalleryModels(const RunRecord& run, const std::vector<Model>& models);

// `subject` says what was trained, for the titles. Without a data set there are no galleries and no
// samples. Throws DataError where the run's records contradict the data set.
ReportFigures MakeRunFigures(const RunRecord& run, const ReportData& data,
                             const std::string& subject);

}  // namespace normlab
