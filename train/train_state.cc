#include "train/train_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "train/network_tensors.h"
#include "train/safetensors.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

constexpr const char* kOptimizerPrefix = "optimizer.";
constexpr const char* kFormat = "normlab.state.1";

// JSON writes a loss that is not finite as null.
Json ScoresToJson(const std::vector<StatisticsScore>& scores) {
  Json list = Json::array();
  for (const StatisticsScore& score : scores) {
    list.push_back({{"statistics", NamesOf(score.kind).name},
                    {"loss", score.test_loss},
                    {"accuracy", score.test_accuracy}});
  }
  return list;
}

Json RecordsToJson(const std::vector<EpochRecord>& records) {
  Json list = Json::array();
  for (const EpochRecord& record : records) {
    Json& entry = list.emplace_back(Json::object());
    VisitNumbers(record, [&](const char* name, auto value, bool) { entry[name] = value; });
    entry["statistics"] = ScoresToJson(record.statistics);
  }
  return list;
}

[[noreturn]] void Broken(const std::string& path, const std::string& what) {
  throw DataError(fmt::format(
      "{}: the state of this training is broken ({}): remove the file to train from the start",
      path, what));
}

Json ParseMetadata(const TensorFile& file, const std::string& key, const std::string& path) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) Broken(path, fmt::format("'{}' is missing", key));
  Json json = Json::parse(found->second, nullptr, false);
  if (json.is_discarded()) Broken(path, fmt::format("'{}' is not JSON", key));
  return json;
}

template <typename Number>
void ReadNumber(const Json& object, const char* name, const std::string& path, Number& number) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) {
    Broken(path, fmt::format("expected a number '{}'", name));
  }
  const double value = found->template get<double>();
  if (std::is_integral_v<Number> && !(value >= 0 && value <= std::numeric_limits<int>::max())) {
    Broken(path, fmt::format("'{}' = {} is out of range", name, value));
  }
  number = static_cast<Number>(value);
}

StatisticsKind KindFromJson(const Json& score, const std::string& path) {
  const Json name = score.is_object() ? score.value("statistics", Json()) : Json();
  const auto kind =
      name.is_string() ? FindStatisticsKind(name.get_ref<const std::string&>()) : std::nullopt;
  if (!kind) Broken(path, "the 'statistics' of an epoch have no known name");
  return *kind;
}

std::vector<StatisticsScore> ScoresFromJson(int epoch, const Json& list, const std::string& path) {
  if (!list.is_array()) Broken(path, "the 'statistics' of an epoch are not a list");
  std::vector<StatisticsScore> scores;
  for (const Json& entry : list) {
    StatisticsScore& score = scores.emplace_back();
    score.epoch = epoch;
    score.kind = KindFromJson(entry, path);
    score.test_loss = std::numeric_limits<double>::quiet_NaN();
    if (!entry.value("loss", Json()).is_null()) ReadNumber(entry, "loss", path, score.test_loss);
    ReadNumber(entry, "accuracy", path, score.test_accuracy);
  }
  return scores;
}

std::vector<EpochRecord> RecordsFromJson(const Json& list, const std::string& path) {
  if (!list.is_array() || list.empty()) Broken(path, "expected a list of epochs");
  std::vector<EpochRecord> records;
  for (const Json& entry : list) {
    if (!entry.is_object()) Broken(path, "an epoch is not an object");
    EpochRecord& record = records.emplace_back();
    VisitNumbers(record, [&](const char* name, auto& value, bool later) {
      // JSON writes a number that is not known as null.
      const bool unknown = later && entry.value(name, Json()).is_null();
      if (!unknown) return ReadNumber(entry, name, path, value);
      value = std::numeric_limits<std::remove_reference_t<decltype(value)>>::quiet_NaN();
    });
    record.statistics =
        ScoresFromJson(record.epoch, entry.value("statistics", Json::array()), path);
    if (record.epoch != static_cast<int>(records.size())) Broken(path, "an epoch is missing");
  }
  return records;
}

