#include "norm/opencl/reductions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "norm/opencl/local_reduction.h"
#include "operations/opencl/launches.h"

namespace normlab::opencl {
namespace {

using equation::Axes;
using program::Node;
using program::Op;

LocalItem::Kind KindOf(Op op) {
  switch (op) {
    case Op::kLocalSum:
      return LocalItem::Kind::kSum;
    case Op::kLocalMax:
      return LocalItem::Kind::kMax;
    case Op::kLocalMin:
      return LocalItem::Kind::kMin;
    default:
      return LocalItem::Kind::kMoments;
  }
}

// The sum of all workers' vectors, known to each of them.
std::string Total(const std::string& name, const std::string& vector) {
  return fmt::format("const float {} = GROUP_SUM({});\n", name, vector);
}

constexpr char kOverLanes[] = "for (int lane = worker; lane < LANES; lane += WORKERS) {\n";

}  // namespace

std::vector<Argument> WithPass(std::vector<Argument> arguments) {
  const bool has = std::ranges::any_of(
      arguments, [](const Argument& argument) { return argument.slot == Slot::kPass; });
  if (!has) arguments.push_back({"pass", Slot::kPass});
  return arguments;
}

int Reductions::Resolved(int node) const {
  while (graph_[node].op == Op::kStop) node = graph_[node].arguments[0];
  return node;
}

// How many reductions one behind the other a value needs; those that are not stored yet are put
// into the level that they have.
int Reductions::LevelOf(int node, std::vector<std::vector<int>>& levels,
                        std::vector<int>& known) const {
  node = Resolved(node);
  if (stored_.scratch.contains(node)) return 0;
  int& level = known[static_cast<std::size_t>(node)];
  if (level >= 0) return level;
  level = 0;
  for (const int argument : graph_[node].arguments) {
    level = std::max(level, LevelOf(argument, levels, known));
  }
  const Op op = graph_[node].op;
  if (!program::IsLocalReduction(op) && !program::IsLaneReduction(op)) return level;
  if (levels.size() <= static_cast<std::size_t>(level)) {
    levels.resize(static_cast<std::size_t>(level) + 1);
  }
  levels[static_cast<std::size_t>(level)].push_back(node);
  return ++level;
}

std::vector<Reductions::Group> Reductions::GroupsOf(const std::vector<int>& nodes) const {
  std::vector<Group> groups;
  for (const int index : nodes) {
    const Node& node = graph_[index];
    const bool lanes = program::IsLaneReduction(node.op);
    const auto same = [&](const Group& group) {
      return group.axes == node.axes && group.pooled == node.pooled && group.lanes == lanes;
    };
    auto found = std::ranges::find_if(groups, same);
    if (found == groups.end()) {
      groups.push_back({node.axes, node.pooled, lanes, {}});
      found = groups.end() - 1;
    }
    found->nodes.push_back(index);
  }
  return groups;
}

void Reductions::Add(const std::vector<int>& wanted, std::vector<Launch>& launches) {
  std::vector<std::vector<int>> levels;
  std::vector<int> known(static_cast<std::size_t>(graph_.size()), -1);
  for (const int node : wanted) LevelOf(node, levels, known);
  for (std::vector<int>& level : levels) {
    std::ranges::sort(level);
    for (const Group& group : GroupsOf(level)) {
      if (!group.lanes) {
        AddLocal(group, launches);
      } else if (program::CrossesImages(group.axes)) {
        AddOverGhosts(group, launches);
      } else {
        AddOverImages(group, launches);
      }
    }
  }
}

void Reductions::Store(int node) {
  const auto scratch = static_cast<int>(work_.scratch.size());
  const std::size_t cells = CellCount(graph_.extents(), graph_[node].axes);
  const bool images = program::CrossesImages(graph_[node].axes);
  work_.scratch.push_back(images ? Scratch{0, cells} : Scratch{cells, 0});
  stored_.scratch[node] = scratch;
}

void Reductions::AddLocal(const Group& group, std::vector<Launch>& launches) {
  LocalReduction reduction = {
      program::LocalAxes(group.axes), group.pooled, program::CrossesImages(group.axes), {}};
  // Names are given when the text is made: what a kernel writes it does not read.
  StoredNodes before = stored_;
  std::vector<Argument> written;
  for (const int node : group.nodes) {
    const LocalItem::Kind kind = KindOf(graph_[node].op);
    const int of = Resolved(graph_[node].arguments[0]);
    auto item = std::ranges::find_if(reduction.items, [&](const LocalItem& other) {
      return kind == LocalItem::Kind::kMoments && other.kind == kind && other.of == of;
    });
    if (item == reduction.items.end()) {
      reduction.items.push_back({kind, of, "", "", ""});
      item = reduction.items.end() - 1;
    }
    Store(node);
    const std::string name = fmt::format("out{}", written.size());
    written.push_back({name, Slot::kScratch, stored_.scratch[node], reduction.images});
    const Op op = graph_[node].op;
    (op == Op::kLocalMean       ? item->mean
     : op == Op::kLocalVariance ? item->variance
                                : item->sum) = name;
  }
  const std::size_t cells = CellCount(graph_.extents(), reduction.axes);
  const std::size_t items = cells * static_cast<std::size_t>(device_.lanes());
  const LocalReductionText text(expressions_, before, reduction,
                                (device_.wanted + items - 1) / items);
  Launch launch;
  launch.body = text.body();
  launch.arguments = text.arguments();
  launch.sizes = text.sizes();
  launch.numbers = text.numbers();
  launch.across = reduction.images ? Across::kLanes : Across::kOne;
  launch.places = text.slices();
  launch.tiles = cells;
  if (text.slices() == 1) {
    launch.arguments.insert(launch.arguments.end(), written.begin(), written.end());
    launches.push_back(std::move(launch));
    return;
  }
  const Argument partial = {"partial", Slot::kScratch, static_cast<int>(work_.scratch.size()),
                            true};
  work_.scratch.push_back({0, text.slots() * text.slices() * cells});
  Launch merge;
  merge.body = text.merge();
  merge.sizes = launch.sizes;
  merge.arguments = written;
  merge.arguments.push_back(partial);
  merge.tiles = cells;
  launch.arguments.push_back(partial);
  launches.push_back(std::move(launch));
  launches.push_back(std::move(merge));
}

void Reductions::AddOverImages(const Group& group, std::vector<Launch>& launches) {
  ExpressionText text(expressions_, stored_, Axes::Images());
  std::vector<std::vector<std::string>> values;
  for (const int node : group.nodes) {
    values.emplace_back();
    for (const int argument : graph_[node].arguments) {
      values.back().push_back(text.Vector(argument));
    }
  }
  std::string first, start, second, second_start, finish;
  std::vector<Argument> written;
  for (std::size_t i = 0; i < group.nodes.size(); ++i) {
    const Op op = graph_[group.nodes[i]].op;
    Store(group.nodes[i]);
    const std::string name = fmt::format("out{}", i);
    written.push_back({name, Slot::kScratch, stored_.scratch[group.nodes[i]]});
    const std::string& value = values[i][0];
    const auto put = [&](const std::string& result) {
      finish += fmt::format("if (worker == 0) {}[tile] = {};\n", name, result);
    };
    if (op == Op::kLaneMax || op == Op::kLaneMin) {
      const bool largest = op == Op::kLaneMax;
      start += fmt::format("V r{} = (V)({}INFINITY);\n", i, largest ? "-" : "");
      first +=
          fmt::format("r{0} = SELECT(IS_LIVE(lane) & (({1} {2} r{0}) | isnan({1})), {1}, r{0});\n",
                      i, value, largest ? ">" : "<");
      second_start +=
          fmt::format("const float best{0} = {1}(r{0});\n", i, largest ? "GROUP_MAX" : "GROUP_MIN");
      put(fmt::format("best{}", i));
      continue;
    }
    start += fmt::format("V r{} = (V)(0.0f);\n", i);
    first += fmt::format("r{} += LIVE(lane, {});\n", i, value);
    second_start += Total(fmt::format("total{}", i), fmt::format("r{}", i));
    if (op == Op::kLaneSum) {
      put(fmt::format("total{}", i));
    } else if (op == Op::kLaneMean) {
      put(fmt::format("total{} / (float)pass[COUNT]", i));
    } else {
      second_start += fmt::format(
          "const float mean{0} = total{0} / (float)pass[COUNT];\nV square{0} = (V)(0.0f);\n", i);
      const std::string more = values[i].size() > 1 ? " + " + values[i][1] : "";
      second += fmt::format("square{0} += LIVE(lane, ({1} - mean{0}) * ({1} - mean{0}){2});\n", i,
                            value, more);
      finish += Total(fmt::format("squares{}", i), fmt::format("square{}", i));
      put(fmt::format("squares{} / (float)pass[COUNT]", i));
    }
  }
  Launch launch;
  launch.body = "const int worker = lane;\nGROUP_SHARED\n" + CellPlaces(group.axes, "tile") +
                text.outer_text() + start + kOverLanes + text.inner_text() + first + "}\n" +
                second_start;
  if (!second.empty()) launch.body += kOverLanes + text.inner_text() + second + "}\n";
  launch.body += finish;
  launch.arguments = WithPass(text.arguments());
  launch.sizes = text.sizes();
  launch.numbers = text.numbers();
  launch.arguments.insert(launch.arguments.end(), written.begin(), written.end());
  launch.across = Across::kGroupLanes;
  launch.tiles = CellCount(graph_.extents(), group.axes);
  launches.push_back(std::move(launch));
}

Launch Reductions::ImageSums(const std::vector<ImageTotal>& totals, Axes axes, bool adds) const {
  ExpressionText text(expressions_, stored_, Axes::Images());
  std::vector<std::string> values;
  for (const ImageTotal& each : totals) values.push_back(text.Vector(each.node));
  std::string start, add, finish;
  for (std::size_t i = 0; i < totals.size(); ++i) {
    start += fmt::format("V sum{} = (V)(0.0f);\n", i);
    add += fmt::format("sum{} += LIVE(lane, {});\n", i, values[i]);
    finish += Total(fmt::format("all{}", i), fmt::format("sum{}", i)) +
              fmt::format("if (worker == 0) PUT(total{0}[tile], all{0});\n", i);
  }
  Launch launch;
  launch.body = "const int worker = lane;\nGROUP_SHARED\n" + CellPlaces(axes, "tile") +
                text.outer_text() + start + kOverLanes + text.inner_text() + add + "}\n" + finish;
  launch.arguments = WithPass(text.arguments());
  launch.sizes = text.sizes();
  launch.numbers = text.numbers();
  for (std::size_t i = 0; i < totals.size(); ++i) {
    launch.arguments.push_back({fmt::format("total{}", i), Slot::kGradients, totals[i].learned});
  }
  launch.constants = {Put(adds)};
  launch.across = Across::kGroupLanes;
  launch.tiles = CellCount(graph_.extents(), axes);
  return launch;
}

// A value of each image, so that ghost batches find it.
void Reductions::StoreImages(int node, std::vector<Launch>& launches) {
  node = Resolved(node);
  if (stored_.scratch.contains(node)) return;
  ExpressionText text(expressions_, stored_, Axes());
  const std::string value = text.Vector(node);
  Store(node);
  Launch launch;
  launch.body = CellPlaces(graph_[node].axes, "tile") + text.outer_text() +
                fmt::format("out[(size_t)tile * LANES + lane] = {};\n", value);
  launch.arguments = WithPass(text.arguments());
  launch.sizes = text.sizes();
  launch.numbers = text.numbers();
  launch.arguments.push_back({"out", Slot::kScratch, stored_.scratch[node], true});
  launch.tiles = CellCount(graph_.extents(), graph_[node].axes);
  launches.push_back(std::move(launch));
}

void Reductions::AddOverGhosts(const Group& group, std::vector<Launch>& launches) {
  for (const int node : group.nodes) {
    for (const int argument : graph_[node].arguments) StoreImages(argument, launches);
  }
  for (const int node : group.nodes) {
    std::vector<std::string> from;
    Launch launch;
    for (const int argument : graph_[node].arguments) {
      const int scratch = stored_.scratch.at(Resolved(argument));
      from.push_back(fmt::format("a{}", from.size()));
      const Argument floats = {from.back(), Slot::kScratch, scratch};
      launch.arguments.push_back(floats);
    }
    const Op op = graph_[node].op;
    const char* kind = op == Op::kLaneSum    ? "GHOST_SUM"
                       : op == Op::kLaneMax  ? "GHOST_MAX"
                       : op == Op::kLaneMin  ? "GHOST_MIN"
                       : op == Op::kLaneMean ? "GHOST_MEAN"
                                             : "GHOST_VARIANCE";
    launch.body = KernelText("ghost_reduction");
    launch.constants = {{kind, "1"}};
    launch.sizes = {{"GHOST", stored_.ghost}};
    launch.constants.emplace_back("A(n)", from[0] + "[at + n]");
    launch.constants.emplace_back("MORE(n)", from.size() > 1 ? from[1] + "[at + n]" : "0.0f");
    Store(node);
    launch.arguments.push_back({"out", Slot::kScratch, stored_.scratch[node]});
    launch.arguments = WithPass(std::move(launch.arguments));
    launch.across = Across::kOne;
    launch.tiles = CellCount(graph_.extents(), group.axes);
    launches.push_back(std::move(launch));
  }
}

}  // namespace normlab::opencl
