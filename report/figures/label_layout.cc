#include "report/figures/label_layout.h"

#include <algorithm>
#include <numeric>

namespace normlab {
namespace {

// Labels that touch: item i of the cluster lies at base + i * gap.
struct Cluster {
  std::size_t count = 0;
  double sum = 0;  // of wanted_i - i * gap, i counted within the cluster
  double base() const { return sum / static_cast<double>(count); }
};

// Pool adjacent violators: `wanted` ascending.
std::vector<double> PushApart(const std::vector<double>& wanted, double gap) {
  std::vector<Cluster> clusters;
  for (double place : wanted) {
    clusters.push_back({1, place});
    while (clusters.size() > 1) {
      const Cluster last = clusters.back();
      Cluster& before = clusters[clusters.size() - 2];
      const double shift = static_cast<double>(before.count) * gap;
      if (before.base() + shift <= last.base()) break;
      before.sum += last.sum - static_cast<double>(last.count) * shift;
      before.count += last.count;
      clusters.pop_back();
    }
  }
  std::vector<double> places;
  for (const Cluster& cluster : clusters) {
    for (std::size_t i = 0; i < cluster.count; ++i) {
      places.push_back(cluster.base() + static_cast<double>(i) * gap);
    }
  }
  return places;
}

}  // namespace

std::vector<double> SpreadLabels(const std::vector<double>& wanted, double gap, double low,
                                 double high) {
  const std::size_t n = wanted.size();
  if (n == 0) return {};
  if (n > 1) gap = std::min(gap, (high - low) / static_cast<double>(n - 1));
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
  std::vector<double> places;
  for (std::size_t i : order) places.push_back(wanted[i]);
  places = PushApart(places, gap);
  double floor = low;
  for (double& place : places) {
    place = std::max(place, floor);
    floor = place + gap;
  }
  double ceiling = high;
  for (std::size_t i = n; i-- > 0;) {
    places[i] = std::min(places[i], ceiling);
    ceiling = places[i] - gap;
  }
  std::vector<double> result(n);
  for (std::size_t i = 0; i < n; ++i) result[order[i]] = places[i];
  return result;
}

}  // namespace normlab
