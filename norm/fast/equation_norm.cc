#include "norm/fast/equation_norm.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "norm/equation/twin.h"
#include "norm/program/kernels.h"
#include "norm/program/lane_reductions.h"
#include "norm/program/observed.h"
#include "norm/program/runner.h"
#include "norm/program/storage.h"
#include "operations/fast/aligned_zeros.h"

namespace normlab {
namespace {

using equation::Axes;
using program::Base;
using program::CompileOptions;
using program::Program;

program::Settings SettingsOf(const Attributes& attributes, const Shape& shape) {
  program::Settings settings;
  // An equation without groups does not ask that they divide the channels.
  int groups = attributes.integer("groups");
  if (shape.channels % groups != 0) groups = 1;
  settings.extents = {groups, shape.channels / groups, shape.height, shape.width};
  settings.ghost = static_cast<int>(attributes.Or("ghost", 0));
  settings.has_ghosts = settings.ghost > 0;
  settings.eps = attributes["eps"];
  settings.momentum = attributes["momentum"];
  return settings;
}

program::MapStrides StridesOf(const BlockTensor* map) {
  if (map == nullptr) return {};
  const BlockView view = map->block(0);
  return {view.channel_stride, view.row_stride};
}

CompileOptions OptionsOf(const Placement& placement) {
  CompileOptions options;
  options.x = StridesOf(placement.x().values);
  options.y = StridesOf(placement.output.values);
  options.dy = StridesOf(placement.output.gradient);
  options.dx = StridesOf(placement.x().gradient);
  options.has_y = placement.output.values != nullptr;
  options.gated = placement.gate.positive;
  options.gate_slope = placement.gate.slope;
  for (const PartialGradient& gradient : placement.gradients) {
    options.accumulates.push_back(gradient.accumulate);
  }
  options.kernels = program::KernelsFor(placement.simd);
  return options;
}

// One of the two programs of an equation, with what it keeps: of training, or of evaluation by
// running values.
class Half {
 public:
  Half(const equation::Equation& equation, const Placement& placement, bool training)
      : settings_(SettingsOf(placement.attributes, placement.x().values->shape())),
        program_(Compile(placement, equation, training)),
        uniform_(program_),
        stored_(AlignedZeros(StoredFloats(placement))) {
    if (placement.workspace != nullptr) {
      placement.workspace->Reserve(program_.register_size + program_.scratch_size);
    }
  }

  const Program& program() const { return program_; }
  const program::UniformValues& uniform() const { return uniform_; }

  void Begin(const Pass& pass, const Placement& placement, const equation::Method& method) {
    ghosts_ = program::GhostBatches(pass.batch->count, settings_.ghost);
    leaves_ = {};
    for (const float* learned : placement.parameters) leaves_.learned.push_back(learned);
    leaves_.running = RunningOf(placement, method);
    leaves_.runtime = {static_cast<double>(pass.batch->count), 0,
                       static_cast<double>(ghosts_.size())};
    for (const equation::Node* ramp : program_.expressions->ramps) {
      leaves_.runtime.push_back(RampAt(*ramp, static_cast<double>(pass.batch->completed_steps)));
    }
    FillGhostCounts();
    uniform_.Evaluate(0, leaves_);
  }

  // Null: no map of that kind is reached.
  program::Bases BasesOf(const Placement& placement, WorkUnit unit) const {
    program::Bases bases(static_cast<std::size_t>(BaseCount(*program_.expressions)));
    const auto put = [&](Base base, float* at) { bases[static_cast<std::size_t>(base)] = at; };
    const auto map = [&](Base base, const BlockTensor* tensor) {
      if (tensor != nullptr) put(base, tensor->block(unit).origin);
    };
    if (placement.workspace != nullptr) {
      put(Base::kRegisters, placement.workspace->of(unit));
      put(Base::kScratch, placement.workspace->of(unit) + program_.register_size);
    }
    put(Base::kStored, StoredOf(unit.block));
    // Instructions only read these.
    put(Base::kUniform, const_cast<float*>(uniform_.floats()));
    put(Base::kNumbers, const_cast<float*>(program_.numbers.data()));
    map(Base::kX, placement.x().values);
    map(Base::kY, placement.output.values);
    map(Base::kAffine, placement.output.affine);
    map(Base::kDy, placement.output.gradient);
    map(Base::kDx, placement.x().gradient);
    std::size_t other = static_cast<std::size_t>(Base::kFirstOther);
    for (const float* learned : leaves_.learned) bases[other++] = const_cast<float*>(learned);
    for (const float* running : leaves_.running) bases[other++] = const_cast<float*>(running);
    for (const PartialGradient& gradient : placement.gradients) {
      bases[other++] = gradient.block(unit.block);
    }
    return bases;
  }

