#include "train/site_statistics.h"

#include <algorithm>
#include <cassert>

namespace normlab {
namespace {

// First and second moment of a channel, and of how many values.
struct RawMoments {
  double count = 0, sum = 0, squares = 0;

  void Add(double values, double mean, double unbiased_variance) {
    count += values;
    sum += values * mean;
    squares += (values - 1) * unbiased_variance + values * mean * mean;
  }
  double mean() const { return sum / count; }
  double unbiased_variance() const {
    return std::max(squares - sum * sum / count, 0.0) / std::max(count - 1, 1.0);
  }
};

std::size_t TotalSize(const std::vector<StatisticsSite>& sites) {
  return sites.empty() ? 0 : sites.back().batch + 2 * sites.back().channels;
}

// Laid out as the statistics are, in the place of the means.
using AllMoments = std::vector<RawMoments>;

void Add(const StatisticsSite& site, std::span<const double> statistics, std::size_t images,
         std::size_t at, AllMoments& moments) {
  const double values = static_cast<double>(images * site.pixels);
  for (std::size_t c = 0; c < site.channels; ++c) {
    moments[at + c].Add(values, statistics[site.batch + c],
                        statistics[site.batch + site.channels + c]);
  }
}

void Put(const StatisticsSite& site, const AllMoments& moments, std::size_t at,
         SiteStatistics<double>& statistics) {
  for (std::size_t c = 0; c < site.channels; ++c) {
    statistics[site.batch + c] = moments[at + c].mean();
    statistics[site.batch + site.channels + c] = moments[at + c].unbiased_variance();
  }
}

// The site of the first application of each one's unit.
std::vector<const StatisticsSite*> FirstSites(const std::vector<StatisticsSite>& sites) {
  std::vector<const StatisticsSite*> first;
  for (const StatisticsSite& site : sites) {
    first.push_back(site.application == 1 ? &site : first.back());
  }
  return first;
}

}  // namespace

template <typename T>
SiteStatistics<T> InitialStatistics(const std::vector<StatisticsSite>& sites) {
  SiteStatistics<T> statistics(TotalSize(sites));
  for (const StatisticsSite& site : sites) {
    std::fill_n(statistics.begin() + static_cast<std::ptrdiff_t>(site.batch + site.channels),
                site.channels, T{1});
  }
  return statistics;
}

template <typename T>
void UseStatistics(const SiteStatistics<T>& statistics, Network<T>& network) {
  for (const StatisticsSite& site : network.statistics_sites()) {
    const auto first = statistics.begin() + static_cast<std::ptrdiff_t>(site.batch);
    std::copy_n(first, site.channels, network.buffers().begin() + site.running_mean);
    std::copy_n(first + site.channels, site.channels, network.buffers().begin() + site.running_var);
  }
}

template <typename T>
void UpdateRunning(const std::vector<StatisticsSite>& sites, std::span<const double> batch,
                   double momentum, bool shared, SiteStatistics<T>& running) {
  const StatisticsSite* before = nullptr;  // the application before, of the same unit
  for (const StatisticsSite& site : sites) {
    const std::size_t size = 2 * site.channels;
    const bool goes_on = shared && site.application > 1;
    for (std::size_t i = 0; i < size; ++i) {
      const T old = running[(goes_on ? before->batch : site.batch) + i];
      running[site.batch + i] =
          static_cast<T>((1 - momentum) * old + momentum * batch[site.batch + i]);
    }
    before = &site;
  }
  if (!shared) return;
  // All applications hold what the last one left.
  for (auto site = sites.rbegin(); site != sites.rend(); ++site) {
    if (site->application == 1) continue;
    const auto next = running.begin() + static_cast<std::ptrdiff_t>(site->batch);
    std::copy_n(next, 2 * site->channels,
                running.begin() + static_cast<std::ptrdiff_t>(std::next(site)->batch));
  }
}

template <typename T>
SiteStatistics<double> EstimateStatistics(Network<T>& network, ImageBatch& source,
                                          const std::vector<std::uint32_t>& images) {
  assert(!images.empty());
  const std::vector<StatisticsSite>& sites = network.statistics_sites();
  AllMoments moments(TotalSize(sites));
  const std::size_t largest = static_cast<std::size_t>(network.max_batch());
  for (std::size_t first = 0; first < images.size(); first += largest) {
    const std::size_t count = std::min(largest, images.size() - first);
    network.EvaluateOnBatchStatistics(source.Take(&images[first], static_cast<int>(count), 0), {});
    for (const StatisticsSite& site : sites) {
      Add(site, network.batch_statistics(), count, site.batch, moments);
    }
  }
  SiteStatistics<double> statistics(moments.size());
  for (const StatisticsSite& site : sites) Put(site, moments, site.batch, statistics);
  return statistics;
}

SiteStatistics<double> PooledOverApplications(const std::vector<StatisticsSite>& sites,
                                              const SiteStatistics<double>& statistics,
                                              std::size_t images) {
  const std::vector<const StatisticsSite*> first = FirstSites(sites);
  AllMoments moments(statistics.size());
  for (std::size_t i = 0; i < sites.size(); ++i) {
    Add(sites[i], statistics, images, first[i]->batch, moments);
  }
  SiteStatistics<double> pooled(statistics.size());
  for (std::size_t i = 0; i < sites.size(); ++i) Put(sites[i], moments, first[i]->batch, pooled);
  return pooled;
}

template SiteStatistics<float> InitialStatistics(const std::vector<StatisticsSite>&);
template SiteStatistics<double> InitialStatistics(const std::vector<StatisticsSite>&);
template void UseStatistics(const SiteStatistics<float>&, Network<float>&);
template void UseStatistics(const SiteStatistics<double>&, Network<double>&);
template void UpdateRunning(const std::vector<StatisticsSite>&, std::span<const double>, double,
                            bool, SiteStatistics<float>&);
template void UpdateRunning(const std::vector<StatisticsSite>&, std::span<const double>, double,
                            bool, SiteStatistics<double>&);
template SiteStatistics<double> EstimateStatistics(Network<float>&, ImageBatch&,
                                                   const std::vector<std::uint32_t>&);
template SiteStatistics<double> EstimateStatistics(Network<double>&, ImageBatch&,
                                                   const std::vector<std::uint32_t>&);

}  // namespace normlab
