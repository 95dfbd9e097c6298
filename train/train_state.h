// What a training needs to go on after a kill: written after every epoch, read before the first.
#pragma once

#include <string>
#include <vector>

#include "engine/network.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include "train/trainer.h"
#include "train/weight_average.h"

namespace normlab {

// Names what the state belongs to: the options, the data, the augmentation and the scalar type, as
// JSON. A state is used for the same text only.
std::string TrainingIdentity(const TrainOptions& options, const Dataset& dataset,
                             const Augmentation* augmentation, std::size_t scalar_bytes);

template <typename T>
struct TrainState {
  Network<T>& network;
  Optimizer<T>& optimizer;
  Schedule& schedule;
  std::vector<EpochRecord>& epochs;
  StatisticsComparison<T>* comparison = nullptr;
  WeightAverage<T>* average = nullptr;
};

template <typename T>
void SaveTrainState(const std::string& path, const std::string& identity,
                    const TrainState<T>& state);

// Throws DataError when the file is broken or belongs to another training, naming the option.
template <typename T>
void LoadTrainState(const std::string& path, const std::string& identity,
                    const TrainState<T>& state);

}  // namespace normlab