std::map<std::string, double> ScheduleState(const Json& json, const Schedule& schedule,
                                            const std::string& path) {
  std::map<std::string, double> state = schedule.state();
  for (auto& [name, value] : state) ReadNumber(json, name.c_str(), path, value);
  return state;
}

TensorFile ReadState(const std::string& path) {
  try {
    return ReadTensors(path);
  } catch (const DataError& error) {
    throw DataError(fmt::format("{}; remove the file to train from the start", error.what()));
  }
}

void CheckIdentity(const TensorFile& file, const std::string& identity, const std::string& path) {
  const auto format = file.metadata.find("normlab");
  if (format == file.metadata.end() || format->second != kFormat) {
    throw DataError(fmt::format("{}: expected the state of a training ({})", path, kFormat));
  }
  const Json found = ParseMetadata(file, "options", path), expected = Json::parse(identity);
  if (!found.is_object()) Broken(path, "'options' is not an object");
  Json all = expected;
  for (const auto& [name, value] : found.items()) all.emplace(name, Json());
  for (const auto& [name, value] : all.items()) {
    if (found.value(name, Json()) == value) continue;
    throw DataError(
        fmt::format("{} belongs to another training: {} is {} there and {} here; choose another "
                    "output folder or remove the file",
                    path, name, found.value(name, Json()).dump(), value.dump()));
  }
}

// Values that go on beside the network's own: the optimizer's, and a comparison's.
template <typename T>
struct SideValues {
  std::string name;
  std::span<T> values;
};

template <typename T>
std::vector<SideValues<T>> SideValuesOf(const TrainState<T>& state) {
  std::vector<SideValues<T>> all;
  for (const OptimizerState<T>& part : state.optimizer.state()) {
    all.push_back({kOptimizerPrefix + part.name, part.values});
  }
  if (state.comparison != nullptr) {
    for (const auto& part : state.comparison->state()) all.push_back({part.name, part.values});
  }
  if (state.average != nullptr) {
    for (const auto& part : state.average->state()) all.push_back({part.name, part.values});
  }
  return all;
}

// Their tensors are taken out of the file, the others stay.
template <typename T>
void TakeSideValues(TensorFile& file, const std::string& path, const TrainState<T>& state) {
  for (const SideValues<T>& side : SideValuesOf(state)) {
    const auto found =
        std::find_if(file.tensors.begin(), file.tensors.end(),
                     [&](const NamedTensor& tensor) { return tensor.name == side.name; });
    if (found == file.tensors.end()) Broken(path, fmt::format("tensor '{}' is missing", side.name));
    const std::vector<double> values = ToDoubles(*found, path);
    if (values.size() != side.values.size()) {
      Broken(path, fmt::format("tensor '{}' has {} values, expected {}", side.name, values.size(),
                               side.values.size()));
    }
    std::transform(values.begin(), values.end(), side.values.begin(),
                   [](double value) { return static_cast<T>(value); });
    file.tensors.erase(found);
  }
}

Json ToJson(const Choice& choice) {
  return {{"name", choice.name}, {"numbers", choice.numbers}, {"words", choice.words}};
}

// What options of later normlabs are, where they are anything but their defaults: states of before
// they came say nothing of them.
void AddLaterOptions(const TrainOptions& options, Json& identity) {
  const TrainOptions usual;
  const auto add = [&](const char* name, const auto& value, const auto& usually) {
    if (value == usually) return;
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, Choice>) {
      identity[name] = ToJson(value);
    } else {
      identity[name] = value;
    }
  };
  const Choice& optimizer = options.optimizer.kind;
  if (optimizer != Choice(optimizer.name)) identity["optimizer arguments"] = ToJson(optimizer);
  add("decay", options.optimizer.decay, usual.optimizer.decay);
  add("lr_multiplier", options.lr_multiplier, usual.lr_multiplier);
  add("decay_multiplier", options.decay_multiplier, usual.decay_multiplier);
  add("clip_norm", options.clip_norm, usual.clip_norm);
  add("label_smoothing", options.label_smoothing, usual.label_smoothing);
  add("mix", options.mix, usual.mix);
  add("average", options.average, usual.average);
  add("tta", options.test_views, usual.test_views);
  add("evaluates_test", options.evaluates_test, usual.evaluates_test);
}

}  // namespace

