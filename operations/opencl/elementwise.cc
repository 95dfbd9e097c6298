// Activations, dropout, and what joins several maps.
#include "operations/dropout.h"
#include "operations/opencl/launches.h"
#include "operations/opencl/makers.h"
#include "operations/opencl/pixel_work.h"

namespace normlab::opencl {
namespace {

// A statement for each element `at` of a map of so many.
Launch OfElements(std::string body, std::vector<Argument> arguments, std::size_t elements) {
  Launch launch;
  launch.body = "const size_t at = (size_t)place * LANES + lane;\n" + std::move(body) + "\n";
  launch.arguments = std::move(arguments);
  launch.places = elements;
  return launch;
}

// `to` becomes, or gets added, a copy of `from`.
Launch Copy(Argument from, std::size_t from_first, Argument to, std::size_t to_first,
            std::size_t elements, bool adds) {
  from.name = "from";
  to.name = "to";
  Launch launch = OfElements(
      fmt::format("PUT(to[at + {}ul * LANES], from[at + {}ul * LANES]);", to_first, from_first),
      {std::move(from), std::move(to)}, elements);
  launch.constants.push_back(Put(adds));
  return launch;
}

}  // namespace

DeviceWork ActivationWork(const DevicePlacement& placement, const ActivationText& text) {
  DeviceWork work;
  const std::size_t elements = placement.output.size();
  work.training = {OfElements("const V x = in[at];\ny[at] = " + text.value + ";",
                              {{"in", Slot::kInput}, {"y", Slot::kOutput}}, elements)};
  work.evaluation = work.training;
  if (!placement.has_gradient[0]) return work;
  Launch backward = OfElements("const V x = in[at], y = out[at], dy = out_gradient[at];\n" +
                                   text.let + "\nPUT(dx[at], " + text.gradient + ");",
                               {{"in", Slot::kInput},
                                {"out", Slot::kOutput},
                                {"out_gradient", Slot::kOutputGradient},
                                {"dx", Slot::kInputGradient}},
                               elements);
  backward.constants.push_back(Put(placement.adds_gradient[0]));
  work.backward = {std::move(backward)};
  return work;
}

DeviceWork PreluWork(const DevicePlacement& placement) {
  const Argument weight = {"w", Slot::kParameters, 0};
  DeviceWork work = ActivationWork(
      placement, {"SELECT(x > 0.0f, x, x * (V)(w[0]))", "SELECT(x > 0.0f, dy, dy * (V)(w[0]))"});
  for (auto* launches : {&work.training, &work.evaluation, &work.backward}) {
    for (Launch& launch : *launches) launch.arguments.push_back(weight);
  }
  AddMapSum("SELECT(x[at] > 0.0f, (V)(0.0f), x[at] * dy[at])",
            {{"x", Slot::kInput}, {"dy", Slot::kOutputGradient}}, 1, placement.output.size(),
            {"", Slot::kGradients, 0}, placement.adds_parameter_gradient[0], placement.device,
            work);
  return work;
}

DeviceWork DropoutWork(const DevicePlacement& placement) {
  const std::size_t elements = placement.output.size();
  const std::uint32_t threshold = DropoutThreshold(placement.attributes["probability"]);
  const auto mask = [&](Slot from, Slot to, bool adds) {
    if (threshold == 0) return Copy({"", from}, 0, {"", to}, 0, elements, adds);
    Launch launch;
    launch.body = KernelText("dropout");
    launch.arguments = {
        {"from", from}, {"to", to}, {"ids", Slot::kImageIds}, {"pass", Slot::kPass}};
    const auto number = static_cast<std::uint32_t>(placement.attributes.integer("number"));
    launch.constants = {{"PURPOSE", fmt::format("{}u", DropoutPurposeWord(number))},
                        {"ELEMENTS", fmt::to_string(elements)},
                        {"ROUNDS", fmt::to_string(kDropoutRounds)},
                        {"THRESHOLD", fmt::format("{}u", threshold)},
                        {"SCALE", Literal(DropoutScale(threshold))}};
    launch.constants.push_back(Put(adds));
    launch.places = (elements + kDropoutDecisionsPerDraw - 1) / kDropoutDecisionsPerDraw;
    return launch;
  };
  DeviceWork work;
  work.training = {mask(Slot::kInput, Slot::kOutput, false)};
  work.evaluation = {Copy({"", Slot::kInput}, 0, {"", Slot::kOutput}, 0, elements, false)};
  if (placement.has_gradient[0]) {
    work.backward = {mask(Slot::kOutputGradient, Slot::kInputGradient, placement.adds_gradient[0])};
  }
  return work;
}

DeviceWork SumWork(const DevicePlacement& placement) {
  DeviceWork work;
  const std::size_t elements = placement.output.size();
  std::string sum;
  std::vector<Argument> arguments = {{"y", Slot::kOutput}};
  for (std::size_t k = 0; k < placement.inputs.size(); ++k) {
    sum += fmt::format("{}x{}[at]", k == 0 ? "" : " + ", k);
    arguments.push_back({fmt::format("x{}", k), Slot::kInput, static_cast<int>(k)});
    if (!placement.has_gradient[k]) continue;
    work.backward.push_back(Copy({"", Slot::kOutputGradient}, 0,
                                 {"", Slot::kInputGradient, static_cast<int>(k)}, 0, elements,
                                 placement.adds_gradient[k]));
  }
  work.training =
      work.evaluation = {OfElements("y[at] = " + sum + ";", std::move(arguments), elements)};
  return work;
}

DeviceWork ConcatenationWork(const DevicePlacement& placement) {
  DeviceWork work;
  std::size_t first = 0;
  for (std::size_t k = 0; k < placement.inputs.size(); ++k) {
    const std::size_t elements = placement.inputs[k].size();
    const auto index = static_cast<int>(k);
    work.training.push_back(
        Copy({"", Slot::kInput, index}, 0, {"", Slot::kOutput}, first, elements, false));
    if (placement.has_gradient[k]) {
      work.backward.push_back(Copy({"", Slot::kOutputGradient}, first,
                                   {"", Slot::kInputGradient, index}, 0, elements,
                                   placement.adds_gradient[k]));
    }
    first += elements;
  }
  work.evaluation = work.training;
  return work;
}

DeviceWork PaddedShortcutWork(const DevicePlacement& placement) {
  const int channels = placement.inputs[0].channels;
  return PixelWork(placement, "padded_shortcut",
                   {{"STRIDE", static_cast<int>(placement.attributes.Or("stride", 1))},
                    {"BEFORE", (placement.output.channels - channels) / 2},
                    {"CHANNELS", channels}});
}

}  // namespace normlab::opencl
