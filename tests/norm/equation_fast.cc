#include "tests/norm/equation_fast.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace normlab::equation {
namespace {

constexpr float kGateScale = 1.25f, kNotANumber = std::numeric_limits<float>::quiet_NaN();

template <class T>
Doubles ToDoubles(const std::vector<T>& values) {
  return {values.begin(), values.end()};
}

// Statements that keep a running value.
std::vector<std::size_t> Kept(const Equation& equation) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < equation.statements.size(); ++i) {
    if (equation.statements[i].running) kept.push_back(i);
  }
  return kept;
}

// Memory as the engine hands it out: nothing is aligned, and nothing was there before.
class Numbers {
 public:
  explicit Numbers(const Doubles& values) : values_(values.size() + 1, kNotANumber) {
    std::ranges::copy(values, values_.begin() + 1);
  }
  float* data() { return values_.data() + 1; }
  Doubles doubles() const { return {values_.begin() + 1, values_.end()}; }

 private:
  std::vector<float> values_;
};

// A case is driven many times, and each look at its program compiles it anew.
Rounds RoundsOf(const Equation& equation) {
  static std::map<std::string, Rounds> known;
  const auto found = known.find(equation.text);
  if (found != known.end()) return found->second;
  return known[equation.text] = ProgramTraitsOf(equation).rounds;
}

// The program and all that it reads and writes.
class Driver {
 public:
  Driver(const EquationCase& one, const FastSituation& situation)
      : case_(one),
        situation_(situation),
        shape_{one.extents.channels, one.extents.rows, one.extents.columns},
        blocks_(BlocksFor(one.extents.images)),
        x_(shape_, blocks_, 0),
        y_(shape_, blocks_, 1),
        affine_({shape_.channels, 3, 1}, blocks_, 0),
        dy_(shape_, blocks_, 1),
        dx_(shape_, blocks_, 1) {
    FillMaps();
    for (const Doubles& learned : one.learned) {
      parameters_.emplace_back(learned);
      gradients_.emplace_back((learned.size() + kGap) * static_cast<std::size_t>(blocks_),
                              situation.accumulate ? kBefore : kNotANumber);
    }
    std::size_t observed = 0;
    for (const std::size_t statement : Kept(one.equation)) {
      states_.emplace_back(one.running[statement]);
      observed += one.running[statement].size();
    }
    observed_.resize(observed, kNotANumber);
    program_ = MakeEquationProgram(MethodOf(one.equation), PlacementOfProgram());
    workspace_.Allocate(kWorkers);
  }

  Result Run() {
    Batch batch;
    batch.count = case_.extents.images;
    batch.completed_steps = static_cast<std::int64_t>(case_.constants.step);
    Pass pass;
    pass.mode = situation_.mode;
    pass.batch = &batch;
    const Rounds rounds = RoundsOf(case_.equation);
    program_->Begin(pass);
    for (int round = 0; situation_.mode != Mode::kEvaluate && round < rounds.forward; ++round) {
      ForEachBlock([&](WorkUnit unit) { program_->GatherForward(pass, unit, round); });
      program_->CombineForward(pass, round);
    }
    ForEachBlock([&](WorkUnit unit) { program_->Forward(pass, unit); });
    result_.y = Output();
    if (situation_.mode == Mode::kTrain) {
      for (int round = 0; round < rounds.backward; ++round) {
        ForEachBlock([&](WorkUnit unit) { program_->GatherBackward(pass, unit, round); });
        program_->CombineBackward(pass, round);
      }
      FillOutput();
      ForEachBlock([&](WorkUnit unit) {
        program_->Restore(pass, unit);
        program_->Backward(pass, unit);
      });
      result_.restored = Output() == result_.y;
      program_->UpdateStates(pass);
    }
    Collect();
    return result_;
  }

 private:
  static constexpr int kWorkers = 2;
  static constexpr std::size_t kGap = 3;  // floats between two blocks' gradients
  static constexpr float kBefore = 0.5f;

  template <class Work>
  void ForEachBlock(const Work& work) const {
    for (int i = 0; i < blocks_; ++i) {
      const int block = situation_.reversed ? blocks_ - 1 - i : i;
      work(WorkUnit(block, situation_.reversed ? block % kWorkers : 0));
    }
  }

