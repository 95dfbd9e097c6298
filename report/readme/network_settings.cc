#include "report/readme/network_settings.h"

#include <charconv>
#include <tuple>

namespace normlab {
namespace {

template <typename Number>
void Read(const std::map<std::string, std::string>& settings, const char* key, Number& number) {
  const auto found = settings.find(key);
  if (found == settings.end()) return;
  const std::string& text = found->second;
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= 0) number = value;
}

std::string Word(const std::map<std::string, std::string>& settings, const char* key) {
  const auto found = settings.find(key);
  return found == settings.end() ? "" : found->second;
}

// Does not compile when an option is added and not compared.
auto Parts(const ModelOptions& options) {
  const auto& [norm, groups, norm_eps, norm_momentum, by_equation, ghost, per_application, weights,
               activation, dropout, order] = options;
  return std::tie(norm, groups, norm_eps, norm_momentum, by_equation, ghost, per_application,
                  weights, activation, dropout, order);
}

auto Parts(const NetworkSettings& network) {
  const auto& [model, options, batch_size, optimizer] = network;
  return std::tuple(std::tie(model, batch_size, optimizer), Parts(options));
}

}  // namespace

bool SameOptions(const ModelOptions& a, const ModelOptions& b) { return Parts(a) == Parts(b); }

bool operator==(const NetworkSettings& a, const NetworkSettings& b) { return Parts(a) == Parts(b); }

NetworkSettings NetworkSettingsOf(const std::map<std::string, std::string>& settings) {
  NetworkSettings network;
  network.model = Word(settings, "model");
  network.optimizer = Word(settings, "optimizer");
  network.options.norm_by_equation = Word(settings, "norm_program") == "equation";
  Read(settings, "ghost", network.options.ghost);
  const std::string weights = Word(settings, "weights");
  if (!weights.empty()) network.options.weights = weights;
  Read(settings, "groups", network.options.groups);
  Read(settings, "norm_eps", network.options.norm_eps);
  Read(settings, "norm_momentum", network.options.norm_momentum);
  network.options.statistics_per_application = Word(settings, "bn_statistics") == "per_application";
  Read(settings, "dropout", network.options.dropout);
  Read(settings, "batch_size", network.batch_size);
  const std::string activation = Word(settings, "activation");
  if (!activation.empty()) network.options.activation = activation;
  const std::string order = Word(settings, "order");
  if (!order.empty()) network.options.order = ParseOrder(order);
  return network;
}

}  // namespace normlab