std::string TrainingIdentity(const TrainOptions& options, const Dataset& dataset,
                             const Augmentation* augmentation, std::size_t scalar_bytes) {
  Json sources = Json::array();
  for (const SourceFile& source : dataset.sources) sources.push_back(source.sha256);
  Json identity{
      {"scalar_bytes", scalar_bytes},
      {"dataset", dataset.name},
      {"dataset sha256", sources},
      {"train_images", dataset.train.size()},
      {"test_images", dataset.test.size()},
      {"augment", augmentation == nullptr ? "none" : augmentation->text()},
      {"epochs", options.epochs},
      {"max_steps", options.max_steps},
      {"batch_size", options.batch_size},
      {"seed", options.seed},
      {"shuffle", options.shuffle},
      {"validation", options.validation},
      {"l1", options.l1},
      {"l1_on", options.l1_conv_only ? "conv" : "all"},
      {"l2", options.optimizer.weight_decay},
      {"l2_on", options.l2_conv_only ? "conv" : "all"},
      {"optimizer", options.optimizer.kind.name},
      {"lr", options.optimizer.lr},
      {"momentum", options.optimizer.momentum},
      {"nesterov", options.optimizer.nesterov},
      {"schedule", options.schedule.name},
      {"schedule numbers", options.schedule.numbers},
      {"schedule words", options.schedule.words},
  };
  AddLaterOptions(options, identity);
  return identity.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <typename T>
void SaveTrainState(const std::string& path, const std::string& identity,
                    const TrainState<T>& state) {
  TensorFile file{{}, NetworkTensors(state.network)};
  file.metadata = {{"format", "pt"},
                   {"normlab", kFormat},
                   {"options", identity},
                   {"epoch", std::to_string(state.epochs.size())},
                   {"steps", std::to_string(state.optimizer.steps())},
                   {"schedule", Json(state.schedule.state()).dump()},
                   {"epochs", RecordsToJson(state.epochs).dump()}};
  for (const SideValues<T>& side : SideValuesOf(state)) {
    file.tensors.push_back(
        FromValues(side.name, {static_cast<std::int64_t>(side.values.size())}, side.values.data()));
  }
  WriteTensors(path, file);
}

template <typename T>
void LoadTrainState(const std::string& path, const std::string& identity,
                    const TrainState<T>& state) {
  TensorFile file = ReadState(path);
  CheckIdentity(file, identity, path);
  const Json steps = ParseMetadata(file, "steps", path);
  if (!steps.is_number_unsigned()) Broken(path, "'steps' is not a count");
  std::vector<EpochRecord> records = RecordsFromJson(ParseMetadata(file, "epochs", path), path);
  const auto schedule_state =
      ScheduleState(ParseMetadata(file, "schedule", path), state.schedule, path);
  TakeSideValues(file, path, state);
  FillNetwork(file.tensors, path, state.network);
  state.optimizer.set_steps(steps.get<std::int64_t>());
  if (state.average != nullptr) state.average->Resume(steps.get<std::int64_t>());
  state.schedule.set_state(schedule_state);
  state.epochs = std::move(records);
}

template void SaveTrainState(const std::string&, const std::string&, const TrainState<float>&);
template void SaveTrainState(const std::string&, const std::string&, const TrainState<double>&);
template void LoadTrainState(const std::string&, const std::string&, const TrainState<float>&);
template void LoadTrainState(const std::string&, const std::string&, const TrainState<double>&);

}  // namespace normlab
