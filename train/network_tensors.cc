#include "train/network_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/printable.h"
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

// The shapes of a file's tensors by name, taken out one after the other.
class Shapes {
 public:
  template <typename Tensor>
  Shapes(const std::vector<Tensor>& tensors, const std::string& path) : path_(path) {
    for (const Tensor& tensor : tensors) left_[tensor.name] = &tensor.shape;
  }

  bool Take(const std::string& name, const std::vector<std::int64_t>& needed) {
    const auto found = left_.find(name);
    if (found == left_.end()) return false;
    const std::vector<std::int64_t> shape = *found->second;
    left_.erase(found);
    if (shape == needed) return true;
    throw DataError(
        fmt::format("{}: tensor '{}' has shape {}, this network needs {}; is it of another "
                    "model?",
                    path_, name, ShapeText(shape), ShapeText(needed)));
  }

  void Need(const std::string& name, const std::vector<std::int64_t>& shape) {
    if (Take(name, shape)) return;
    throw DataError(fmt::format("{}: tensor '{}' is missing: this network needs it with shape {}{}",
                                path_, name, ShapeText(shape), AdviceOnMissing(name)));
  }

  void CheckNothingLeft() const {
    if (left_.empty()) return;
    throw DataError(
        fmt::format("{}: tensor '{}' is not one of this network's; is the file of another model?",
                    path_, Printable(left_.begin()->first)));
  }

 private:
  // A repeated unit's statistics have other names under each of the recipes' two bn_statistics.
  std::string OtherStatistics(const std::string& name) const {
    if (left_.contains(name + "_1")) return "; the file is of bn_statistics = \"per_application\"";
    const bool first = name.ends_with("_1") && left_.contains(name.substr(0, name.size() - 2));
    return first ? "; the file is of bn_statistics = \"shared\"" : "";
  }

  // What PyTorch's wrappers put before every name, and whoever keeps the network as a member.
  std::string WrappedName(const std::string& name) const {
    for (const auto& [found, shape] : left_) {
      if (!found.ends_with("." + name)) continue;
      const std::string wrapper = found.substr(0, found.size() - name.size() - 1);
      const std::string by = wrapper == "module"      ? " (DataParallel)"
                             : wrapper == "_orig_mod" ? " (torch.compile)"
                                                      : "";
      return fmt::format(
          "; the file has '{}': it was saved from a wrapped model{}, save model.{}.state_dict() "
          "instead",
          Printable(found), by, Printable(wrapper));
    }
    return "";
  }

  std::string AdviceOnMissing(const std::string& name) const {
    const std::string advice = OtherStatistics(name) + WrappedName(name);
    if (!advice.empty()) return advice;
    return left_.empty() ? "; the file has no tensor more"
                         : fmt::format("; the file has '{}': is it of another model?",
                                       Printable(left_.begin()->first));
  }

  const std::string& path_;
  std::map<std::string, const std::vector<std::int64_t>*> left_;
};

std::vector<double> Values(const std::vector<NamedTensor>& tensors, const std::string& name,
                           const std::string& path) {
  return ToDoubles(*std::ranges::find(tensors, name, &NamedTensor::name), path);
}

std::int64_t Count(const std::vector<NamedTensor>& tensors, const std::string& name,
                   const std::string& path) {
  const auto tensor = std::ranges::find(tensors, name, &NamedTensor::name);
  if (tensor == tensors.end()) return 0;
  if (tensor->dtype != DType::kI64) {
    throw DataError(
        fmt::format("{}: tensor '{}': expected type I64, found {}; is it a file of normlab?", path,
                    name, tensor->dtype == DType::kF32 ? "F32" : "another"));
  }
  std::int64_t value = 0;
  std::memcpy(&value, tensor->bytes.data(), sizeof(value));
  return value;
}

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
      tensors.push_back(
          FromValues(info.name, Extents(info.shape), network.buffers().data() + info.offset));
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
  // Of modules that learn nothing.
  for (const BufferInfo& info : network.buffer_infos()) add_state_of(Module(info.name));
  return tensors;
}

template <typename Tensor>
void CheckTensorsFit(const std::vector<Tensor>& tensors, const NetworkInfos& infos,
                     const std::string& path) {
  Shapes shapes(tensors, path);
  for (const ParameterInfo& info : infos.parameters) shapes.Need(info.name, Extents(info.shape));
  for (const BufferInfo& info : infos.buffers) shapes.Need(info.name, Extents(info.shape));
  for (const CounterInfo& info : infos.counters) shapes.Take(info.name, {});
  shapes.CheckNothingLeft();
}

template <typename T>
void FillNetwork(const std::vector<NamedTensor>& tensors, const std::string& path,
                 Network<T>& network) {
  CheckTensorsFit(tensors, {network.parameter_infos(), network.buffer_infos(), network.counters()},
                  path);
  std::vector<T> parameters(network.parameters().size()), buffers(network.buffers().size());
  std::vector<std::int64_t> counts;
  for (const ParameterInfo& info : network.parameter_infos()) {
    Put(Values(tensors, info.name, path), info.offset, parameters);
  }
  for (const BufferInfo& info : network.buffer_infos()) {
    Put(Values(tensors, info.name, path), info.offset, buffers);
  }
  for (const CounterInfo& info : network.counters()) {
    counts.push_back(Count(tensors, info.name, path));
  }
  std::copy(parameters.begin(), parameters.end(), network.parameters().begin());
  std::copy(buffers.begin(), buffers.end(), network.buffers().begin());
  for (std::size_t i = 0; i < counts.size(); ++i) network.counters()[i].value = counts[i];
}

template void CheckTensorsFit(const std::vector<NamedTensor>&, const NetworkInfos&,
                              const std::string&);
template void CheckTensorsFit(const std::vector<TensorEntry>&, const NetworkInfos&,
                              const std::string&);
template std::vector<NamedTensor> NetworkTensors(Network<float>&);
template std::vector<NamedTensor> NetworkTensors(Network<double>&);
template void FillNetwork(const std::vector<NamedTensor>&, const std::string&, Network<float>&);
template void FillNetwork(const std::vector<NamedTensor>&, const std::string&, Network<double>&);

}  // namespace normlab
