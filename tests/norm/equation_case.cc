#include "tests/norm/equation_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/philox.h"
#include "tests/norm/kinks.h"

namespace normlab::equation {
namespace {

// Draws of one case, one after the other.
class Values {
 public:
  Values(std::uint64_t seed, std::uint32_t item) : random_(seed, Purpose::kSamples, 1, item) {}

  double Uniform(const Range& range) {
    return static_cast<float>(random_.Uniform(range.low, range.high));
  }
  // Nearly normal, within +-3.5: a sum of uniform draws.
  double Normal() {
    double sum = 0;
    for (int i = 0; i < 7; ++i) sum += random_.Uniform(-1, 1);
    return static_cast<float>(sum / 2);
  }
  bool Chance(double probability) { return random_.Uniform() < probability; }
  template <std::size_t count>
  int OneOf(const int (&of)[count]) {
    return of[random_.Below(static_cast<std::uint32_t>(count))];
  }

 private:
  RandomStream random_;
};

constexpr int kImages[] = {1, 2, 3, 5, 9, 15, 16, 17, 33},
              kGhosts[] = {0, 1, 2, 3, 4, 7, 8, 16, 20}, kGroups[] = {1, 2, 3},
              kMembers[] = {1, 2, 3, 4}, kRows[] = {1, 2, 3, 5, 7}, kColumns[] = {1, 2, 3, 4};

Extents RandomExtents(Values& values) {
  Extents extents;
  extents.images = values.OneOf(kImages);
  extents.ghost = values.Chance(0.6) ? values.OneOf(kGhosts) : 0;
  extents.groups = values.OneOf(kGroups);
  extents.channels = extents.groups * values.OneOf(kMembers);
  extents.rows = values.OneOf(kRows);
  do {
    extents.columns = values.OneOf(kColumns);
  } while (extents.columns == extents.rows && extents.rows > 1);
  return extents;
}

// How x lies: all of it shifted, some channels constant.
struct InputShape {
  double shift = 0;
  std::vector<bool> constant;  // by channel
};

void DrawX(Values& values, const InputShape& shape, EquationCase& one,
           const std::vector<bool>* which = nullptr) {
  one.x.resize(one.extents.size(Axes::All()));
  const double constant = shape.shift + 0.75;
  ForEachPlace(one.extents, Axes::All(), [&](std::size_t i, const Place& place) {
    if (which != nullptr && !(*which)[i]) return;
    const int channel = place.group * one.extents.group_channels() + place.group_channel;
    one.x[i] = shape.constant[static_cast<std::size_t>(channel)]
                   ? constant
                   : static_cast<float>(values.Normal() + shape.shift);
  });
}

void DrawLearned(Values& values, EquationCase& one) {
  one.learned.clear();
  for (const Learned& learned : one.equation.learned) {
    const bool gain = learned.name.starts_with("g");
    Doubles& drawn = one.learned.emplace_back(one.extents.size(learned.axes));
    for (double& value : drawn) {
      value = values.Uniform(gain ? Range{0.5, 1.5} : LearnedRange(learned.name));
    }
  }
}

// First anything that fits; then near what the batch has, so that an evaluation is tame too.
void DrawRunning(Values& values, const RandomEquation& random, EquationCase& one) {
  const auto& statements = one.equation.statements;
  one.running.assign(statements.size(), {});
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (!statements[i].running) continue;
    const Axes axes = one.equation.nodes[statements[i].node].axes.Without(Axes::Images());
    const auto known = random.statements.find(statements[i].name);
    const Range range = known == random.statements.end() ? Range{0.5, 1.5} : known->second;
    const double low = std::clamp(range.low, -1.5, std::max(0.5, range.low));
    for (std::size_t e = one.extents.size(axes); e > 0; --e) {
      one.running[i].push_back(values.Uniform({low, std::clamp(range.high, low, low + 2)}));
    }
  }
  Twin<double> twin(one.equation, one.extents, one.constants);
  twin.Forward(one.x, one.learned, one.running, true);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (!statements[i].running) continue;
    one.running[i] = twin.Observed(i);
    for (double& value : one.running[i])
      value = static_cast<float>(value * values.Uniform({0.8, 1.2}));
  }
}

bool Tame(const Doubles& values) { return Largest(values) < 1e6; }

bool AllTame(const EquationCase& one) {
  for (const bool training : {true, false}) {
    Twin<double> twin(one.equation, one.extents, one.constants);
    twin.Forward(one.x, one.learned, one.running, training);
    twin.Backward(one.y_gradient);
    bool tame = Tame(twin.y()) && Tame(twin.x_gradient());
    for (std::size_t i = 0; i < one.learned.size(); ++i)
      tame = tame && Tame(twin.learned_gradient(i));
    for (const Doubles& running : one.running) tame = tame && Tame(running);
    if (!tame) return false;
  }
  return true;
}

// The places of x whose values must be drawn anew; what no x moves asks for other parameters.
struct Anew {
  std::vector<bool> x;
  bool any = false, parameters = false;
};

