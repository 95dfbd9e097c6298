#include "norm/opencl/local_reduction.h"

#include <fmt/format.h>

#include <algorithm>

namespace normlab::opencl {
namespace {

using equation::Axes;
using Kind = LocalItem::Kind;

std::string Infinite(Kind kind) { return kind == Kind::kMax ? "(-INFINITY)" : "INFINITY"; }

// What is not a number stays.
std::string Extreme(const LocalReduction& reduction, Kind kind, const std::string& best,
                    const std::string& value) {
  const std::string exceeds =
      fmt::format("({} {} {}) | isnan({})", value, kind == Kind::kMax ? ">" : "<", best, value);
  return reduction.images ? fmt::format("SELECT({}, {}, {})", exceeds, value, best)
                          : fmt::format("(({}) ? {} : {})", exceeds, value, best);
}

}  // namespace

LocalReductionText::LocalReductionText(const program::Expressions& expressions,
                                       const StoredNodes& stored, const LocalReduction& reduction,
                                       std::size_t wanted)
    : extents_(expressions.graph.extents()),
      reduction_(reduction),
      type_(reduction.images ? "V" : "float"),
      loops_(LoopsOf(reduction.pooled)),
      text_(expressions, stored, reduction.pooled) {
  ChooseSlices(wanted);
  for (const LocalItem& item : reduction.items) {
    values_.push_back(reduction.images ? text_.Vector(item.of) : text_.Value(item.of));
    slots_ += item.kind == Kind::kMoments ? 2 : 1;
  }
  body_ = CellPlaces(reduction.axes, "tile") + text_.outer_text() + First() + Second() + Finish();
}

std::vector<LocalReductionText::Loop> LocalReductionText::LoopsOf(Axes pooled) const {
  std::vector<Loop> loops;
  const auto add = [&](Axes axis, const char* name, const char* size, int extent) {
    if (pooled.Has(axis)) loops.push_back({name, size, extent});
  };
  add(Axes::Groups(), "g", "GROUPS", extents_.groups);
  add(Axes::GroupChannels(), "k", "MEMBERS", extents_.group_channels);
  add(Axes::Rows(), "h", "HEIGHT", extents_.rows);
  add(Axes::Columns(), "w", "WIDTH", extents_.columns);
  return loops;
}

// The first loop of more than one value is divided, where that leaves each slice some.
void LocalReductionText::ChooseSlices(std::size_t wanted) {
  const auto found = std::ranges::find_if(loops_, [](const Loop& loop) { return loop.extent > 1; });
  cut_ = found == loops_.end() ? 0 : static_cast<std::size_t>(found - loops_.begin());
  const auto extent = static_cast<std::size_t>(loops_[cut_].extent);
  const std::size_t slices = reduction_.images ? std::clamp<std::size_t>(wanted, 1, extent) : 1;
  chunk_ = static_cast<int>((extent + slices - 1) / slices);
  slices_ = (extent + static_cast<std::size_t>(chunk_) - 1) / static_cast<std::size_t>(chunk_);
}

bool LocalReductionText::HasMoments() const {
  return std::ranges::any_of(reduction_.items,
                             [](const LocalItem& item) { return item.kind == Kind::kMoments; });
}

// `each` in the innermost loop; `begin` and `end` around that.
std::string LocalReductionText::Loops(const std::string& begin, const std::string& each,
                                      const std::string& end) const {
  std::string text;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    const Loop& loop = loops_[i];
    if (i + 1 == loops_.size()) text += begin;
    const std::string begins = i == cut_ ? "place * CHUNK" : "0";
    const std::string ends =
        i == cut_ ? fmt::format("min(place * CHUNK + CHUNK, {})", loop.size) : loop.size;
    text += fmt::format("for (int {0} = {1}; {0} < {2}; ++{0}) {{\n", loop.name, begins, ends);
  }
  text += text_.inner_text() + each + "}\n" + end;
  for (std::size_t i = 1; i < loops_.size(); ++i) text += "}\n";
  return "{\n" + text + "}\n";
}

// Values that a slice pools.
std::string LocalReductionText::SliceCount(const std::string& slice) const {
  std::string others;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    if (i != cut_) others += fmt::format(" * {}", loops_[i].size);
  }
  return fmt::format("(float)((min({0} * CHUNK + CHUNK, {1}) - {0} * CHUNK){2})", slice,
                     loops_[cut_].size, others);
}

std::vector<std::pair<std::string, int>> LocalReductionText::sizes() const {
  auto sizes = text_.sizes();
  sizes.emplace_back("CHUNK", chunk_);
  sizes.emplace_back("SLICES", static_cast<int>(slices_));
  sizes.emplace_back("CELLS", static_cast<int>(CellCount(extents_, reduction_.axes)));
  return sizes;
}

