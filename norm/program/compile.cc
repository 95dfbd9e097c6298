#include "norm/program/compile.h"

#include <algorithm>
#include <cassert>
#include <set>

#include "norm/program/segment.h"

namespace normlab::program {
namespace {

class Compiler {
 public:
  Compiler(const Expressions& expressions, const CompileOptions& options)
      : options_(options),
        expressions_(std::make_shared<Expressions>(expressions)),
        analysis_(*expressions_),
        storage_(program_, analysis_, options_) {
    program_.expressions = expressions_;
    options_.accumulates.resize(expressions.learned_count);
  }

  Program Run() && {
    for (int& observed : expressions_->observed) {
      if (observed >= 0) observed = analysis_.Resolve(observed);
    }
    for (LearnedGradient& gradient : expressions_->learned) {
      if (gradient.of_batch >= 0) gradient.of_batch = analysis_.Resolve(gradient.of_batch);
    }
    FindReductions();
    program_.gives_affine = analysis_.AffineOf(expressions_->y).has_value();
    for (int round = 0; round < program_.forward_rounds; ++round) Gather(round);
    const Root y = {options_.has_y ? Root::Kind::kY : Root::Kind::kAffine, expressions_->y};
    program_.forward = Build({y});
    program_.restore = Build({y});
    if (expressions_->dx >= 0) AddBackward();
    ListUniform();
    ListGhostCounts();
    const auto size = static_cast<std::size_t>(analysis_.graph().size());
    for (std::size_t node = 0; node < size; ++node) {
      program_.arguments.push_back(analysis_.Arguments(static_cast<int>(node)));
    }
    program_.uniform_operands.resize(size);
    program_.stored.resize(size);
    ChooseKernels();
    return std::move(program_);
  }

 private:
  std::vector<int> Roots() {
    std::vector<int> roots = {expressions_->y};
    for (const int node : expressions_->observed) roots.push_back(node);
    roots.push_back(expressions_->dx);
    for (const LearnedGradient& gradient : expressions_->learned) {
      roots.push_back(gradient.of_batch);
      roots.push_back(gradient.of_images);
    }
    std::erase(roots, -1);
    return roots;
  }

  void Visit(int node) {
    node = analysis_.Resolve(node);
    if (!visited_.insert(node).second) return;
    for (const int argument : analysis_.Arguments(node)) Visit(argument);
    reached_.push_back(node);
  }

  // Sums over images by the round in which they are gathered.
  void FindReductions() {
    for (const int root : Roots()) Visit(root);
    int rounds = analysis_.forward_rounds();
    program_.forward_rounds = rounds;
    for (const int node : reached_) rounds = std::max(rounds, analysis_.WaitsBefore(node));
    program_.backward_rounds = rounds - program_.forward_rounds;
    program_.reductions.resize(static_cast<std::size_t>(rounds));
    for (const int node : reached_) {
      if (!IsLaneReduction(analysis_[node].op)) continue;
      const int round = analysis_.WaitsBefore(node) - 1;
      program_.reductions[static_cast<std::size_t>(round)].push_back({node, {}, {}});
    }
  }

  Segment Build(const std::vector<Root>& roots) {
    return SegmentBuilder(program_, analysis_, storage_, options_, available_).Build(roots);
  }

  void Gather(int round) {
    std::vector<Root> roots;
    auto& reductions = program_.reductions[static_cast<std::size_t>(round)];
    for (const LaneReduction& reduction : reductions) {
      for (const int from : analysis_.Arguments(reduction.node)) {
        if (analysis_[from].op != Op::kX && analysis_[from].op != Op::kDy) {
          roots.push_back({Root::Kind::kStored, from});
        }
      }
    }
    program_.gathers.push_back(Build(roots));
    for (LaneReduction& reduction : reductions) {
      for (const int from : analysis_.Arguments(reduction.node)) {
        const Op op = analysis_[from].op;
        reduction.from.push_back(op == Op::kX    ? storage_.Map(Base::kX)
                                 : op == Op::kDy ? storage_.Map(Base::kDy)
                                                 : storage_.Store(from));
      }
      if (CrossesImages(analysis_[reduction.node].axes)) {
        reduction.to = storage_.Store(reduction.node);
        available_.insert(reduction.node);
      } else {
        storage_.NeedUniform(reduction.node);
      }
    }
  }

  void AddBackward() {
    const int rounds = program_.forward_rounds + program_.backward_rounds;
    for (int round = program_.forward_rounds; round < rounds; ++round) Gather(round);
    std::vector<Root> roots = {{Root::Kind::kDx, expressions_->dx}};
    for (std::size_t i = 0; i < expressions_->learned.size(); ++i) {
      const LearnedGradient& gradient = expressions_->learned[i];
      if (gradient.of_batch >= 0) storage_.NeedUniform(gradient.of_batch);
      if (gradient.of_images < 0) continue;
      roots.push_back({Root::Kind::kGradient, gradient.of_images, static_cast<int>(i),
                       expressions_->learned_axes[i]});
    }
    program_.backward = Build(roots);
  }

  void ListUniform() {
    for (const int observed : expressions_->observed) {
      if (observed >= 0) NeedObserved(observed);
    }
    program_.uniform.resize(program_.reductions.size() + 1);
    for (const int node : storage_.uniform_nodes()) {
      if (IsLaneReduction(analysis_[node].op)) continue;
      program_.uniform[static_cast<std::size_t>(analysis_.WaitsBefore(node))].push_back(node);
    }
  }

  // Values of the batch that an observed one is made of.
  void NeedObserved(int node) {
    if (!CrossesImages(analysis_[node].axes)) return storage_.NeedUniform(node);
    if (IsLaneReduction(analysis_[node].op)) return;
    for (const int argument : analysis_.Arguments(node)) NeedObserved(argument);
  }

  void ListGhostCounts() {
    for (int node = 0; node < analysis_.graph().size(); ++node) {
      const Node& of = analysis_[node];
      const bool is_count = of.op == Op::kRuntime && of.index == kGhostImages;
      if (is_count && storage_.IsStored(node)) {
        program_.ghost_counts.push_back(storage_.Store(node));
      }
    }
  }

  void ChooseKernels() {
    if (options_.kernels == nullptr) return;
    std::vector<Segment*> segments = {&program_.forward, &program_.restore, &program_.backward};
    for (Segment& gather : program_.gathers) segments.push_back(&gather);
    for (Segment* segment : segments) {
      for (Step& step : segment->steps) {
        for (Instruction& each : step.instructions) each.kernel = options_.kernels(each);
      }
    }
  }

  CompileOptions options_;
  std::shared_ptr<Expressions> expressions_;
  Analysis analysis_;
  Program program_;
  Storage storage_;
  std::set<int> visited_, available_;
  std::vector<int> reached_;  // each after its arguments
};

}  // namespace

Program Compile(const Expressions& expressions, const CompileOptions& options) {
  return Compiler(expressions, options).Run();
}

}  // namespace normlab::program
