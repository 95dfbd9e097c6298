// Activations, dropout, and what joins several maps.
#include "operations/dropout.h"
#include "operations/opencl/launches.h"
#include "operations/opencl/makers.h"
#include "operations/opencl/pixel_work.h"

namespace normlab::opencl {
namespace {

constexpr int kEach = 8;  // elements of a work item: those of one call of dropout's generator

// Statements for each `element`, `at` its place in a map, of a map of so many.
Launch OfElements(const std::string& body, std::vector<Argument> arguments, std::size_t elements) {
  Launch launch;
  launch.body = fmt::format(
      "for (int element = place * EACH; element < min(place * EACH + EACH, ELEMENTS); ++element) "
      "{{\n"
      "const size_t at = (size_t)element * LANES + lane;\n{}\n}}\n",
      body);
  launch.arguments = std::move(arguments);
  launch.constants = {{"EACH", fmt::to_string(kEach)}};
  launch.sizes = {{"ELEMENTS", static_cast<int>(elements)}};
  launch.places = (elements + kEach - 1) / kEach;
  return launch;
}

// `to` becomes a copy of `from`, each from an element on; `elements`: so many.
Launch Copy(Argument from, std::size_t from_first, Argument to, std::size_t to_first,
            std::size_t elements) {
  from.name = "from";
  to.name = "to";
  Launch launch = OfElements("STORE(TO + element, from[at + (size_t)FROM * LANES]);",
                             {std::move(from)}, elements);
  launch.sizes.insert(launch.sizes.end(),
                      {{"FROM", static_cast<int>(from_first)}, {"TO", static_cast<int>(to_first)}});
  SetStore(launch, std::move(to));
  return launch;
}

std::string InputName(std::size_t index) { return index == 0 ? "x" : fmt::format("x{}", index); }

// What it reads and keeps, beside maps.
void Furnish(const Elementwise& text, Launch& launch) {
  launch.body = text.kept.second + "\n" + launch.body;
  launch.arguments.insert(launch.arguments.end(), text.arguments.begin(), text.arguments.end());
  launch.sizes.insert(launch.sizes.end(), text.sizes.begin(), text.sizes.end());
  launch.numbers.insert(launch.numbers.end(), text.numbers.begin(), text.numbers.end());
}

// Launches of its own, where nobody else does it.
DeviceWork ElementwiseWork(const DevicePlacement& placement, Elementwise text) {
  std::string loads;
  std::vector<Argument> inputs;
  for (std::size_t k = 0; k < placement.inputs.size(); ++k) {
    loads += fmt::format("const V {} = in{}[at];\n", InputName(k), k);
    inputs.push_back({fmt::format("in{}", k), Slot::kInput, static_cast<int>(k)});
  }
  const std::size_t elements = placement.output.size();
  Launch forward = OfElements(loads + "STORE(element, " + text.value + ");", inputs, elements);
  SetStore(forward, {"out", Slot::kOutput});
  Furnish(text, forward);
  DeviceWork work;
  work.training = work.evaluation = {std::move(forward)};
  loads += "const V y = out[at], dy = out_gradient[at];\n" + text.let + "\n";
  inputs.insert(inputs.end(), {{"out", Slot::kOutput}, {"out_gradient", Slot::kOutputGradient}});
  for (std::size_t k = 0; k < placement.inputs.size(); ++k) {
    if (!placement.has_gradient[k]) continue;
    Launch backward =
        OfElements(loads + "STORE(element, " + text.gradients[k] + ");", inputs, elements);
    SetStore(backward, {"to", Slot::kInputGradient, static_cast<int>(k)});
    Furnish(text, backward);
    work.backward.push_back(std::move(backward));
  }
  work.elementwise = std::move(text);
  return work;
}

}  // namespace

DeviceWork ActivationWork(const DevicePlacement& placement, const ActivationText& text) {
  return ElementwiseWork(placement,
                         {.value = text.value, .gradients = {text.gradient}, .let = text.let});
}

DeviceWork PreluWork(const DevicePlacement& placement) {
  DeviceWork work =
      ElementwiseWork(placement, {.value = "SELECT(x > 0.0f, x, x * (V)(w[0]))",
                                  .gradients = {"SELECT(x > 0.0f, dy, dy * (V)(w[0]))"},
                                  .arguments = {{"w", Slot::kParameters, 0}}});
  AddMapSum("SELECT(x[at] > 0.0f, (V)(0.0f), x[at] * dy[at])",
            {{"x", Slot::kInput}, {"dy", Slot::kOutputGradient}}, 1, placement.output.size(),
            {"", Slot::kGradients, 0}, placement.adds_parameter_gradient[0], placement.device,
            work);
  return work;
}

DeviceWork DropoutWork(const DevicePlacement& placement) {
  const std::uint32_t threshold = DropoutThreshold(placement.attributes["probability"]);
  if (threshold == 0) return ElementwiseWork(placement, {.value = "x", .gradients = {"dy"}});
  const auto number = static_cast<std::uint32_t>(placement.attributes.integer("number"));
  return ElementwiseWork(
      placement,
      {.value = "drop(x, element, ((__global const U*)ids)[lane], pass, PURPOSE, BELOW, scale, "
                "&draws)",
       .gradients = {"SELECT(WAS_DROPPED(y), (V)(0.0f), dy * (V)(scale))"},
       .arguments = {{"ids", Slot::kImageIds}, {"pass", Slot::kPass}},
       .sizes = {{"PURPOSE", static_cast<int>(DropoutPurposeWord(number))},
                 {"BELOW", static_cast<int>(threshold)}},
       .numbers = {{"scale", static_cast<float>(DropoutScale(threshold))}},
       .kept = {"draws", "Draws draws = {-1};"}});
}

DeviceWork SumWork(const DevicePlacement& placement) {
  Elementwise text;
  for (std::size_t k = 0; k < placement.inputs.size(); ++k) {
    text.value += (k == 0 ? "" : " + ") + InputName(k);
    text.gradients.emplace_back("dy");
  }
  return ElementwiseWork(placement, std::move(text));
}

DeviceWork ConcatenationWork(const DevicePlacement& placement) {
  DeviceWork work;
  std::size_t first = 0;
  for (std::size_t k = 0; k < placement.inputs.size(); ++k) {
    const std::size_t elements = placement.inputs[k].size();
    const auto index = static_cast<int>(k);
    work.training.push_back(
        Copy({"", Slot::kInput, index}, 0, {"", Slot::kOutput}, first, elements));
    if (placement.has_gradient[k]) {
      work.backward.push_back(
          Copy({"", Slot::kOutputGradient}, first, {"", Slot::kInputGradient, index}, 0, elements));
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
