#include "norm/opencl/equation_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "norm/equation/twin.h"
#include "norm/equation_operation.h"
#include "norm/opencl/expression_text.h"
#include "norm/opencl/reductions.h"
#include "operations/opencl/launches.h"

namespace normlab::opencl {
namespace {

using equation::Axes;
using program::Expressions;
using program::Node;

program::Settings SettingsOf(const DevicePlacement& placement) {
  const equation::Extents extents = ExtentsOf(placement.attributes, placement.output, 1);
  return {
      .extents = {extents.groups, extents.channels / extents.groups, extents.rows, extents.columns},
      .has_ghosts = extents.ghost > 0,
      .ghost = extents.ghost,
      .eps = placement.attributes["eps"],
      .momentum = placement.attributes["momentum"]};
}

// A running value's numbers among those that a pass leaves: [cell], or [cell][image] where ghost
// batches have their own; each begins at a multiple of 16.
struct ObservedValue {
  std::size_t first = 0, cells = 0, values = 0;  // values: that are pooled of an image
  bool of_ghosts = false, unbiased = false;
};

std::vector<ObservedValue> ObservedOf(const equation::Equation& equation,
                                      const program::Settings& settings, int images) {
  std::vector<ObservedValue> all;
  std::size_t first = 0;
  for (const equation::Statement& statement : equation.statements) {
    if (!statement.running) continue;
    const equation::Node& node = equation.nodes[statement.node];
    ObservedValue value = {first, CellCount(settings.extents, node.axes),
                           settings.extents.size(program::LocalAxes(node.pooled)),
                           settings.has_ghosts && program::CrossesImages(node.axes),
                           statement.running->unbiased};
    const std::size_t size = value.cells * (value.of_ghosts ? static_cast<std::size_t>(images) : 1);
    first += (size + 15) / 16 * 16;
    all.push_back(value);
  }
  return all;
}

// The mean over the ghost batches of what each pooled; a variance unbiased, that of a lone value 0.
double MeanOverGhosts(const ObservedValue& value, std::span<const float> of_cell, int images,
                      int ghost) {
  const auto unbiased = [&](int first, int end) {
    const double count = static_cast<double>(value.values) * (end - first);
    const double factor = !value.unbiased ? 1 : count > 1 ? count / (count - 1) : 0;
    return factor * double{of_cell[value.of_ghosts ? static_cast<std::size_t>(first) : 0]};
  };
  if (!value.of_ghosts) return unbiased(0, images);
  double sum = 0;
  int ghosts = 0;
  for (int first = 0; first < images; first += ghost, ++ghosts) {
    sum += unbiased(first, std::min(first + ghost, images));
  }
  return sum / ghosts;
}

// One of the two programs: of training, or of evaluation by running values.
class Half {
 public:
  Half(const equation::Method& method, const DevicePlacement& placement, bool training,
       int ramp_word, DeviceWork& work)
      : method_(method),
        placement_(placement),
        expressions_(program::Express(method.equation, SettingsOf(placement), training,
                                      training && placement.has_gradient[0])),
        work_(work),
        reductions_(expressions_, placement.device, work) {
    StoredNodes& stored = reductions_.stored();
    stored.ramp_word = ramp_word;
    stored.ghost = static_cast<int>(placement.attributes.Or("ghost", 0));
    int state = 0;
    for (const equation::Statement& statement : method.equation.statements) {
      stored.states.push_back(statement.running ? state++ : -1);
    }
  }

  const Expressions& expressions() const { return expressions_; }

  std::vector<Launch> Forward() {
    std::vector<Launch> launches;
    std::vector<int> wanted = {expressions_.y};
    for (const int node : expressions_.observed) {
      if (node >= 0) wanted.push_back(node);
    }
    reductions_.Add(wanted, launches);
    launches.push_back(Map(expressions_.y, {"y", Slot::kOutput}, Observed()));
    return launches;
  }

  std::vector<Launch> Backward() {
    std::vector<Launch> launches;
    std::vector<int> wanted;
    for (const program::LearnedGradient& of : expressions_.learned) {
      for (const int node : {of.of_batch, of.of_images}) {
        if (node >= 0) wanted.push_back(node);
      }
    }
    if (expressions_.dx >= 0) wanted.push_back(expressions_.dx);
    reductions_.Add(wanted, launches);
    AddSums(launches);
    if (expressions_.dx >= 0) {
      launches.push_back(Map(expressions_.dx, {"dx", Slot::kInputGradient}, OfBatch()));
    }
    return launches;
  }

