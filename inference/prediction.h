// What a trained network sees in pictures.
#pragma once

#include <string>
#include <vector>

#include "inference/checkpoint.h"
#include "inference/trained_network.h"

namespace normlab {

struct PredictedClass {
  int index = 0;              // into Checkpoint::class_names
  float log_probability = 0;  // the bits that an evaluation of the same image gives
};

struct Prediction {
  std::string path;
  Shape shape;                      // of the picture, upright
  int orientation = 1;              // by which it was turned (data/exif_orientation.h)
  std::vector<PredictedClass> top;  // the likeliest first; of equals the first class
  std::string error;                // not empty: why there is no prediction
  std::string warning;              // not empty: it looks like no picture of the training
};

struct PredictionOptions {
  int top = 5;  // classes of each picture, at most as many as there are
  EngineOptions engine;
};

// Of a picture's mean, in deviations of the training pixels from their mean: beyond it a picture is
// warned of. Of CIFAR-10's own training images 0.16 % are beyond it in a channel, of MNIST's and
// Fashion-MNIST's none (their farthest lie at 0.87 and 1.32); of MNIST's with dark and light
// exchanged 99 % are.
inline constexpr double kFarFromTraining = 1.8;

struct PictureList {
  std::vector<Prediction> pictures;
  std::vector<std::string> warnings;  // a line for each folder in which files were passed over
};

// Paths as given; a folder becomes the pictures in it that data/picture_listing.h finds, in the
// order of the names, not those of folders below. A folder without any has its own line, with
// `error`. "-" is standard input: throws UsageError where it is a terminal, or named twice.
PictureList ListPictures(const std::vector<std::string>& paths);

// Fills in what each picture without an error shows; one that cannot be read gets its error, and
// the others are predicted. A picture is fitted to the network as data/fit_image.h says. Throws
// DataError for a network whose output is not finite.
void PredictPictures(const Checkpoint& checkpoint, const ChannelStatistics& statistics,
                     const PredictionOptions& options, std::vector<Prediction>& pictures);

std::string PredictionTable(const Checkpoint& checkpoint, const std::vector<Prediction>& pictures);

// One JSON document with a field `schema`.
std::string PredictionJson(const Checkpoint& checkpoint, const PredictionOptions& options,
                           const std::vector<Prediction>& pictures);

}  // namespace normlab
