// The running values that a normalization evaluates with: put in place, taken as PyTorch takes
// them, and estimated anew.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/network.h"
#include "train/batches.h"

namespace normlab {

// Of every site its running values: laid out as Network::batch_statistics.
template <typename T>
using SiteStatistics = std::vector<T>;

// As a training begins: of batch normalization mean 0, variance 1.
template <typename T>
SiteStatistics<T> InitialStatistics(const std::vector<StatisticsSite>& sites);

// Evaluation uses these from now on. Where applications share their buffers, the last one's stay.
template <typename T>
void UseStatistics(const SiteStatistics<T>& statistics, Network<T>& network);

// running = (1 - momentum) running + momentum batch, as after a training pass: of each site by its
// own, or, `shared`, as PyTorch's module does that is called once for each application: one set
// that takes them one after the other.
template <typename T>
void UpdateRunning(const std::vector<StatisticsSite>& sites, std::span<const double> batch,
                   double momentum, bool shared, SiteStatistics<T>& running);

// Over all values that a site reads while `images` pass in evaluation mode (no dropout), batch
// after batch of network.max_batch(), each layer before it normalized with its batch's statistics:
// "precise" statistics, Wu & Johnson, "Rethinking 'Batch' in BatchNorm", 2021, section 3. Pairs of
// moments are those of all values together; another running value is its mean over the batches,
// each as often as it has images. The network is left as it was. Requires at least one image.
template <typename T>
SiteStatistics<double> EstimateStatistics(Network<T>& network, ImageBatch& source,
                                          const std::vector<std::uint32_t>& images);

// The same over what the applications of a block read together.
SiteStatistics<double> PooledOverApplications(const std::vector<StatisticsSite>& sites,
                                              const SiteStatistics<double>& statistics,
                                              std::size_t images);

}  // namespace normlab
