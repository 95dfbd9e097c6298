#include "study/train_options.h"

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
  options.optimizer.name = config.optimizer;
  options.optimizer.lr = config.lr;
  options.optimizer.momentum = config.momentum;
  options.optimizer.nesterov = config.nesterov;
  options.optimizer.weight_decay = config.l2;
  options.schedule = config.schedule;
  return options;
}

}  // namespace normlab