  void Combine(const Pass& pass, const Placement& placement, std::size_t round) {
    if (round >= program_.reductions.size()) return;
    program::BlockBases blocks;
    for (int block = 0; block < pass.blocks(); ++block) {
      blocks.push_back(BasesOf(placement, block));
    }
    for (const program::LaneReduction& reduction : program_.reductions[round]) {
      Reduce(program_, reduction, blocks, ghosts_, uniform_);
    }
    uniform_.Evaluate(round + 1, leaves_);
  }

  program::ObservedValues Observed(const equation::Method& method) const {
    return program::ObservedValues(program_, uniform_, ghosts_, method.equation,
                                   [this](int image) { return StoredOf(image / kBlock); });
  }

 private:
  Program Compile(const Placement& placement, const equation::Equation& equation, bool training) {
    const bool has_backward =
        training && placement.output.gradient != nullptr && placement.x().gradient != nullptr;
    program::Expressions expressions =
        program::Express(equation, settings_, training, has_backward);
    if (has_backward && placement.gate.scale != 1.0f) {
      expressions.dx = expressions.graph.Scale(placement.gate.scale, expressions.dx);
    }
    return program::Compile(expressions, OptionsOf(placement));
  }

  std::size_t StoredFloats(const Placement& placement) const {
    return std::max<std::size_t>(program_.stored_size, kBlock) *
           static_cast<std::size_t>(placement.max_blocks);
  }
  float* StoredOf(int block) const {
    return stored_.get() +
           static_cast<std::size_t>(block) * std::max<std::size_t>(program_.stored_size, kBlock);
  }

  static std::vector<const float*> RunningOf(const Placement& placement,
                                             const equation::Method& method) {
    std::vector<const float*> running;
    std::size_t state = 0;
    for (const equation::Statement& statement : method.equation.statements) {
      running.push_back(statement.running ? placement.states[state++] : nullptr);
    }
    return running;
  }

  // Lanes without an image are of a batch of one.
  void FillGhostCounts() {
    for (const program::Operand& counts : program_.ghost_counts) {
      for (const program::ImageRange& ghost : ghosts_) {
        for (int image = ghost.first; image < ghost.end; ++image) {
          StoredOf(image / kBlock)[counts.offset + static_cast<std::size_t>(image % kBlock)] =
              static_cast<float>(ghost.end - ghost.first);
        }
      }
      const int images = ghosts_.back().end;
      for (int lane = images % kBlock; lane % kBlock != 0; ++lane) {
        StoredOf(images / kBlock)[counts.offset + static_cast<std::size_t>(lane)] = 1;
      }
    }
  }

  program::Settings settings_;
  Program program_;
  program::UniformValues uniform_;
  AlignedFloats stored_;  // [block][program's stored_size]
  std::vector<program::ImageRange> ghosts_;
  program::Leaves leaves_;
};

class EquationNorm : public BlockOperation {
 public:
  EquationNorm(std::shared_ptr<const equation::Method> method, const Placement& placement)
      : method_(std::move(method)),
        placement_(placement),
        training_(method_->equation, placement, true),
        evaluation_(method_->equation, placement, false) {}

  void Begin(const Pass& pass) override {
    half_ = pass.mode == Mode::kEvaluate ? &evaluation_ : &training_;
    half_->Begin(pass, placement_, *method_);
    if (half_ == &training_ && program().forward_rounds == 0) Observe();
  }

  void GatherForward(const Pass& pass, WorkUnit unit, int round) override {
    Gather(pass, unit, round);
  }
  void CombineForward(const Pass& pass, int round) override {
    half_->Combine(pass, placement_, static_cast<std::size_t>(round));
    if (round + 1 == program().forward_rounds) Observe();
  }
  void Forward(const Pass& pass, WorkUnit unit) override {
    RunSegment(program().forward, pass, unit);
  }
  void Restore(const Pass& pass, WorkUnit unit) override {
    RunSegment(program().restore, pass, unit);
  }
  void GatherBackward(const Pass& pass, WorkUnit unit, int round) override {
    Gather(pass, unit, program().forward_rounds + round);
  }
  void CombineBackward(const Pass& pass, int round) override {
    half_->Combine(pass, placement_, static_cast<std::size_t>(program().forward_rounds + round));
  }
  void Backward(const Pass& pass, WorkUnit unit) override {
    RunSegment(program().backward, pass, unit);
    PutGradientsOfBatch(unit.block);
  }

