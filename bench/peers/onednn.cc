// oneDNN's convolutions, one at a time (bench/peers/contestant.h): layouts as the library likes
// them best and already so, reorders not counted; of its direct and its Winograd algorithm, where
// it has both for a pass, the one that was faster when it was loaded.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/philox.h"
#include "bench/peers/contestant.h"

namespace normlab {
namespace {

using dnnl::memory;
using Descriptor = memory::desc;
using Arguments = std::unordered_map<int, memory>;

constexpr double kTrialMilliseconds = 20;
constexpr int kTrials = 3;

// A primitive of one pass and what it is executed on, once per copy.
struct OnePass {
  dnnl::primitive primitive;
  std::vector<Arguments> copies;
  std::string implementation;
};

std::string IsaName() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41:
      return "sse4.1";
    case dnnl::cpu_isa::avx:
      return "avx";
    case dnnl::cpu_isa::avx2:
      return "avx2";
    case dnnl::cpu_isa::avx2_vnni:
      return "avx2_vnni";
    case dnnl::cpu_isa::avx512_core:
      return "avx512_core";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "avx512_core_vnni";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "avx512_core_bf16";
    case dnnl::cpu_isa::avx512_core_amx:
      return "avx512_core_amx";
    default:
      return "instruction set unknown";
  }
}

class OneDnn : public Contestant {
 public:
  explicit OneDnn(const ContestOptions& options)
      : batch_(options.batch), engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {
    omp_set_num_threads(options.threads);
  }

  std::string Version() const override {
    const dnnl_version_t& version = *dnnl::version();
    return fmt::format("oneDNN {}.{}.{} {}", version.major, version.minor, version.patch,
                       IsaName());
  }

  std::string Load(const ConvolutionShape& shape) override {
    passes_.clear();
    shape_ = shape;
    Choose([this](dnnl::algorithm algorithm) { return Forward(algorithm); });
    if (!shape.first) Choose([this](dnnl::algorithm algorithm) { return Data(algorithm); });
    Choose([this](dnnl::algorithm algorithm) { return Weights(algorithm); });
    std::vector<std::string> names;
    for (const OnePass& pass : passes_) names.push_back(pass.implementation);
    return fmt::format("{}", fmt::join(names, " "));
  }

  std::vector<double> Time(double milliseconds) override {
    std::vector<double> times;
    for (const OnePass& pass : passes_) times.push_back(Measure(pass, milliseconds));
    return times;
  }

 private:
  using Implementation = dnnl::convolution_forward::primitive_desc;

  double Measure(const OnePass& pass, double milliseconds) {
    return MeanMilliseconds(milliseconds, static_cast<int>(pass.copies.size()), [&](int copy) {
      pass.primitive.execute(stream_, pass.copies[static_cast<std::size_t>(copy)]);
      stream_.wait();
    });
  }

  template <class Make>
  void Choose(const Make& make) {
    std::optional<OnePass> fastest;
    double least = 0;
    for (const auto algorithm :
         {dnnl::algorithm::convolution_direct, dnnl::algorithm::convolution_winograd}) {
      try {
        OnePass pass = make(algorithm);
        double time = Measure(pass, kTrialMilliseconds);
        for (int i = 1; i < kTrials; ++i) time = std::min(time, Measure(pass, kTrialMilliseconds));
        if (fastest && time >= least) continue;
        fastest = std::move(pass);
        least = time;
      } catch (const dnnl::error& error) {
        if (error.status != dnnl_unimplemented) throw;
      }
    }
    passes_.push_back(std::move(fastest.value()));
  }

  Descriptor Any(const memory::dims& dims) const {
    return {dims, memory::data_type::f32, memory::format_tag::any};
  }
  Descriptor X() const { return Any({batch_, shape_.in, shape_.height, shape_.width}); }
  Descriptor W() const {
    const int groups = shape_.groups, inputs = shape_.in / groups;
    if (groups == 1) return Any({shape_.out, inputs, shape_.kernel, shape_.kernel});
    return Any({groups, shape_.out / groups, inputs, shape_.kernel, shape_.kernel});
  }
  Descriptor Y() const {
    return Any({batch_, shape_.out, shape_.out_height(), shape_.out_width()});
  }
  memory::dims Strides() const { return {shape_.stride, shape_.stride}; }
  memory::dims Padding() const { return {shape_.padding, shape_.padding}; }

  Implementation ForwardImplementation(dnnl::algorithm algorithm) const {
    return {{dnnl::prop_kind::forward_training, algorithm, X(), W(), Y(), Strides(), Padding(),
             Padding()},
            engine_};
  }

  OnePass Forward(dnnl::algorithm algorithm) {
    const Implementation chosen = ForwardImplementation(algorithm);
    return {dnnl::convolution_forward(chosen),
            Memories({{DNNL_ARG_SRC, chosen.src_desc()},
                      {DNNL_ARG_WEIGHTS, chosen.weights_desc()},
                      {DNNL_ARG_DST, chosen.dst_desc()}}),
            chosen.impl_info_str()};
  }

  OnePass Data(dnnl::algorithm algorithm) {
    const dnnl::convolution_backward_data::primitive_desc chosen(
        {algorithm, X(), W(), Y(), Strides(), Padding(), Padding()}, engine_,
        ForwardImplementation(algorithm));
    return {dnnl::convolution_backward_data(chosen),
            Memories({{DNNL_ARG_DIFF_SRC, chosen.diff_src_desc()},
                      {DNNL_ARG_WEIGHTS, chosen.weights_desc()},
                      {DNNL_ARG_DIFF_DST, chosen.diff_dst_desc()}}),
            chosen.impl_info_str()};
  }

  OnePass Weights(dnnl::algorithm algorithm) {
    const dnnl::convolution_backward_weights::primitive_desc chosen(
        {algorithm, X(), W(), Y(), Strides(), Padding(), Padding()}, engine_,
        ForwardImplementation(algorithm));
    return {dnnl::convolution_backward_weights(chosen),
            Memories({{DNNL_ARG_SRC, chosen.src_desc()},
                      {DNNL_ARG_DIFF_WEIGHTS, chosen.diff_weights_desc()},
                      {DNNL_ARG_DIFF_DST, chosen.diff_dst_desc()}}),
            chosen.impl_info_str()};
  }

  std::vector<Arguments> Memories(const std::unordered_map<int, Descriptor>& descriptors) const {
    RandomStream random(1, Purpose::kSamples, 0, 0);
    std::vector<Arguments> copies(static_cast<std::size_t>(CopiesOf(shape_, batch_)));
    for (Arguments& copy : copies) {
      for (const auto& [argument, descriptor] : descriptors) {
        memory& made = copy[argument] = memory(descriptor, engine_);
        float* values = static_cast<float*>(made.get_data_handle());
        for (std::size_t i = 0; i < descriptor.get_size() / sizeof(float); ++i) {
          values[i] = static_cast<float>(random.Uniform(-1, 1));
        }
      }
    }
    return copies;
  }

  int batch_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  ConvolutionShape shape_;
  std::vector<OnePass> passes_;
};

}  // namespace
}  // namespace normlab

int main(int argc, char** argv) {
  return normlab::RunContestant(
      argc, argv,
      [](const normlab::ContestOptions& options) -> std::unique_ptr<normlab::Contestant> {
        return std::make_unique<normlab::OneDnn>(options);
      });
}