  static float* At(const BlockTensor& map, int image, const Place& place, int channel) {
    return map.block(image / kBlock).at(channel, place.row, place.column) + image % kBlock;
  }

  // All lanes of all blocks, dead ones too: visit(image, index in x, place, channel).
  template <class Visit>
  void ForEachLane(const Visit& visit) const {
    Extents padded = case_.extents;
    padded.images = blocks_ * kBlock;
    padded.ghost = 0;
    ForEachPlace(padded, Axes::All(), [&](std::size_t i, const Place& place) {
      visit(place.image, i, place,
            place.group * case_.extents.group_channels() + place.group_channel);
    });
  }

  // Dead lanes hold what the last batch left: anything. Their gradient is 0, since the loss has
  // masked it.
  void FillMaps() {
    constexpr float kGarbage[] = {kNotANumber, std::numeric_limits<float>::infinity(), -3e38f,
                                  7.0f};
    ForEachLane([&](int image, std::size_t i, const Place& place, int channel) {
      const bool live = image < case_.extents.images;
      *At(x_, image, place, channel) = live ? static_cast<float>(case_.x[i])
                                            : kGarbage[(i + static_cast<std::size_t>(image)) % 4];
      *At(dy_, image, place, channel) = live ? static_cast<float>(case_.y_gradient[i]) : 0.0f;
      *At(dx_, image, place, channel) = kNotANumber;
    });
    FillOutput();
  }

  void FillOutput() const {
    ForEachLane([&](int image, std::size_t, const Place& place, int channel) {
      *At(y_, image, place, channel) = kNotANumber;
      for (int row = 0; row < 3; ++row) *At(affine_, image, {.row = row}, channel) = kNotANumber;
    });
  }

  Placement PlacementOfProgram() {
    const Extents& extents = case_.extents;
    Placement placement;
    placement.attributes = {{"groups", extents.groups},
                            {"ghost", extents.ghost},
                            {"eps", case_.constants.eps},
                            {"momentum", case_.constants.momentum}};
    placement.simd = situation_.simd;
    placement.max_blocks = blocks_ + situation_.more_blocks;
    placement.inputs = {{&x_, nullptr, &dx_}};
    placement.output = {situation_.affine ? nullptr : &y_, situation_.affine ? &affine_ : nullptr,
                        &dy_};
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      placement.parameters.push_back(parameters_[i].data());
      placement.gradients.push_back(
          {gradients_[i].data(), case_.learned[i].size() + kGap, situation_.accumulate});
    }
    for (Numbers& state : states_) placement.states.push_back(state.data());
    if (!states_.empty()) {
      placement.counter = &result_.passes;
      placement.batch_statistics = observed_.data();
    }
    placement.workspace = &workspace_;
    if (situation_.gated) placement.gate = {true, kGateScale, situation_.gate_slope};
    return placement;
  }

  Doubles Output() const {
    Doubles y(case_.x.size());
    ForEachLane([&](int image, std::size_t i, const Place& place, int channel) {
      if (image >= case_.extents.images) return;
      const auto affine = [&](int row) { return *At(affine_, image, {.row = row}, channel); };
      y[i] = situation_.affine
                 ? (*At(x_, image, place, channel) - affine(0)) * affine(1) + affine(2)
                 : *At(y_, image, place, channel);
    });
    return y;
  }

  void Collect() {
    const bool trained = situation_.mode == Mode::kTrain;
    if (trained) CollectGradients();
    auto observed = observed_.begin();
    for (const Numbers& state : states_) {
      result_.running.push_back(state.doubles());
      const auto end = observed + static_cast<std::ptrdiff_t>(result_.running.back().size());
      if (situation_.mode != Mode::kEvaluate) result_.observed.emplace_back(observed, end);
      observed = end;
    }
    result_.border_is_zero = HasZeroBorder(y_) && HasZeroBorder(dx_);
  }

  void CollectGradients() {
    result_.dx.resize(case_.x.size());
    ForEachLane([&](int image, std::size_t i, const Place& place, int channel) {
      const float value = *At(dx_, image, place, channel);
      if (image < case_.extents.images) {
        result_.dx[i] = value;
      } else if (!(std::abs(value) <= result_.dead_gradient)) {
        result_.dead_gradient = std::abs(value);
      }
    });
    for (std::size_t p = 0; p < gradients_.size(); ++p) {
      const std::size_t size = case_.learned[p].size();
      Doubles& sum = result_.gradients.emplace_back(size);
      for (std::size_t i = 0; i < gradients_[p].size(); ++i) {
        const std::size_t element = i % (size + kGap);
        if (element < size)
          sum[element] += gradients_[p][i] - (situation_.accumulate ? kBefore : 0);
      }
    }
  }

  bool HasZeroBorder(const BlockTensor& map) const {
    for (int block = 0; block < blocks_; ++block) {
      for (int c = 0; c < shape_.channels; ++c) {
        for (int row = -1; row <= shape_.height; ++row) {
          const bool whole = row < 0 || row == shape_.height;
          for (int column = -1; column <= shape_.width; column += whole ? 1 : shape_.width + 1) {
            const float* at = map.block(block).at(c, row, column);
            if (std::any_of(at, at + kBlock, [](float value) { return value != 0; })) return false;
          }
        }
      }
    }
    return true;
  }

  const EquationCase& case_;
  const FastSituation situation_;
  const Shape shape_;
  const int blocks_;
  BlockTensor x_, y_, affine_, dy_, dx_;
  std::vector<Numbers> parameters_, states_;
  std::vector<std::vector<float>> gradients_;
  Doubles observed_;
  Workspace workspace_;
  Result result_;
  std::unique_ptr<BlockOperation> program_;
};

}  // namespace