 private:
  // Numbers of the batch, or of its images, that the kernel of a map stores besides.
  struct Besides {
    int node = -1;  // -1: zeros
    Axes axes;      // of the cells
    bool images = false;
    Argument to;
    int first = 0;  // number of `to`
    bool adds = false;
  };

  // A value of every pixel, zero where a lane holds no image.
  Launch Map(int node, Argument to, const std::vector<Besides>& besides) const {
    ExpressionText text(expressions_, reductions_.stored(), program::Pixels());
    const std::string value = text.Vector(node);
    Launch launch;
    std::string before, inside;
    for (std::size_t i = 0; i < besides.size(); ++i) {
      const Besides& each = besides[i];
      const bool of_pixels = each.axes.HasAny(program::Pixels());
      (of_pixels ? inside : before) += Store(each, i, of_pixels, text);
      launch.arguments.push_back(each.to);
    }
    launch.body = CellPlaces(Axes::Channels(), "tile") + text.outer_text() + before +
                  "int h = place * CHUNK / WIDTH, w = place * CHUNK % WIDTH;\n"
                  "const int end = min(place * CHUNK + CHUNK, HEIGHT * WIDTH);\n"
                  "for (int pixel = place * CHUNK; pixel < end; ++pixel) {\n" +
                  text.inner_text() + inside +
                  fmt::format("STORE(tile * HEIGHT * WIDTH + pixel, LIVE(lane, {}));\n", value) +
                  "if (++w == WIDTH) {\nw = 0;\n++h;\n}\n}\n";
    SetStore(launch, std::move(to));
    const std::vector<Argument> read = text.arguments();
    launch.arguments.insert(launch.arguments.end(), read.begin(), read.end());
    launch.arguments = WithPass(std::move(launch.arguments));
    launch.sizes = text.sizes();
    launch.numbers = text.numbers();
    const int chunk = Chunk();
    launch.sizes.emplace_back("CHUNK", chunk);
    for (std::size_t i = 0; i < besides.size(); ++i) {
      launch.sizes.emplace_back(fmt::format("FIRST{}", i), besides[i].first);
    }
    const auto each = static_cast<std::size_t>(chunk);
    launch.places = (placement_.output.pixels() + each - 1) / each;
    launch.tiles = static_cast<std::size_t>(placement_.output.channels);
    return launch;
  }

  // Pixels of a work item: where there are many, what they share is computed once.
  int Chunk() const {
    constexpr std::size_t kMost = 8;
    const std::size_t items =
        placement_.output.size() * static_cast<std::size_t>(placement_.device.lanes());
    std::size_t chunk = 1;
    while (chunk < kMost && items / (2 * chunk) >= placement_.device.wanted) chunk *= 2;
    return static_cast<int>(chunk);
  }

  // By one work item for each cell, and lane where every image has its own.
  static std::string Store(const Besides& each, std::size_t number, bool of_pixels,
                           ExpressionText& text) {
    std::string condition = of_pixels ? "" : "place == 0";
    const auto at_first = [&](const std::string& name) {
      condition += (condition.empty() ? "" : " && ") + name + " == 0";
    };
    if (!each.axes.Has(Axes::Groups())) at_first("g");
    if (!each.axes.Has(Axes::GroupChannels())) at_first("k");
    if (of_pixels && !each.axes.Has(Axes::Rows())) at_first("h");
    if (of_pixels && !each.axes.Has(Axes::Columns())) at_first("w");
    if (!each.images) at_first("lane");
    const std::string cell = CellIndex(each.axes);
    const std::string at = each.images
                               ? fmt::format("FIRST{} / VECTOR + {} * LANES + lane", number, cell)
                               : fmt::format("FIRST{} + {}", number, cell);
    const std::string value = each.node < 0 ? "0.0f"
                              : each.images ? text.Vector(each.node)
                                            : text.Value(each.node);
    const std::string store =
        fmt::format("{}[{}] {}= {};\n", each.to.name, at, each.adds ? "+" : "", value);
    return condition.empty() ? store : fmt::format("if ({}) {}", condition, store);
  }

