#include "study/train_options.h"

#include "config/check.h"

namespace normlab {

TrainOptions MakeTrainOptions(const Config& config) {
  TrainOptions options;
  options.epochs = config.epochs;
  options.max_steps = config.max_steps;
  options.batch_size = config.batch_size;
  options.seed = config.seed;
  options.shuffle = config.shuffle;
  options.validation = config.validation;
  options.l1 = config.l1;
  options.l1_conv_only = config.l1_on == "conv";
  options.l2_conv_only = config.l2_on == "conv";
  options.optimizer = MakeOptimizerOptions(config);
  options.lr_multiplier = config.lr_multiplier;
  options.decay_multiplier = config.decay_multiplier;
  options.clip_norm = config.clip_norm;
  options.schedule = config.schedule;
  options.average = config.average;
  options.label_smoothing = config.label_smoothing;
  options.mix = config.mix;
  options.test_views = config.tta;
  return options;
}

}  // namespace normlab