std::string FastSituation::Told() const {
  constexpr const char* kModes[] = {"training", "evaluation", "evaluation on the batch"};
  return fmt::format("{}, {}{}{}{}{}, {} blocks more", kModes[static_cast<int>(mode)],
                     SimdName(simd), affine ? ", affine" : "",
                     gated ? ", gated, slope " + std::to_string(gate_slope) : "",
                     reversed ? ", reversed" : "", accumulate ? ", accumulating" : "", more_blocks);
}

std::shared_ptr<const Method> MethodOf(const Equation& equation) {
  auto method = std::make_shared<Method>();
  method->name = method->title = "random";
  method->equation = equation;
  method->text = equation.text;
  method->learned.resize(equation.learned.size());
  for (const Statement& statement : equation.statements) {
    method->states.push_back(statement.running ? "running_" + statement.name : "");
  }
  return method;
}

template <class T>
Result TwinResult(const EquationCase& one, const FastSituation& situation) {
  const bool trained = situation.mode == Mode::kTrain, on_batch = situation.mode != Mode::kEvaluate;
  Twin<T> twin(one.equation, one.extents, one.constants);
  twin.Forward(ToScalars<T>(one.x), AllToScalars<T>(one.learned), AllToScalars<T>(one.running),
               on_batch);
  Result result;
  result.y = ToDoubles(twin.y());
  if (trained) {
    twin.Backward(ToScalars<T>(one.y_gradient));
    result.dx = ToDoubles(twin.x_gradient());
    for (std::size_t i = 0; i < result.dx.size() && situation.gated; ++i) {
      const float factor = one.x[i] > 0 ? kGateScale : kGateScale * situation.gate_slope;
      result.dx[i] = factor == 0 ? 0 : result.dx[i] * factor;
    }
    for (std::size_t i = 0; i < one.learned.size(); ++i) {
      result.gradients.push_back(ToDoubles(twin.learned_gradient(i)));
    }
  }
  const double momentum = one.constants.momentum;
  for (const std::size_t statement : Kept(one.equation)) {
    Doubles& running = result.running.emplace_back(one.running[statement]);
    if (!on_batch) continue;
    const Doubles& observed = result.observed.emplace_back(ToDoubles(twin.Observed(statement)));
    for (std::size_t i = 0; trained && i < running.size(); ++i) {
      running[i] = static_cast<T>((1 - momentum) * running[i] + momentum * observed[i]);
    }
  }
  result.passes = trained && !result.running.empty();
  return result;
}

template Result TwinResult<float>(const EquationCase&, const FastSituation&);
template Result TwinResult<double>(const EquationCase&, const FastSituation&);

Result FastResult(const EquationCase& one, const FastSituation& situation) {
  return Driver(one, situation).Run();
}

}  // namespace normlab::equation
