#include "config/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "config/key_kinds.h"
#include "config/norm_setting.h"
#include "config/other_words.h"
#include "data/dataset.h"
#include "data/dataset_spec.h"
#include "engine/registry.h"
#include "model/architecture.h"
#include "norm/equation/method_file.h"
#include "norm/norm.h"
#include "train/initialization.h"
#include "train/mixing.h"
#include "train/optimizer.h"
#include "train/parameter_groups.h"
#include "train/schedule.h"
#include "train/test_views.h"
#include "train/weight_average.h"

namespace normlab {
namespace {

// Reads as a member in the table below.
#define NORMLAB_FIELD(path) \
  [](Settings & settings) -> auto& { return settings.path; }

template <typename Table>
std::vector<std::string> Names(const Table& table) {
  std::vector<std::string> names;
  for (const auto& row : table) names.emplace_back(row.name);
  return names;
}

// What a user's own set holds is looked at when the plan is made.
Key DatasetKey() {
  const std::vector<std::string> published = Names(AllDatasets());
  Key key =
      WordKey(KeyScope::kArm, "dataset", NORMLAB_FIELD(config.dataset), {},
              "one of " + Join(published) + ", or your own: folder:DIR, folder:DIR@CxHxW, idx:DIR",
              "the images (docs/data.md); one data set in a run");
  key.set = [published](Settings& settings, const std::string& text) {
    if (!IsDatasetSpec(text) && std::ranges::find(published, text) == published.end()) return false;
    settings.config.dataset = text;
    return true;
  };
  return key;
}

// A file is read where the setting is (config/norm_setting.h); here its text arrives.
Key NormKey() {
  const std::vector<std::string> shipped = NormNames();
  Key key = WordKey(KeyScope::kArm, "norm", NORMLAB_FIELD(config.norm), {},
                    "one of " + Join(shipped) +
                        ", or your own: a file that ends in .toml, or an equation y = ...",
                    "normalization of every unit that is not bare (docs/equations.md)");
  key.set = [shipped](Settings& settings, const std::string& text) {
    if (std::ranges::find(shipped, text) == shipped.end()) {
      if (!IsOwnNorm(text)) return false;
      FindNormMethod(text);
    }
    settings.config.norm = text;
    return true;
  };
  key.print = [](const Settings& settings) { return QuoteTomlLines(settings.config.norm); };
  return key;
}

Key WeightsKey() {
  const std::vector<std::string> shipped = FilterNames();
  Key key = WordKey(KeyScope::kArm, "weights", NORMLAB_FIELD(config.weights), {},
                    "one of " + Join(shipped) +
                        ", or your own: a file that ends in .toml, or an equation y = ... of w",
                    "what is made of the filters of every unit that is not bare, once a step "
                    "(docs/equations.md)");
  key.set = [shipped](Settings& settings, const std::string& text) {
    if (std::ranges::find(shipped, text) == shipped.end()) {
      if (!IsOwnNorm(text)) return false;
      FindFilterMethod(text);
    }
    settings.config.weights = text;
    return true;
  };
  key.print = [](const Settings& settings) { return QuoteTomlLines(settings.config.weights); };
  return key;
}

// Of a batch and of a ghost batch.
constexpr int kMostBatchImages = 16384;

std::vector<Key> ModelKeys() {
  constexpr KeyScope kArm = KeyScope::kArm;
  return {
      WordKey(kArm, "model", NORMLAB_FIELD(config.model), {},
              "one of " + Join(Names(ModelPresets())) + ", or a line such as \"C8 P C16 GAP c10!\"",
              "the network (docs/architectures.md)"),
      DatasetKey(),
      NormKey(),
      WordKey(kArm, "norm_program", NORMLAB_FIELD(config.norm_program), {"room", "equation"}, "",
              "what computes it: the hand-written program of those that have one, or the one that "
              "is made from the equation"),
      IntegerKey<int>(kArm, "groups", NORMLAB_FIELD(config.groups), 1, 65536,
                      "groups of group normalization; default: the model's own"),
      WeightsKey(),
      RealKey("norm_eps", NORMLAB_FIELD(config.norm_eps), 0, Bound::kOpen, 1, Bound::kClosed,
              "added to the variance inside the square root"),
      RealKey("norm_momentum", NORMLAB_FIELD(config.norm_momentum), 0, Bound::kClosed, 1,
              Bound::kClosed, "weight of the new value in the running statistics"),
      IntegerKey<int>(kArm, "ghost", NORMLAB_FIELD(config.ghost), 0, kMostBatchImages,
                      "images of a ghost batch, the axis M of an equation; 0: the batch is one"),
      WordKey(kArm, "bn_statistics", NORMLAB_FIELD(config.bn_statistics),
              {"shared", "per_application"}, "",
              "running statistics of a unit that is applied several times: one set, as PyTorch's "
              "module keeps, or one for each application"),
      WordKey(kArm, "order", NORMLAB_FIELD(config.order), {},
              "conv, then relu, norm and dropout in any order, joined by -",
              "order inside a unit; default: the model's own; a norm that is an activation too "
              "leaves relu out"),
      WordKey(
          kArm, "activation", NORMLAB_FIELD(config.activation), ActivationChoices(), "",
          "of every unit that is not bare and of every sum, where its layer says no other; order "
          "calls its place relu"),
      RealKey("dropout", NORMLAB_FIELD(config.dropout), 0, Bound::kClosed, 1, Bound::kOpen,
              "probability that a value is zeroed"),
  };
}

std::vector<Key> TrainingKeys() {
  constexpr KeyScope kArm = KeyScope::kArm;
  return {
      IntegerKey<int>(kArm, "epochs", NORMLAB_FIELD(config.epochs), 1, 100000,
                      "passes over the training images"),
      IntegerKey<std::int64_t>(kArm, "max_steps", NORMLAB_FIELD(config.max_steps), 0, 1000000000,
                               "training ends after this many steps; 0: no limit"),
      IntegerKey<int>(kArm, "batch_size", NORMLAB_FIELD(config.batch_size), 1, kMostBatchImages,
                      "images in a step; the last, smaller batch of an epoch is kept"),
      ChoiceKey(OptimizerFamily(), NORMLAB_FIELD(config.optimizer), "PyTorch's arguments",
                "PyTorch's optimizer of that name"),
      RealKey("lr", NORMLAB_FIELD(config.lr), 0, Bound::kOpen, 1000, Bound::kClosed,
              "learning rate; onecycle's max_lr unless that is given"),
      RealKey(
          "momentum", NORMLAB_FIELD(config.momentum), 0, Bound::kClosed, 1, Bound::kOpen,
          "SGD's and Muon's momentum; onecycle cycles it unless schedule.cycle_momentum = false"),
      BooleanKey(kArm, "nesterov", NORMLAB_FIELD(config.nesterov),
                 "Nesterov momentum of SGD and Muon"),
      RealKey("l1", NORMLAB_FIELD(config.l1), 0, Bound::kClosed, 100, Bound::kClosed,
              "penalty l1 * sum of absolute values"),
      RealKey("l2", NORMLAB_FIELD(config.l2), 0, Bound::kClosed, 100, Bound::kClosed,
              "PyTorch's weight_decay"),
      WordKey(kArm, "l1_on", NORMLAB_FIELD(config.l1_on), {"all", "conv"}, "",
              "parameters that l1 acts on"),
      WordKey(kArm, "l2_on", NORMLAB_FIELD(config.l2_on), {"all", "conv"}, "",
              "parameters that l2 acts on"),
      WordKey(kArm, "decay", NORMLAB_FIELD(config.decay), {"own", "coupled", "decoupled"}, "",
              "how l2 acts: as a penalty (coupled), or by shrinking the weights beside the step "
              "(decoupled); own: decoupled for adamw and muon"),
      ChoiceKey(LrMultiplierFamily(), NORMLAB_FIELD(config.lr_multiplier),
                "first, filter, head, gain, shift, other",
                "factors of the learning rate by a tensor's role (docs/training.md)"),
      ChoiceKey(DecayMultiplierFamily(), NORMLAB_FIELD(config.decay_multiplier),
                "first, filter, head, gain, shift, other", "the same of l2"),
      RealKey("clip_norm", NORMLAB_FIELD(config.clip_norm), 0, Bound::kClosed, 1e6, Bound::kClosed,
              "largest norm of a step's gradient, PyTorch's clip_grad_norm_; 0: not clipped"),
      ChoiceKey(ScheduleFamily(), NORMLAB_FIELD(config.schedule), "PyTorch's arguments",
                "learning-rate schedule; schedule.KEY sets one argument of it"),
      ChoiceKey(AverageFamily(), NORMLAB_FIELD(config.average), "decay, every, ramp, statistics",
                "averaged weights, which are evaluated in the place of the trained ones"),
      RealKey("label_smoothing", NORMLAB_FIELD(config.label_smoothing), 0, Bound::kClosed, 1,
              Bound::kClosed, "PyTorch's label_smoothing of the loss that is descended"),
      ChoiceKey(MixFamily(), NORMLAB_FIELD(config.mix), "alpha",
                "images and labels of a batch mixed, as torchvision's MixUp and CutMix"),
      ChoiceKey(InitializationFamily(), NORMLAB_FIELD(config.initialization),
                "first, filter, head, eps",
                "initial filters by role, where they are not PyTorch's (docs/training.md)"),
      WordKey(kArm, "augment", NORMLAB_FIELD(config.augment), {},
              "none, a shipped pipeline or transforms such as \"flip(0.5) shift(2)\"",
              "augmentation of the training images (docs/augmentation.md)"),
      BooleanKey(kArm, "shuffle", NORMLAB_FIELD(config.shuffle), "a new order every epoch"),
      IntegerKey<int>(kArm, "validation", NORMLAB_FIELD(config.validation), 0, 10000000,
                      "training images held out to choose the best epoch; 0: on the test set"),
      IntegerKey<std::uint64_t>(kArm, "seed", NORMLAB_FIELD(config.seed), 0, std::int64_t{1} << 53,
                                "of initial weights, order, augmentation and dropout"),
      WordKey(kArm, "tta", NORMLAB_FIELD(config.tta),
              {std::begin(kTestViews), std::end(kTestViews)}, "",
              "views of each test image that are evaluated together, in columns of their own"),
  };
}

std::vector<Key> RunKeys() {
  return {
      WordKey(KeyScope::kRun, "engine", NORMLAB_FIELD(execution.engine), Names(Engines()), "",
              EngineTitles()),
      PathKey(KeyScope::kRun, "init", NORMLAB_FIELD(execution.init), "a safetensors file",
              "initial weights of every arm; empty: drawn from the seed"),
      BooleanKey(KeyScope::kRecord, "log_steps", NORMLAB_FIELD(execution.log_steps),
                 "write steps.csv: loss, learning rate and momentum of every step"),
      BooleanKey(KeyScope::kRecord, "layer_statistics", NORMLAB_FIELD(execution.layer_statistics),
                 "write layers.csv: each layer before and after normalization, every epoch"),
      BooleanKey(KeyScope::kRecord, "compare_statistics",
                 NORMLAB_FIELD(execution.compare_statistics),
                 "write statistics.csv: batch normalization's test accuracy with shared, "
                 "per-application, re-estimated and batch statistics, every epoch"),
      WordKey(KeyScope::kExecution, "simd", NORMLAB_FIELD(execution.simd),
              {"best", "avx512", "avx2", "sse4", "scalar"}, "",
              "instruction set of the fast engine"),
      WordKey(KeyScope::kExecution, "device", NORMLAB_FIELD(execution.device), {},
              "cpu, opencl or opencl:N",
              "where trainings run; normlab devices lists what is there"),
      AutoKey(KeyScope::kExecution, "threads", NORMLAB_FIELD(execution.threads), 0, 1024,
              "threads of one training; auto or 0: chosen, so that jobs x threads = cores"),
      AutoKey(KeyScope::kExecution, "jobs", NORMLAB_FIELD(execution.jobs), 1, 1024,
              "trainings at once; auto: chosen, so that the run ends first"),
  };
}

#undef NORMLAB_FIELD

// The hashes of the first run folders hold these keys at their defaults too. A new key is not added
// here.
constexpr std::string_view kFirstKeys[] = {"model",
                                           "dataset",
                                           "norm",
                                           "groups",
                                           "norm_eps",
                                           "order",
                                           "dropout",
                                           "epochs",
                                           "bn_statistics",
                                           "norm_momentum",
                                           "max_steps",
                                           "batch_size",
                                           "optimizer",
                                           "lr",
                                           "momentum",
                                           "nesterov",
                                           "l1",
                                           "l2",
                                           "l1_on",
                                           "l2_on",
                                           "schedule",
                                           "augment",
                                           "shuffle",
                                           "validation",
                                           "seed",
                                           "engine",
                                           "init",
                                           "log_steps",
                                           "layer_statistics",
                                           "compare_statistics"};

bool IsFirstKey(const Key& key) {
  return std::ranges::find(kFirstKeys, key.name) != std::end(kFirstKeys);
}

[[noreturn]] void Refuse(const Setting& setting, const std::string& allowed) {
  throw UsageError(fmt::format("{}: {} = {}: expected {}{}", setting.origin, setting.key,
                               setting.value.empty() ? "(nothing)" : Printable(setting.value),
                               allowed, ValueAdvice(setting.key, setting.value, allowed)));
}

// A recipe's types are strict: epochs = "20" is a word where a number belongs.
bool KindFits(ValueKind given, ValueKind wanted) {
  if (given == ValueKind::kText || given == wanted) return true;
  if (wanted == ValueKind::kText) return given == ValueKind::kInteger || given == ValueKind::kWord;
  return given == ValueKind::kInteger && wanted == ValueKind::kReal;
}

}  // namespace

const std::vector<Key>& Keys() {
  static const std::vector<Key> keys = [] {
    std::vector<Key> all = ModelKeys();
    for (const auto& more : {TrainingKeys(), RunKeys()}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }();
  return keys;
}

const std::map<std::string, std::string>& LaterKeys() {
  static const std::map<std::string, std::string> later = [] {
    std::map<std::string, std::string> all;
    for (const Key& key : Keys()) {
      if (key.scope != KeyScope::kArm || IsFirstKey(key)) continue;
      std::string value = key.print(Settings());
      if (value.starts_with('"')) value = value.substr(1, value.size() - 2);
      all.emplace(key.name, value);
    }
    return all;
  }();
  return later;
}

std::string HashLine(const Key& key, const Settings& settings) {
  if (key.scope == KeyScope::kExecution) return "";
  const std::string value = key.print(settings);
  return IsFirstKey(key) || value != key.print(Settings())
             ? fmt::format("{} = {}\n", key.name, value)
             : "";
}

const Key* FindChoiceKey(std::string_view key) {
  const auto found = std::ranges::find(Keys(), key, &Key::name);
  return found == Keys().end() || found->family == nullptr ? nullptr : &*found;
}

std::string KeyName(const std::string& key) { return key.substr(0, key.find('.')); }

std::string KeyAdvice(std::string_view name) {
  if (const std::string advice = OtherWordAdvice(name); !advice.empty()) return "; " + advice;
  const std::string nearest = NearestWords(name, Names(Keys()));
  return nearest.empty() ? "; normlab run --keys lists them" : nearest;
}

const Key& FindKey(std::string_view name, std::string_view origin) {
  const auto found = std::ranges::find(Keys(), name, &Key::name);
  if (found != Keys().end()) return *found;
  throw UsageError(fmt::format("{}: unknown key '{}'{}", origin, Printable(name), KeyAdvice(name)));
}

void ApplySetting(const Setting& setting, Settings& settings) {
  const std::size_t dot = setting.key.find('.');
  const Key* of = dot == std::string::npos ? nullptr : FindChoiceKey(KeyName(setting.key));
  if (of != nullptr) {
    const std::string argument = setting.key.substr(dot + 1);
    const std::string allowed = ArgumentValues(*of->family, argument, setting.origin);
    if (!SetChoiceArgument(*of->family, argument, setting.value, of->choice(settings))) {
      Refuse(setting, allowed);
    }
    return;
  }
  const Key& key = FindKey(setting.key, setting.origin);
  try {
    if (KindFits(setting.kind, key.kind) && key.set(settings, setting.value)) return;
  } catch (const equation::MethodError& error) {
    throw equation::MethodError(fmt::format("{}: {}", setting.origin, error.what()));
  } catch (const UsageError& error) {  // what is wrong within the value
    throw UsageError(fmt::format("{}: {}", setting.origin, error.what()));
  }
  Refuse(setting, key.allowed);
}

Setting ParseAssignment(const std::string& text, const std::string& origin) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError(
        fmt::format("{}: '{}': expected key=value, such as lr=0.05", origin, Printable(text)));
  }
  Setting setting{text.substr(0, equals), text.substr(equals + 1), origin, ValueKind::kText};
  ReadNormFile("", setting);
  return setting;
}

std::string QuoteToml(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

// Between ''' nothing is escaped, so a method's text stays what it was.
std::string QuoteTomlLines(std::string_view text) {
  if (text.find('\n') == std::string_view::npos) return QuoteToml(text);
  if (text.find("'''") == std::string_view::npos && !text.ends_with('\'')) {
    return fmt::format("'''\n{}'''", text);
  }
  std::string quoted = "\"\"\"\n";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends_it = text[i] == '"' && (quoted.ends_with("\"\"") || i + 1 == text.size());
    if (ends_it || text[i] == '\\') quoted += '\\';
    quoted += text[i];
  }
  return quoted + "\"\"\"";
}

std::string KeysMarkdown() {
  const Settings defaults;
  std::string text = "| key | default | may be | meaning |\n|---|---|---|---|\n";
  for (const Key& key : Keys()) {
    text += fmt::format("| `{}` | `{}` | {} | {} |\n", key.name, key.print(defaults), key.allowed,
                        key.meaning);
  }
  return text;
}

}  // namespace normlab