void AddMarks(const EquationCase& one, bool training, const std::vector<bool>& depends,
              Anew& anew) {
  Twin<double> twin(one.equation, one.extents, one.constants);
  twin.Forward(one.x, one.learned, one.running, training);
  const Marks marks = NearKinks(one, twin, training);
  for (std::size_t node = 0; node < marks.size(); ++node) {
    if (marks[node].empty()) continue;
    anew.any = true;
    if (!depends[node]) {
      anew.parameters = true;
      continue;
    }
    const Axes axes = one.equation.nodes[node].axes;
    ForEachPlace(one.extents, Axes::All(), [&](std::size_t i, const Place& place) {
      if (marks[node][IndexAt(one.extents, axes, place)]) anew.x[i] = true;
    });
  }
}

bool DrawValues(std::uint64_t seed, std::uint32_t item, const RandomEquation& random,
                EquationCase& one) {
  Values values(seed, item);
  InputShape shape;
  shape.shift = values.Chance(0.3) ? 10 : 0;
  const bool constants = values.Chance(0.3);
  for (int c = 0; c < one.extents.channels; ++c) {
    shape.constant.push_back(constants && values.Chance(0.4));
  }
  DrawX(values, shape, one);
  DrawLearned(values, one);
  DrawRunning(values, random, one);
  one.y_gradient.resize(one.x.size());
  for (double& value : one.y_gradient) value = values.Uniform({-1, 1});
  const std::vector<bool> depends = DependsOnX(one.equation);
  for (int round = 0; round < 12; ++round) {
    Anew anew{std::vector<bool>(one.x.size())};
    AddMarks(one, true, depends, anew);
    AddMarks(one, false, depends, anew);
    if (!anew.any) return AllTame(one);
    DrawX(values, shape, one, &anew.x);
    if (anew.parameters) DrawLearned(values, one);
    DrawRunning(values, random, one);
  }
  return false;
}

}  // namespace

double Largest(const Doubles& values) {
  double largest = 0;
  for (const double value : values) {
    if (!(std::abs(value) <= largest)) largest = std::abs(value);
  }
  return largest;
}

EquationCase Neighbour(EquationCase one, std::uint32_t item) {
  RandomStream random(one.seed, Purpose::kSamples, 4, item);
  const auto move = [&](Doubles& values) {
    for (double& value : values) {
      const float to = random.Uniform(-1, 1) < 0 ? -1e30f : 1e30f;
      if (random.Uniform() < 0.7) value = std::nextafter(static_cast<float>(value), to);
    }
  };
  move(one.x);
  move(one.y_gradient);
  for (Doubles& learned : one.learned) move(learned);
  return one;
}

bool VarianceOfOneValue(const Equation& equation, const Extents& extents) {
  return std::ranges::any_of(equation.nodes, [&](const Node& node) {
    if (node.kind != Node::Kind::kReduction || node.reduction != Reduction::kVar) return false;
    int count = (node.pooled.Has(Axes::Groups()) ? extents.groups : 1) *
                (node.pooled.Has(Axes::GroupChannels()) ? extents.group_channels() : 1) *
                (node.pooled.Has(Axes::Rows()) ? extents.rows : 1) *
                (node.pooled.Has(Axes::Columns()) ? extents.columns : 1);
    if (node.pooled.Has(Axes::Images())) {
      count *= extents.images;
    } else if (node.pooled.HasAny(
                   Axes::Images())) {  // the first ghost batch, or the last, is least
      count *= std::min(extents.GhostImages(0), extents.GhostImages(extents.ghost_batches() - 1));
    }
    return count < 2;
  });
}

std::string EquationCase::Told() const {
  return fmt::format("seed {}: {} images of {}x{}x{}, groups {}, ghost {}, eps {}, step {}:\n{}\n",
                     seed, extents.images, extents.channels, extents.rows, extents.columns,
                     extents.groups, extents.ghost, constants.eps, constants.step, text);
}

EquationCase MakeRandomCase(std::uint64_t seed) {
  for (std::uint32_t attempt = 0;; ++attempt) {
    const RandomEquation random = MakeRandomEquation(seed * 1000 + attempt);
    EquationCase one;
    one.seed = seed;
    one.text = random.text;
    one.equation = ParseEquation(random.text);
    Values values(seed, attempt);
    constexpr double kEps[] = {1e-5, 1e-3, 0.1};
    one.constants = {.eps = kEps[values.OneOf({0, 1, 2})],
                     .momentum = values.Chance(0.5) ? 0.1 : 0.3,
                     .step = static_cast<double>(values.OneOf({0, 1, 3, 5, 8, 20}))};
    for (std::uint32_t trial = 0; trial < 6; ++trial) {
      one.extents = RandomExtents(values);
      if (VarianceOfOneValue(one.equation, one.extents)) continue;
      if (DrawValues(seed, 1000 * (attempt + 1) + trial, random, one)) return one;
    }
  }
}

EquationCase MakeCase(const std::string& text, const Extents& extents, std::uint64_t seed,
                      Domain domain) {
  EquationCase one;
  one.seed = seed;
  one.text = text;
  one.equation = ParseEquation(text, domain);
  one.extents = extents;
  one.constants = {.eps = 1e-3, .momentum = 0.3, .step = 5};
  for (std::uint32_t trial = 0; trial < 100; ++trial) {
    if (DrawValues(seed, trial, {}, one)) return one;
  }
  return one;
}

}  // namespace normlab::equation
