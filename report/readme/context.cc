#include "report/readme/context.h"

#include "base/error.h"
#include "report/readme/network_settings.h"

namespace normlab {

std::string SettingOf(const ReadmeContext& context, std::size_t arm, const std::string& key) {
  const auto found = context.settings[arm].find(key);
  return found == context.settings[arm].end() ? "" : found->second;
}

std::string SharedSetting(const ReadmeContext& context, const std::string& key) {
  const std::string first = SettingOf(context, 0, key);
  for (std::size_t i = 1; i < context.settings.size(); ++i) {
    if (SettingOf(context, i, key) != first) return "";
  }
  return first;
}

std::string NormOf(const ReadmeContext& context, std::size_t arm) {
  const std::string norm = SettingOf(context, arm, "norm");
  return norm.empty() ? context.run.arms[arm].norm : norm;
}

std::size_t ParametersOf(const ReadmeContext& context, const ArmRecord& arm) {
  if (arm.conditions && arm.conditions->parameters > 0) return arm.conditions->parameters;
  if (!context.images.counted) return 0;
  const auto index = static_cast<std::size_t>(&arm - context.run.arms.data());
  try {
    const NetworkSettings network = NetworkSettingsOf(context.settings[index]);
    ModelOptions options = network.options;
    options.norm = NormOf(context, index);
    return StoredParameters(ParseArchitecture(network.model, context.images.shape,
                                              static_cast<int>(context.run.class_names.size()),
                                              options));
  } catch (const Error&) {
    return 0;
  }
}

}  // namespace normlab
