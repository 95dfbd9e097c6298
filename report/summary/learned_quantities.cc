#include "report/summary/learned_quantities.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

namespace normlab {
namespace {

LearnedKind KindOf(const LearnedValue& row) {
  if (row.is_statement) return LearnedKind::kStatement;
  const bool affine = row.part == "norm" && (row.name == "weight" || row.name == "bias");
  return affine ? LearnedKind::kAffine : LearnedKind::kOwn;
}

int LastEpoch(const ArmRecord& arm) { return arm.learned.empty() ? 0 : arm.learned.back().epoch; }

// Of one value of one layer, a row of each training by its epoch.
using Rows = std::vector<std::map<int, const LearnedValue*>>;

LearnedLayer LayerOf(const std::string& layer, const Rows& rows, int last) {
  LearnedLayer result{layer, 1, {}, INFINITY, -INFINITY};
  for (int epoch = 1; epoch <= last; ++epoch) {
    std::vector<double> means;
    for (const auto& training : rows) {
      const auto found = training.find(epoch);
      if (found == training.end()) continue;
      means.push_back(found->second->mean);
      result.count = found->second->count;
      if (epoch < last) continue;
      result.lowest = std::min(result.lowest, found->second->lowest);
      result.highest = std::max(result.highest, found->second->highest);
    }
    CurvePoint point{epoch, NAN, NAN, NAN};
    if (means.size() == rows.size()) {
      const auto [low, high] = std::ranges::minmax(means);
      point = {epoch, SummarizeSample(means).mean, low, high};
    }
    result.points.push_back(point);
  }
  return result;
}

LearnedQuantity& QuantityOf(const LearnedValue& row, std::vector<LearnedQuantity>& all) {
  const auto found = std::ranges::find_if(all, [&](const LearnedQuantity& each) {
    return each.part == row.part && each.name == row.name && each.kind == KindOf(row);
  });
  if (found != all.end()) return *found;
  return all.emplace_back(LearnedQuantity{row.part, row.name, KindOf(row), {}});
}

}  // namespace

std::vector<LearnedQuantity> LearnedQuantities(const Model& model) {
  std::vector<const ArmRecord*> arms = CurveArms(model);
  std::erase_if(arms, [](const ArmRecord* arm) { return arm->learned.empty(); });
  if (arms.empty()) return {};
  int last = LastEpoch(*arms.front());
  for (const ArmRecord* arm : arms) last = std::min(last, LastEpoch(*arm));
  std::vector<LearnedQuantity> quantities;
  using Key = std::tuple<std::string, std::string, LearnedKind, std::string>;
  std::map<Key, Rows> rows;
  for (std::size_t a = 0; a < arms.size(); ++a) {
    for (const LearnedValue& row : arms[a]->learned) {
      Rows& own = rows[{row.part, row.name, KindOf(row), row.layer}];
      if (own.empty()) {
        own.resize(arms.size());
        QuantityOf(row, quantities).layers.push_back({row.layer, row.count, {}, 0, 0});
      }
      own[a][row.epoch] = &row;
    }
  }
  for (LearnedQuantity& quantity : quantities) {
    for (LearnedLayer& layer : quantity.layers) {
      layer = LayerOf(layer.layer, rows[{quantity.part, quantity.name, quantity.kind, layer.layer}],
                      last);
    }
  }
  std::ranges::stable_sort(quantities, {}, &LearnedQuantity::kind);
  return quantities;
}

LearnedParts PartsOf(std::vector<LearnedQuantity> quantities) {
  const bool statements = !quantities.empty() && quantities.front().kind == LearnedKind::kStatement;
  const LearnedKind first = statements ? LearnedKind::kStatement : LearnedKind::kOwn;
  LearnedParts parts;
  for (LearnedQuantity& each : quantities) {
    (each.kind == first ? parts.first : parts.rest).push_back(std::move(each));
  }
  return parts;
}

}  // namespace normlab
