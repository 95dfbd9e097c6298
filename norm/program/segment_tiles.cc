// What a segment does in its passes over tiles.
#include <algorithm>
#include <cassert>

#include "norm/program/segment.h"

namespace normlab::program {

Operand SegmentBuilder::NewRegister() { return storage_.Register(pass_.registers++); }

Operand SegmentBuilder::TileValue(int node) {
  node = analysis_.Resolve(node);
  const auto known = pass_.values.find(node);
  if (known != pass_.values.end()) return known->second;
  const Node& of = analysis_[node];
  if (of.op == Op::kX) return storage_.Map(Base::kX);
  if (of.op == Op::kDy) return storage_.Map(Base::kDy);
  if (IsTile(of.axes) && available_.contains(node)) return storage_.Store(node);
  const bool has_columns = of.axes.Has(Axes::Columns());
  if (!IsTile(of.axes) && CrossesImages(of.axes) && has_columns) return Few(node);
  const Operand value = IsTile(of.axes) ? ComputeTile(node) : Spread(node);
  pass_.values[node] = value;
  return value;
}

Operand SegmentBuilder::Spread(int node) {
  Instruction spread = New(KernelId::kSpread);
  spread.inputs = {CrossesImages(analysis_[node].axes) ? Few(node) : storage_.Uniform(node)};
  spread.outputs = {NewRegister()};
  Put(spread);
  return spread.outputs[0];
}

Operand SegmentBuilder::ComputeTile(int node) {
  const Op op = analysis_[node].op;
  if (op == Op::kProduct) {
    const auto [pixels, others] = analysis_.SplitPixels(node);
    if (others.empty()) return Multiplied(pixels);
    if (pixels.size() == 1 && IsDivision(pixels[0])) {
      return Divided(Constant(analysis_.graph().Product(others)), pixels[0], true);
    }
  }
  if (op == Op::kProduct || op == Op::kSum) return LinearRegister(analysis_.LinearOf(node));
  return FunctionOf(node);
}

// A constant beside one value, and what is linear in one value, are taken as they are read.
Operand SegmentBuilder::FunctionOf(int node) {
  Instruction function = New(KernelOf(analysis_[node].op));
  const std::vector<int> arguments = analysis_.Arguments(node);
  int with_pixels = arguments[0];
  for (std::size_t i = 0; i < arguments.size() && arguments.size() == 2; ++i) {
    if (HasPixels(analysis_[arguments[i]].axes)) continue;
    function.constants = {Constant(arguments[i])};
    function.constant_first = i == 0;
    with_pixels = arguments[1 - i];
  }
  const bool of_one = arguments.size() == 1 || !function.constants.empty();
  if (of_one) {
    ReadLinear(with_pixels, function);
    if (arguments.size() == 1 && function.of_linear) {
      function.constants.push_back(storage_.Number(1));
      function.constants.push_back(storage_.Number(0));
    }
  } else {
    for (const int argument : arguments) function.inputs.push_back(TileValue(argument));
  }
  function.outputs = {NewRegister()};
  Put(function);
  return function.outputs[0];
}

void SegmentBuilder::ReadLinear(int argument, Instruction& function) {
  const LinearForm form = analysis_.LinearOf(argument);
  const Op op = analysis_[argument].op;
  const bool is_linear = (op == Op::kSum || op == Op::kProduct) && form.terms.size() == 1 &&
                         form.terms[0].core != argument && !IsDivision(form.terms[0].core);
  if (!is_linear || pass_.values.contains(argument)) {
    function.inputs = {TileValue(argument)};
    return;
  }
  const LinearTerm& term = form.terms[0];
  function.of_linear = true;
  function.inputs = {TileValue(term.core)};
  function.constants.push_back(Constant(term.coefficient));
  function.constants.push_back(term.shift < 0 ? storage_.Number(0) : Constant(term.shift));
  function.constants.push_back(Constant(form.constant));
}

Operand SegmentBuilder::LinearRegister(const LinearForm& form) {
  const Operand to = NewRegister();
  Linear(form, to, false);
  return to;
}

void SegmentBuilder::Linear(LinearForm form, const Operand& to, bool gated) {
  Instruction linear = New(KernelId::kLinear);
  if (form.terms.size() > kMostInputs) {  // those that are too many are one value
    LinearForm rest = {{form.terms.begin() + kMostInputs - 1, form.terms.end()},
                       analysis_.graph().Number(0)};
    form.terms.resize(kMostInputs - 1);
    linear.inputs.push_back(LinearRegister(rest));
    linear.constants = {storage_.Number(1), storage_.Number(0)};
  }
  for (LinearTerm term : form.terms) {
    if (IsDivision(term.core) && term.shift < 0) term = Quotient(term);
    linear.inputs.push_back(TileValue(term.core));
    linear.constants.push_back(Constant(term.coefficient));
    linear.constants.push_back(term.shift < 0 ? storage_.Number(0) : Constant(term.shift));
    linear.shifts = linear.shifts || term.shift >= 0;
  }
  linear.constants.push_back(Constant(form.constant));
  linear.outputs = {to};
  linear.gated = gated;
  if (gated) {
    linear.gate = storage_.Map(Base::kX);
    linear.numbers[0] = options_.gate_slope;
  }
  Put(linear);
}

// A factor that is x - shift is multiplied as it is read.
Instruction SegmentBuilder::Product(KernelId id, const std::vector<Operand>& others, int factor) {
  Instruction product = New(id);
  product.inputs = others;
  const auto shifted = analysis_.Shifted(factor);
  product.shifts = shifted.has_value() && !pass_.values.contains(factor);
  product.inputs.push_back(TileValue(product.shifts ? shifted->first : factor));
  product.constants = {product.shifts ? Constant(shifted->second) : storage_.Number(0)};
  return product;
}

// One rounding where a reciprocal has two. Always: a value has the same bits in every pass, as what
// is compared with the largest of many must have.
bool SegmentBuilder::IsDivision(int factor) const {
  return analysis_[factor].op == Op::kReciprocal;
}

// number * (rest / divisor) of number * rest * (1 / divisor)
LinearTerm SegmentBuilder::Quotient(const LinearTerm& term) {
  const Node coefficient = analysis_[term.coefficient];
  if (coefficient.op == Op::kNumber) return term;
  const bool scaled = coefficient.op == Op::kSum && coefficient.arguments.size() == 1;
  const double number = scaled ? coefficient.weights[0] : 1;
  const int rest = scaled ? coefficient.arguments[0] : term.coefficient;
  Graph& graph = analysis_.graph();
  return {graph.Number(number), graph.Product({rest, term.core}), -1};
}

Operand SegmentBuilder::Divided(const Operand& a, int reciprocal, bool is_constant) {
  Instruction quotient = New(KernelId::kQuotient);
  (is_constant ? quotient.constants : quotient.inputs).push_back(a);
  quotient.constant_first = is_constant;
  quotient.inputs.push_back(TileValue(analysis_.Arguments(reciprocal)[0]));
  quotient.outputs = {NewRegister()};
  Put(quotient);
  return quotient.outputs[0];
}

// What the gradient has in common with others comes first, then what is divided by, the map itself,
// and last what is shifted.
std::vector<int> SegmentBuilder::InOrder(std::vector<int> factors) {
  const auto rank = [&](int factor) {
    if (analysis_.Shifted(factor).has_value()) return 4;
    const Op op = analysis_[factor].op;
    return op == Op::kX ? 3 : IsDivision(factor) ? 2 : op == Op::kDy ? 0 : 1;
  };
  std::ranges::stable_sort(factors, {}, rank);
  return factors;
}

// Products of the first factors are kept for others that begin alike; the last two factors are
// multiplied together.
Operand SegmentBuilder::Multiplied(const std::vector<int>& unordered) {
  const std::vector<int> factors = InOrder(unordered);
  const auto first = [&](std::size_t count) {
    return analysis_.graph().Product({factors.begin(), factors.begin() + static_cast<int>(count)});
  };
  const std::size_t count = factors.size();
  if (pass_.values.contains(first(count))) return pass_.values[first(count)];
  const int last = factors.back();
  Operand value;
  if (count == 1) {
    value = TileValue(last);
  } else if (IsDivision(last)) {
    value = Divided(Multiplied({factors.begin(), factors.end() - 1}), last, false);
  } else {
    Instruction product = Product(KernelId::kMultiply, OtherFactors(factors), last);
    product.outputs = {NewRegister()};
    value = product.outputs[0];
    Put(product);
  }
  return pass_.values[first(count)] = value;
}

// Of a product in order all but the last, as one value or two.
std::vector<Operand> SegmentBuilder::OtherFactors(const std::vector<int>& factors) {
  const std::vector<int> others(factors.begin(), factors.end() - 1);
  const bool is_there = pass_.values.contains(analysis_.graph().Product(others));
  if (others.size() < 2 || is_there || IsDivision(others.back())) return {Multiplied(others)};
  const Operand first = Multiplied({others.begin(), others.end() - 1});
  return {first, TileValue(others.back())};
}

void SegmentBuilder::ReduceTile(int node) {
  const Op op = analysis_[node].op;
  if (op == Op::kLocalMean || op == Op::kLocalVariance) return MergeMoments(node);
  const int argument = analysis_.Arguments(node)[0];
  const Operand to = storage_.Store(node);
  Fill(node, StartOf(node), to);
  const auto [pixels, others] = analysis_.SplitPixels(argument);
  Instruction reduction = New(ReductionOf(op));
  const bool is_there = pass_.values.contains(argument);
  if (!is_there && op == Op::kLocalSum && others.empty() && pixels.size() > 1) {
    std::vector<int> factors = InOrder(pixels);
    if (IsDivision(factors.back())) {
      reduction.inputs = {Multiplied(factors)};
    } else {
      const int last = factors.back();
      reduction = Product(KernelId::kAddUpProducts, OtherFactors(factors), last);
    }
  } else {
    reduction.inputs = {TileValue(argument)};
  }
  reduction.outputs = {to};
  Put(reduction);
  available_.insert(node);
}

void SegmentBuilder::MergeMoments(int node) {
  const Node of = analysis_[node];
  const int mean = analysis_.graph().MeanOver(of.arguments[0], of.pooled);
  const int variance = analysis_.VarianceWith(mean);
  Instruction merge = New(KernelId::kMergeMoments);
  merge.inputs = {TileValue(of.arguments[0])};
  merge.outputs = {storage_.Store(mean), storage_.Store(variance), storage_.Scratch(of.axes)};
  Fill(node, 0, merge.outputs[2]);
  Put(merge);
  available_.insert(mean);
  available_.insert(variance);
}

// The sum of squared distances becomes the variance.
Instruction SegmentBuilder::FinishedVariance(int node) {
  const Node of = analysis_[node];
  const int mean = analysis_.graph().MeanOver(of.arguments[0], of.pooled);
  Instruction finish = New(KernelId::kWeighted, of.axes);
  finish.inputs = finish.outputs = {storage_.Store(analysis_.VarianceWith(mean))};
  finish.numbers[0] = 1.0f / static_cast<float>(analysis_.graph().extents().size(of.pooled));
  return finish;
}

// What is only copied into a map, or linear in one value on the way, is computed there.
void SegmentBuilder::StoreDirectly() {
  std::vector<Instruction>& all = pass_.instructions;
  const Instruction& store = all.back();
  if (store.id != KernelId::kLinear || store.inputs.size() != 1 || store.gated || store.shifts) {
    return;
  }
  const Operand value = store.inputs[0];
  const auto readers = std::ranges::count_if(all, [&](const Instruction& each) {
    return std::ranges::find(each.inputs, value) != each.inputs.end();
  });
  const auto writer =
      std::ranges::find_if(all, [&](const Instruction& each) { return each.outputs[0] == value; });
  const bool is_register = value.base == static_cast<int>(Base::kRegisters);
  if (!is_register || readers != 1 || writer == all.end()) return;
  const Operand one = storage_.Number(1), zero = storage_.Number(0);
  const bool copies = store.constants[0] == one && store.constants[2] == zero;
  if (!copies && !GivesLinear(*writer, store.constants[0], store.constants[2])) return;
  writer->outputs = store.outputs;
  all.pop_back();
}

bool SegmentBuilder::GivesLinear(Instruction& writer, const Operand& coefficient,
                                 const Operand& constant) {
  const bool is_product = writer.id == KernelId::kMultiply;
  const bool is_unary = writer.id >= KernelId::kReciprocal && writer.id <= KernelId::kSign;
  if (!is_product && !is_unary) return false;
  if (is_unary && !writer.of_linear) {
    writer.of_linear = true;
    writer.constants = {storage_.Number(1), storage_.Number(0), storage_.Number(0)};
  }
  if (is_unary) writer.constants.resize(3);
  writer.gives_linear = true;
  writer.constants.push_back(coefficient);
  writer.constants.push_back(constant);
  return true;
}

// sum(a) and sum(a * b) read a once.
void SegmentBuilder::JoinSums() {
  std::vector<Instruction>& all = pass_.instructions;
  const auto pools_tiles = [](const Instruction& each) {
    return each.outputs[0].row == 0 && each.outputs[0].column == 0;
  };
  for (Instruction& products : all) {
    if (products.id != KernelId::kAddUpProducts || products.inputs.size() > 2) continue;
    if (!pools_tiles(products)) continue;
    const auto sum = std::ranges::find_if(all, [&](const Instruction& each) {
      return each.id == KernelId::kAddUp && pools_tiles(each) &&
             each.inputs[0] == products.inputs[0];
    });
    if (sum == all.end()) continue;
    products.id = KernelId::kAddUpBoth;
    products.outputs.insert(products.outputs.begin(), sum->outputs[0]);
    all.erase(sum);
    return JoinSums();
  }
}

}  // namespace normlab::program