  // Of what is known image by image: those of the same axes in one kernel.
  void AddSums(std::vector<Launch>& launches) const {
    struct Group {
      Axes axes;
      bool adds;
      std::vector<Reductions::ImageTotal> totals;
    };
    std::vector<Group> groups;
    for (std::size_t i = 0; i < expressions_.learned.size(); ++i) {
      const int node = expressions_.learned[i].of_images;
      if (node < 0) continue;
      const Axes axes = expressions_.learned_axes[i];
      const bool adds = placement_.adds_parameter_gradient[i];
      auto group = std::ranges::find_if(
          groups, [&](const Group& each) { return each.axes == axes && each.adds == adds; });
      if (group == groups.end()) group = groups.insert(groups.end(), {axes, adds, {}});
      group->totals.push_back({node, static_cast<int>(i)});
    }
    for (const Group& group : groups) {
      launches.push_back(reductions_.ImageSums(group.totals, group.axes, group.adds));
    }
  }

  // Gradients of what is known for the whole batch, and zeros where nothing is.
  std::vector<Besides> OfBatch() const {
    std::vector<Besides> gradients;
    for (std::size_t i = 0; i < expressions_.learned.size(); ++i) {
      const program::LearnedGradient& of = expressions_.learned[i];
      const bool adds = placement_.adds_parameter_gradient[i] || of.of_images >= 0;
      if (of.of_batch < 0 && adds) continue;
      const auto index = static_cast<int>(i);
      gradients.push_back({.node = of.of_batch,
                           .axes = expressions_.learned_axes[i],
                           .to = {fmt::format("total{}", i), Slot::kGradients, index},
                           .adds = adds});
    }
    return gradients;
  }

  // Takes the scratch for it.
  std::vector<Besides> Observed() {
    const std::vector<ObservedValue> values =
        ObservedOf(method_.equation, SettingsOf(placement_), placement_.device.images);
    std::vector<Besides> observed;
    const auto scratch = static_cast<int>(work_.scratch.size());
    for (std::size_t s = 0; s < expressions_.observed.size(); ++s) {
      if (expressions_.observed[s] < 0) continue;
      const ObservedValue& value = values[observed.size()];
      const Axes axes = method_.equation.nodes[method_.equation.statements[s].node].axes;
      observed.push_back({.node = expressions_.observed[s],
                          .axes = program::LocalAxes(axes),
                          .images = value.of_ghosts,
                          .to = {fmt::format("observed{}", observed.size()), Slot::kScratch,
                                 scratch, value.of_ghosts},
                          .first = static_cast<int>(value.first)});
    }
    if (observed.empty()) return observed;
    work_.observed = scratch;
    const ObservedValue& last = values.back();
    work_.scratch.push_back(
        {last.first + last.cells * static_cast<std::size_t>(placement_.device.images), 0});
    return observed;
  }

  const equation::Method& method_;
  const DevicePlacement& placement_;
  const Expressions expressions_;
  DeviceWork& work_;
  Reductions reductions_;
};

}  // namespace

DeviceWork EquationWork(const std::shared_ptr<const equation::Method>& method,
                        const DevicePlacement& placement) {
  DeviceWork work;
  Half training(*method, placement, true, placement.ramp_word, work);
  work.training = training.Forward();
  work.backward = training.Backward();
  std::vector<const equation::Node*> ramps = training.expressions().ramps;
  const bool has_running = std::ranges::any_of(
      method->equation.statements,
      [](const equation::Statement& statement) { return statement.running.has_value(); });
  if (has_running) {
    const int next_word = placement.ramp_word + static_cast<int>(ramps.size());
    Half evaluation(*method, placement, false, next_word, work);
    work.evaluation = evaluation.Forward();
    const auto& more = evaluation.expressions().ramps;
    ramps.insert(ramps.end(), more.begin(), more.end());
  } else {  // it computes what training does
    work.evaluation = work.training;
  }
  work.ramps = [ramps, method](double step) {
    std::vector<double> values;
    for (const equation::Node* ramp : ramps) values.push_back(equation::RampAt(*ramp, step));
    return values;
  };
  if (work.observed < 0) return work;
  const auto values = ObservedOf(method->equation, SettingsOf(placement), placement.device.images);
  const auto stride = static_cast<std::size_t>(placement.device.images);
  const int ghost = static_cast<int>(placement.attributes.Or("ghost", 0));
  work.statistics = [values, stride, ghost](std::span<const float> observed, int images) {
    std::vector<double> means;
    for (const ObservedValue& value : values) {
      for (std::size_t cell = 0; cell < value.cells; ++cell) {
        const std::size_t at = value.first + cell * (value.of_ghosts ? stride : 1);
        means.push_back(MeanOverGhosts(value, observed.subspan(at), images, ghost));
      }
    }
    return means;
  };
  return work;
}

}  // namespace normlab::opencl