std::string LocalReductionText::First() const {
  std::string start, begin, each, end;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const Kind kind = reduction_.items[i].kind;
    if (kind == Kind::kMax || kind == Kind::kMin) {
      start += fmt::format("{0} r{1} = ({0})({2});\n", type_, i, Infinite(kind));
      each += fmt::format("r{} = {};\n", i,
                          Extreme(reduction_, kind, fmt::format("r{}", i), values_[i]));
      continue;
    }
    start += fmt::format("{0} r{1} = ({0})(0.0f);\n", type_, i);
    begin += fmt::format("{0} part{1} = ({0})(0.0f);\n", type_, i);
    each += fmt::format("part{} += {};\n", i, values_[i]);
    end += fmt::format("r{0} += part{0};\n", i);
  }
  return start + Loops(begin, each, end);
}

// Of moments the squared distances from the slice's own mean.
std::string LocalReductionText::Second() const {
  if (!HasMoments()) return "";
  std::string start, begin, each, end;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (reduction_.items[i].kind != Kind::kMoments) continue;
    start += fmt::format("const {0} mean{1} = r{1} / {2};\n{0} square{1} = ({0})(0.0f);\n", type_,
                         i, SliceCount("place"));
    begin += fmt::format("{0} part{1} = ({0})(0.0f);\n", type_, i);
    each += fmt::format("part{0} += ({1} - mean{0}) * ({1} - mean{0});\n", i, values_[i]);
    end += fmt::format("square{0} += part{0};\n", i);
  }
  return start + Loops(begin, each, end);
}

std::string LocalReductionText::Index(const std::string& base) const {
  return reduction_.images ? fmt::format("[({}) * LANES + lane]", base) : fmt::format("[{}]", base);
}

std::string LocalReductionText::Finish() const {
  std::string text;
  std::size_t slot = 0;
  const auto put = [&](const std::string& name, const std::string& value) {
    if (slices_ > 1) {
      text +=
          fmt::format("partial{} = {};\n",
                      Index(fmt::format("({} * SLICES + place) * CELLS + tile", slot++)), value);
    } else if (!name.empty()) {
      text += fmt::format("{}{} = {};\n", name, Index("tile"), value);
    }
  };
  for (std::size_t i = 0; i < reduction_.items.size(); ++i) {
    const LocalItem& item = reduction_.items[i];
    if (item.kind != Kind::kMoments) {
      put(item.sum, fmt::format("r{}", i));
      continue;
    }
    put(item.mean, fmt::format("mean{}", i));
    put(item.variance, slices_ > 1 ? fmt::format("square{}", i)
                                   : fmt::format("square{} / {}", i, SliceCount("place")));
  }
  return text;
}

std::string LocalReductionText::merge() const {
  std::string text;
  std::size_t slot = 0;
  const auto partial = [&](std::size_t at) {
    return "partial" + Index(fmt::format("({} * SLICES + slice) * CELLS + tile", at));
  };
  const std::string loop = "for (int slice = 0; slice < SLICES; ++slice) ";
  for (std::size_t i = 0; i < reduction_.items.size(); ++i) {
    const LocalItem& item = reduction_.items[i];
    if (item.kind == Kind::kSum) {
      text += fmt::format(
          "V r{0} = (V)(0.0f), lost{0} = (V)(0.0f);\n{1}{{\n"
          "const V value = {2} - lost{0}, next = r{0} + value;\nlost{0} = (next - r{0}) - value;\n"
          "r{0} = next;\n}}\n{3}{4} = r{0};\n",
          i, loop, partial(slot++), item.sum, Index("tile"));
    } else if (item.kind == Kind::kMoments) {
      std::string count = "(float)(1";
      for (const Loop& pooled : loops_) count += fmt::format(" * {}", pooled.size);
      count += ")";
      text += fmt::format(
          "V mean{0} = (V)(0.0f);\n{1}mean{0} += {2} * ({3} / {4});\nV square{0} = (V)(0.0f);\n"
          "{1}square{0} += {5} + {3} * ({2} - mean{0}) * ({2} - mean{0});\n",
          i, loop, partial(slot), SliceCount("slice"), count, partial(slot + 1));
      if (!item.mean.empty()) text += fmt::format("{}{} = mean{};\n", item.mean, Index("tile"), i);
      if (!item.variance.empty()) {
        text += fmt::format("{}{} = square{} / {};\n", item.variance, Index("tile"), i, count);
      }
      slot += 2;
    } else {
      text +=
          fmt::format("V r{} = (V)({});\n{}{{\nconst V value = {};\nr{} = {};\n}}\n{}{} = r{};\n",
                      i, Infinite(item.kind), loop, partial(slot++), i,
                      Extreme(reduction_, item.kind, fmt::format("r{}", i), "value"), item.sum,
                      Index("tile"), i);
    }
  }
  return text;
}

}  // namespace normlab::opencl
