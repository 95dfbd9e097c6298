#include "train/network_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace normlab {
namespace {

std::vector<std::int64_t> Extents(const std::vector<int>& shape) {
  return {shape.begin(), shape.end()};
}

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  std::vector<std::string> extents;
  for (const std::int64_t extent : shape) extents.push_back(std::to_string(extent));
  return "[" + Join(extents) + "]";
}

// "C1.norm" of "C1.norm.running_mean".
std::string_view Module(std::string_view name) { return name.substr(0, name.rfind('.')); }

// Takes tensors out of a file by name and says what does not fit.
class Fitting {
 public:
  Fitting(const std::vector<NamedTensor>& tensors, const std::string& path) : path_(path) {
    for (const NamedTensor& tensor : tensors) left_[tensor.name] = &tensor;
  }

  const NamedTensor* Take(const std::string& name, const std::vector<std::int64_t>& shape) {
    const auto found = left_.find(name);
    if (found == left_.end()) return nullptr;
    const NamedTensor* tensor = found->second;
    left_.erase(found);
    if (tensor->shape != shape) {
      throw DataError(fmt::format("{}: tensor '{}' has shape {}, this network needs {}", path_,
                                  name, ShapeText(tensor->shape), ShapeText(shape)));
    }
    return tensor;
  }

  std::vector<double> Values(const std::string& name, const std::vector<std::int64_t>& shape) {
    const NamedTensor* tensor = Take(name, shape);
    if (tensor == nullptr) {
      throw DataError(fmt::format("{}: tensor '{}' is missing: this network needs it with shape {}",
                                  path_, name, ShapeText(shape)));
    }
    return ToDoubles(*tensor, path_);
  }

  std::int64_t Counter(const std::string& name) {
    const NamedTensor* tensor = Take(name, {});
    if (tensor == nullptr) return 0;
    if (tensor->dtype != DType::kI64) {
      throw DataError(fmt::format("{}: tensor '{}': expected type I64", path_, name));
    }
    std::int64_t value = 0;
    std::memcpy(&value, tensor->bytes.data(), sizeof(value));
    return value;
  }

  void CheckNothingLeft() const {
    if (left_.empty()) return;
    throw DataError(
        fmt::format("{}: tensor '{}' is not one of this network's", path_, left_.begin()->first));
  }

 private:
  const std::string& path_;
  std::map<std::string, const NamedTensor*> left_;
};

template <typename T>
void Put(const std::vector<double>& values, std::size_t offset, std::vector<T>& flat) {
  for (std::size_t i = 0; i < values.size(); ++i) flat[offset + i] = static_cast<T>(values[i]);
}

}  // namespace

template <typename T>
std::vector<NamedTensor> NetworkTensors(Network<T>& network) {
  std::vector<NamedTensor> tensors;
  std::set<std::string_view> done;
  const auto add_state_of = [&](std::string_view module) {
    if (!done.insert(module).second) return;
    for (const BufferInfo& info : network.buffer_infos()) {
      if (Module(info.name) != module) continue;
      tensors.push_back(FromValues(info.name, {static_cast<std::int64_t>(info.size)},
                                   network.buffers().data() + info.offset));
    }
    for (const CounterInfo& counter : network.counters()) {
      if (Module(counter.name) == module) {
        tensors.push_back(FromValues(counter.name, {}, &counter.value));
      }
    }
  };
  const std::vector<ParameterInfo>& infos = network.parameter_infos();
  for (std::size_t i = 0; i < infos.size(); ++i) {
    tensors.push_back(FromValues(infos[i].name, Extents(infos[i].shape),
                                 network.parameters().data() + infos[i].offset));
    const std::string_view module = Module(infos[i].name);
    if (i + 1 == infos.size() || Module(infos[i + 1].name) != module) add_state_of(module);
  }
  return tensors;
}

template <typename T>
void FillNetwork(const std::vector<NamedTensor>& tensors, const std::string& path,
                 Network<T>& network) {
  Fitting fitting(tensors, path);
  std::vector<T> parameters(network.parameters().size()), buffers(network.buffers().size());
  std::vector<std::int64_t> counts;
  for (const ParameterInfo& info : network.parameter_infos()) {
    Put(fitting.Values(info.name, Extents(info.shape)), info.offset, parameters);
  }
  for (const BufferInfo& info : network.buffer_infos()) {
    Put(fitting.Values(info.name, {static_cast<std::int64_t>(info.size)}), info.offset, buffers);
  }
  for (const CounterInfo& info : network.counters()) counts.push_back(fitting.Counter(info.name));
  fitting.CheckNothingLeft();
  std::copy(parameters.begin(), parameters.end(), network.parameters().begin());
  std::copy(buffers.begin(), buffers.end(), network.buffers().begin());
  for (std::size_t i = 0; i < counts.size(); ++i) network.counters()[i].value = counts[i];
}

template std::vector<NamedTensor> NetworkTensors(Network<float>&);
template std::vector<NamedTensor> NetworkTensors(Network<double>&);
template void FillNetwork(const std::vector<NamedTensor>&, const std::string&, Network<float>&);
template void FillNetwork(const std::vector<NamedTensor>&, const std::string&, Network<double>&);

}  // namespace normlab
