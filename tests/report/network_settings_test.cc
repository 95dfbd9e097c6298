// What a report makes of an arm's settings is the network that was trained.
#include "report/readme/network_settings.h"

#include <gtest/gtest.h>

#include <map>

#include "config/check.h"
#include "config/keys.h"
#include "config/plan.h"

namespace normlab {
namespace {

// A value other than the default for every key of an arm but tables of arguments; a new key must be
// added.
const std::map<std::string, std::string> kOthers = {{"model", "C8 c2!"},
                                                    {"dataset", "cifar10"},
                                                    {"norm", "layer"},
                                                    {"norm_program", "equation"},
                                                    {"ghost", "8"},
                                                    {"groups", "4"},
                                                    {"norm_eps", "0.001"},
                                                    {"norm_momentum", "0.25"},
                                                    {"bn_statistics", "per_application"},
                                                    {"order", "conv-norm-relu-dropout"},
                                                    {"dropout", "0.125"},
                                                    {"epochs", "3"},
                                                    {"max_steps", "7"},
                                                    {"batch_size", "32"},
                                                    {"weights", "scaled"},
                                                    {"activation", "silu"},
                                                    {"optimizer", "adam"},
                                                    {"lr", "0.5"},
                                                    {"momentum", "0.5"},
                                                    {"nesterov", "true"},
                                                    {"l1", "0.5"},
                                                    {"l2", "0.5"},
                                                    {"l1_on", "conv"},
                                                    {"l2_on", "conv"},
                                                    {"decay", "decoupled"},
                                                    {"lr_multiplier", "none"},
                                                    {"decay_multiplier", "none"},
                                                    {"clip_norm", "0.5"},
                                                    {"average", "ema"},
                                                    {"label_smoothing", "0.1"},
                                                    {"mix", "mixup"},
                                                    {"initialization", "none"},
                                                    {"tta", "flip"},
                                                    {"schedule", "step"},
                                                    {"augment", "flip"},
                                                    {"shuffle", "false"},
                                                    {"validation", "100"},
                                                    {"seed", "9"}};

std::map<std::string, std::string> Recorded(const Config& config) {
  std::map<std::string, std::string> settings;
  for (const Setting& setting : CanonicalSettings(config)) settings[setting.key] = setting.value;
  return settings;
}

ModelOptions Trained(const Config& config) {
  ModelOptions options = MakeModelOptions(config);
  options.norm = ModelOptions{}.norm;
  return options;
}

TEST(NetworkSettings, CarryEveryKeyThatANetworkFollowsFrom) {
  int shaping = 0;
  for (const Key& key : Keys()) {
    if (key.scope != KeyScope::kArm) continue;
    ASSERT_TRUE(kOthers.contains(key.name)) << key.name;
    Settings settings;
    ASSERT_TRUE(key.set(settings, kOthers.at(key.name))) << key.name;
    const NetworkSettings network = NetworkSettingsOf(Recorded(settings.config));
    EXPECT_TRUE(SameOptions(network.options, Trained(settings.config))) << key.name;
    EXPECT_EQ(network.model, settings.config.model) << key.name;
    EXPECT_EQ(network.batch_size, settings.config.batch_size) << key.name;
    EXPECT_EQ(network.optimizer, settings.config.optimizer) << key.name;
    shaping += SameOptions(Trained(settings.config), Trained(Config{})) ? 0 : 1;
  }
  EXPECT_GE(shaping, 6);
}

}  // namespace
}  // namespace normlab
