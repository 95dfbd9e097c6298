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
  return sites.empty() ? 0 : sites.back().batch() + sites.back().size();
}

// Laid out as the statistics are; of a pair of moments in the place of the means.
using AllMoments = std::vector<RawMoments>;

bool IsPaired(const StatisticsSite& site, std::size_t value) {
  return std::ranges::any_of(site.moments, [&](const RunningMoments& pair) {
    return pair.mean == value || pair.variance == value;
  });
}

// Calls visit(place of an average in the statistics) for each number that is in no pair, and
// visit_pair(place of the mean, place of the variance, values of an image) for each that is.
template <class Visit, class VisitPair>
void VisitNumbers(const StatisticsSite& site, const Visit& visit, const VisitPair& visit_pair) {
  for (const RunningMoments& pair : site.moments) {
    const RunningValue &mean = site.values[pair.mean], &variance = site.values[pair.variance];
    for (std::size_t i = 0; i < mean.size; ++i) {
      visit_pair(mean.batch + i, variance.batch + i, pair.values);
    }
  }
  for (std::size_t value = 0; value < site.values.size(); ++value) {
    if (IsPaired(site, value)) continue;
    for (std::size_t i = 0; i < site.values[value].size; ++i) visit(site.values[value].batch + i);
  }
}

// To the moments of `into`, an application of the same unit.
void Add(const StatisticsSite& site, std::span<const double> statistics, std::size_t images,
         const StatisticsSite& into, AllMoments& moments) {
  const std::size_t from = site.batch(), to = into.batch();
  VisitNumbers(
      site,
      [&](std::size_t at) {
        moments[at - from + to].Add(static_cast<double>(images), statistics[at], 0);
      },
      [&](std::size_t mean, std::size_t variance, std::size_t values) {
        moments[mean - from + to].Add(static_cast<double>(images * values), statistics[mean],
                                      statistics[variance]);
      });
}

void Put(const StatisticsSite& site, const AllMoments& moments, const StatisticsSite& of,
         SiteStatistics<double>& statistics) {
  const std::size_t to = site.batch(), from = of.batch();
  VisitNumbers(
      site, [&](std::size_t at) { statistics[at] = moments[at - to + from].mean(); },
      [&](std::size_t mean, std::size_t variance, std::size_t) {
        statistics[mean] = moments[mean - to + from].mean();
        statistics[variance] = moments[mean - to + from].unbiased_variance();
      });
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
    for (const RunningValue& value : site.values) {
      std::fill_n(statistics.begin() + static_cast<std::ptrdiff_t>(value.batch), value.size,
                  static_cast<T>(value.initial));
    }
  }
  return statistics;
}

template <typename T>
void UseStatistics(const SiteStatistics<T>& statistics, Network<T>& network) {
  for (const StatisticsSite& site : network.statistics_sites()) {
    for (const RunningValue& value : site.values) {
      std::copy_n(statistics.begin() + static_cast<std::ptrdiff_t>(value.batch), value.size,
                  network.buffers().begin() + static_cast<std::ptrdiff_t>(value.buffer));
    }
  }
}

template <typename T>
void UpdateRunning(const std::vector<StatisticsSite>& sites, std::span<const double> batch,
                   double momentum, bool shared, SiteStatistics<T>& running) {
  const StatisticsSite* before = nullptr;  // the application before, of the same unit
  for (const StatisticsSite& site : sites) {
    const std::size_t at = site.batch();
    const bool goes_on = shared && site.application > 1;
    for (std::size_t i = 0; i < site.size(); ++i) {
      const T old = running[(goes_on ? before->batch() : at) + i];
      running[at + i] = static_cast<T>((1 - momentum) * old + momentum * batch[at + i]);
    }
    before = &site;
  }
  if (!shared) return;
  // All applications hold what the last one left.
  for (auto site = sites.rbegin(); site != sites.rend(); ++site) {
    if (site->application == 1) continue;
    const auto next = running.begin() + static_cast<std::ptrdiff_t>(site->batch());
    std::copy_n(next, site->size(),
                running.begin() + static_cast<std::ptrdiff_t>(std::next(site)->batch()));
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
      Add(site, network.batch_statistics(), count, site, moments);
    }
  }
  SiteStatistics<double> statistics(moments.size());
  for (const StatisticsSite& site : sites) Put(site, moments, site, statistics);
  return statistics;
}

SiteStatistics<double> PooledOverApplications(const std::vector<StatisticsSite>& sites,
                                              const SiteStatistics<double>& statistics,
                                              std::size_t images) {
  const std::vector<const StatisticsSite*> first = FirstSites(sites);
  AllMoments moments(statistics.size());
  for (std::size_t i = 0; i < sites.size(); ++i) {
    Add(sites[i], statistics, images, *first[i], moments);
  }
  SiteStatistics<double> pooled(statistics.size());
  for (std::size_t i = 0; i < sites.size(); ++i) Put(sites[i], moments, *first[i], pooled);
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
