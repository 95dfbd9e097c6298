// What normalization did to the scale of activations and gradients, layer by layer.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/findings/answer.h"

namespace normlab {

// From layers.csv, at the first and the last epoch that all of a model's trainings recorded, each
// layer's value the mean over the seeds: over which range the standard deviation of the activations
// lies from layer to layer, before and after normalization; how many times the largest gradient
// norm of a layer is the smallest; and the layers whose batch statistics are farthest from the
// running ones. Taken over finished trainings, or where a model has none over those that diverged,
// which is said. Of more than eight models the first of every normalization is told. Plain text;
// empty where there are no such records. Nothing is tested here: the figures describe.
std::vector<std::string> LayerFindings(const RunRecord& run);

// How unlike the layers are, largest over smallest, under each model; in words of those that
// learned.
Answer LayerAnswer(const RunRecord& run, int test_images);

}  // namespace normlab