  // PyTorch's: running = (1 - momentum) running + momentum value.
  void UpdateStates(const Pass&) override {
    const double momentum = placement_.attributes["momentum"];
    const double* observed = observed_.data();
    std::size_t state = 0;
    const program::ImageExtents& extents = program().expressions->graph.extents();
    for (const equation::Statement& statement : method_->equation.statements) {
      if (!statement.running) continue;
      const Axes axes = method_->equation.nodes[statement.node].axes;
      float* running = placement_.states[state++];
      const std::size_t size = extents.size(axes);
      for (std::size_t i = 0; i < size; ++i) {
        running[i] = static_cast<float>((1.0 - momentum) * running[i] + momentum * *observed++);
      }
    }
    if (placement_.counter != nullptr) ++*placement_.counter;
  }

 private:
  const Program& program() const { return half_->program(); }

  void Gather(const Pass& pass, WorkUnit unit, int round) const {
    const auto index = static_cast<std::size_t>(round);
    if (index < program().gathers.size()) RunSegment(program().gathers[index], pass, unit);
  }

  // Restore is asked for without a batch, when a pass is over.
  void RunSegment(const program::Segment& segment, const Pass& pass, WorkUnit unit) const {
    alignas(64) std::array<float, kBlock> live{};
    const int lanes = pass.batch == nullptr ? kBlock : pass.live_lanes(unit.block);
    std::fill_n(live.begin(), lanes, 1.0f);
    program::Run(program(), segment, half_->BasesOf(placement_, unit),
                 lanes == kBlock ? nullptr : live.data());
  }

  void Observe() {
    observed_ = half_->Observed(*method_).values();
    if (placement_.batch_statistics != nullptr) {
      std::copy(observed_.begin(), observed_.end(), placement_.batch_statistics);
    }
  }

  // What is known for the whole batch goes into the first block's part, behind what the block's own
  // images gave, where there are both.
  void PutGradientsOfBatch(int block) const {
    const program::Expressions& expressions = *program().expressions;
    for (std::size_t i = 0; i < expressions.learned.size(); ++i) {
      const program::LearnedGradient& of = expressions.learned[i];
      if (of.of_batch < 0 || (block > 0 && of.of_images >= 0)) continue;
      PartialGradient gradient = placement_.gradients[i];
      gradient.accumulate = gradient.accumulate || of.of_images >= 0;
      const int node = block == 0 ? of.of_batch : -1;
      program::PutUniform(program(), half_->uniform(), node, expressions.learned_axes[i], block,
                          gradient);
    }
  }

  std::shared_ptr<const equation::Method> method_;
  Placement placement_;
  Half training_, evaluation_;
  Half* half_ = &training_;
  std::vector<double> observed_;  // as batch_statistics has them
};

// Any shape will do: what an equation asks of the engine is the same for all.
Program SampleProgram(const equation::Equation& equation, const Attributes& attributes,
                      const Shape& shape, bool training) {
  const program::Settings settings = SettingsOf(attributes, shape);
  return program::Compile(program::Express(equation, settings, training, training), {});
}

}  // namespace

ProgramTraits ProgramTraitsOf(const equation::Equation& equation) {
  ProgramTraits traits;
  traits.gives_affine = true;
  for (const double ghost : {0.0, 2.0}) {
    const Attributes attributes = {
        {"groups", 2}, {"ghost", ghost}, {"eps", 1e-5}, {"momentum", 0.1}};
    const Program training = SampleProgram(equation, attributes, {6, 5, 7}, true);
    const Program evaluation = SampleProgram(equation, attributes, {6, 5, 7}, false);
    traits.rounds.forward = std::max(traits.rounds.forward, training.forward_rounds);
    traits.rounds.backward = std::max(traits.rounds.backward, training.backward_rounds);
    traits.gives_affine = traits.gives_affine && training.gives_affine && evaluation.gives_affine;
  }
  return traits;
}

std::size_t ProgramKeptBytes(const equation::Equation& equation, const Attributes& attributes,
                             Shape shape) {
  return sizeof(float) * (SampleProgram(equation, attributes, shape, true).stored_size +
                          SampleProgram(equation, attributes, shape, false).stored_size);
}

std::size_t ProgramWorkingBytes(const equation::Equation& equation, const Attributes& attributes,
                                Shape shape) {
  std::size_t floats = 0;
  for (const bool training : {true, false}) {
    const Program program = SampleProgram(equation, attributes, shape, training);
    floats = std::max(floats, program.register_size + program.scratch_size);
  }
  return sizeof(float) * floats;
}

std::unique_ptr<BlockOperation> MakeEquationProgram(std::shared_ptr<const equation::Method> method,
                                                    const Placement& placement) {
  return std::make_unique<EquationNorm>(std::move(method), placement);
}

}  // namespace normlab
