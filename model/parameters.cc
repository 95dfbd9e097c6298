#include "model/architecture.h"

namespace normlab {
namespace {

std::size_t WeightCount(const Layer& layer) {
  return static_cast<std::size_t>(layer.output.channels) * layer.input.channels * layer.kernel *
         layer.kernel;
}

const NormMethod& MethodOf(const Architecture& architecture) {
  return FindNormMethod(architecture.options.norm);
}

// Weight and bias of the normalization.
std::size_t NormParameters(const Architecture& architecture, const Layer& layer) {
  if (!HasNorm(architecture, layer)) return 0;
  const NormMethod& method = MethodOf(architecture);
  std::size_t size = 1;
  for (const int extent : AffineExtents(method, layer.output)) {
    size *= static_cast<std::size_t>(extent);
  }
  return method.has_bias ? 2 * size : size;
}

bool HasRunningStatistics(const Architecture& architecture, const Layer& layer) {
  return HasNorm(architecture, layer) && MethodOf(architecture).running_statistics;
}

// One for each set of running statistics that the layer keeps: what its names end in.
std::vector<std::string> StatisticsSuffixes(const Architecture& architecture, const Layer& layer) {
  if (!HasRunningStatistics(architecture, layer)) return {};
  if (!architecture.options.statistics_per_application || layer.repeat == 1) return {""};
  std::vector<std::string> suffixes;
  for (int i = 1; i <= layer.repeat; ++i) suffixes.push_back("_" + std::to_string(i));
  return suffixes;
}

}  // namespace

std::size_t StoredParameters(const Architecture& architecture, const Layer& layer) {
  if (layer.kind != LayerKind::kConvolution) return 0;
  return WeightCount(layer) + NormParameters(architecture, layer);
}

bool HasNorm(const Architecture& architecture, const Layer& layer) {
  return layer.kind == LayerKind::kConvolution && !layer.bare &&
         MethodOf(architecture).has_statistics;
}

std::vector<ParameterInfo> ParameterInfos(const Architecture& architecture) {
  std::vector<ParameterInfo> infos;
  std::size_t offset = 0;
  const auto add = [&](std::string name, std::vector<int> shape, ParameterKind kind) {
    std::size_t size = 1;
    for (const int extent : shape) size *= static_cast<std::size_t>(extent);
    infos.push_back({std::move(name), std::move(shape), kind, offset, size});
    offset += size;
  };
  for (const Layer& layer : architecture.layers) {
    if (layer.kind != LayerKind::kConvolution) continue;
    const int channels = layer.output.channels;
    add(layer.name + ".conv.weight", {channels, layer.input.channels, layer.kernel, layer.kernel},
        ParameterKind::kConvolution);
    if (!HasNorm(architecture, layer)) continue;
    const NormMethod& method = MethodOf(architecture);
    const std::vector<int> extents = AffineExtents(method, layer.output);
    add(layer.name + ".norm.weight", extents, ParameterKind::kNormWeight);
    if (method.has_bias) add(layer.name + ".norm.bias", extents, ParameterKind::kNormBias);
  }
  return infos;
}

std::vector<BufferInfo> BufferInfos(const Architecture& architecture) {
  std::vector<BufferInfo> infos;
  std::size_t offset = 0;
  for (const Layer& layer : architecture.layers) {
    for (const std::string& suffix : StatisticsSuffixes(architecture, layer)) {
      const std::size_t channels = static_cast<std::size_t>(layer.output.channels);
      infos.push_back({layer.name + ".norm.running_mean" + suffix, offset, channels});
      infos.push_back({layer.name + ".norm.running_var" + suffix, offset + channels, channels});
      offset += 2 * channels;
    }
  }
  return infos;
}

std::vector<CounterInfo> CounterInfos(const Architecture& architecture) {
  std::vector<CounterInfo> infos;
  for (const Layer& layer : architecture.layers) {
    for (const std::string& suffix : StatisticsSuffixes(architecture, layer)) {
      infos.push_back({layer.name + ".norm.num_batches_tracked" + suffix, 0});
    }
  }
  return infos;
}

std::vector<StatisticsSite> StatisticsSites(const Architecture& architecture) {
  std::vector<StatisticsSite> sites;
  std::size_t buffer = 0, counter = 0, batch = 0;
  for (const Layer& layer : architecture.layers) {
    const std::size_t sets = StatisticsSuffixes(architecture, layer).size();
    const std::size_t channels = static_cast<std::size_t>(layer.output.channels);
    for (int i = 0; sets > 0 && i < layer.repeat; ++i) {
      const std::size_t set = sets == 1 ? 0 : static_cast<std::size_t>(i);
      const std::size_t mean = buffer + 2 * channels * set;
      sites.push_back({layer.name, i + 1, channels, layer.output.pixels(), mean, mean + channels,
                       counter + set, batch});
      batch += 2 * channels;
    }
    buffer += 2 * channels * sets;
    counter += sets;
  }
  return sites;
}

std::size_t StoredParameters(const Architecture& architecture) {
  std::size_t sum = 0;
  for (const Layer& layer : architecture.layers) sum += StoredParameters(architecture, layer);
  return sum;
}

std::size_t ParametersPerCall(const Architecture& architecture) {
  std::size_t sum = 0;
  for (const Layer& layer : architecture.layers) {
    sum += StoredParameters(architecture, layer) * static_cast<std::size_t>(layer.repeat);
  }
  return sum;
}

std::size_t MultiplyAdds(const Layer& layer) {
  return layer.kind == LayerKind::kConvolution ? WeightCount(layer) * layer.output.pixels() : 0;
}

std::size_t MultiplyAdds(const Architecture& architecture) {
  std::size_t sum = 0;
  for (const Layer& layer : architecture.layers) {
    sum += MultiplyAdds(layer) * static_cast<std::size_t>(layer.repeat);
  }
  return sum;
}

}  // namespace normlab
