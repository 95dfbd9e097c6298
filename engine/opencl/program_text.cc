#include "engine/opencl/program_text.h"

#include <fmt/format.h>

#include "operations/dropout.h"
#include "operations/opencl/kernel_text.h"

namespace normlab::opencl {
namespace {

std::string TypeOf(const Argument& argument) {
  switch (argument.slot) {
    case Slot::kInput:
    case Slot::kInputGradient:
    case Slot::kOutput:
    case Slot::kOutputGradient:
    case Slot::kBatch:
    case Slot::kMap:
    case Slot::kMapGradient:
      return "__global V*";
    case Slot::kParameters:
    case Slot::kPlanParameters:
    case Slot::kStates:
      return "__global const float*";
    case Slot::kGradients:
      return "__global float*";
    case Slot::kScratch:
      return argument.vectors ? "__global V*" : "__global float*";
    case Slot::kPixels:
      return "__global const uchar*";
    case Slot::kPass:
    case Slot::kImageIds:
    case Slot::kImageWords:
      return "__global const uint*";
  }
  return "";
}

// Behind every pointer: where the part begins that is meant, and how far it is from one model of a
// stack to the next. `suffix` of every name: one of several launches.
std::string Signature(const Launch& launch, const std::string& suffix = "") {
  std::string parameters;
  for (const Argument& argument : launch.arguments) {
    const std::string name = argument.name + suffix;
    parameters += fmt::format("{0} restrict {1}_all, const int {1}_first, const int {1}_model, ",
                              TypeOf(argument), name);
  }
  for (const auto& [name, value] : launch.sizes) {
    parameters += "const int " + name + suffix + ", ";
  }
  for (const auto& [name, value] : launch.numbers) {
    parameters += "const float " + name + suffix + ", ";
  }
  return parameters;
}

std::string PlaceOf(const Argument& argument, const std::string& suffix = "") {
  return fmt::format("{0}_all + {0}_first + model * {0}_model", argument.name + suffix);
}

constexpr char kModel[] =
    "const size_t model = models[(int)get_global_id(2) / ALL_TILES];\n"
    "const int lane = (int)get_global_id(0);\n";

std::string Places(const Launch& launch) {
  std::string text = std::string(kModel) +
                     "const int place = (int)get_global_id(1);\n"
                     "const int tile = (int)get_global_id(2) % ALL_TILES;\n";
  for (const Argument& argument : launch.arguments) {
    text +=
        fmt::format("{} restrict {} = {};\n", TypeOf(argument), argument.name, PlaceOf(argument));
  }
  return text;
}

// Whose work item it is, and what that one was handed.
std::string PlacesOfSeveral(const Launch& launch, std::size_t several) {
  std::string text =
      std::string(kModel) + "int place, tile, item = (int)get_global_id(2) % ALL_TILES;\n";
  for (const Argument& argument : launch.arguments) {
    text += fmt::format("{} {};\n", TypeOf(argument), argument.name);
  }
  for (const auto& [name, value] : launch.sizes) text += "int " + name + ";\n";
  for (const auto& [name, value] : launch.numbers) text += "float " + name + ";\n";
  for (std::size_t i = 0; i < several; ++i) {
    const std::string suffix = fmt::format("_{}", i);
    text += fmt::format("if (item >= 0 && item < LAUNCH_PLACES{0} * LAUNCH_TILES{0}) {{\n", suffix);
    for (const Argument& argument : launch.arguments) {
      text += fmt::format("{} = {};\n", argument.name, PlaceOf(argument, suffix));
    }
    for (const auto& [name, value] : launch.sizes) text += name + " = " + name + suffix + ";\n";
    for (const auto& [name, value] : launch.numbers) text += name + " = " + name + suffix + ";\n";
    text += fmt::format(
        "place = item / LAUNCH_TILES{0};\ntile = item % LAUNCH_TILES{0};\n}}\n"
        "item -= LAUNCH_PLACES{0} * LAUNCH_TILES{0};\n",
        suffix);
  }
  return text + "if (item >= 0) return;\n";
}

}  // namespace

std::string ProgramText::Add(const Launch& launch) {
  return Add(launch, Signature(launch), Places(launch));
}

std::string ProgramText::Add(std::span<const Launch* const> launches) {
  const Launch& first = *launches.front();
  if (launches.size() == 1) return Add(first);
  std::string signature;
  for (std::size_t i = 0; i < launches.size(); ++i) {
    const std::string suffix = fmt::format("_{}", i);
    signature += Signature(first, suffix) +
                 fmt::format("const int LAUNCH_PLACES{0}, const int LAUNCH_TILES{0}, ", suffix);
  }
  return Add(first, signature, PlacesOfSeveral(first, launches.size()));
}

std::string ProgramText::KindOf(const Launch& launch) {
  std::string kind = fmt::format("{}\n", static_cast<int>(launch.across));
  for (const auto& [name, value] : launch.constants) kind += name + " " + value + "\n";
  return kind + Signature(launch) + launch.body;
}

std::string ProgramText::Add(const Launch& launch, const std::string& signature,
                             const std::string& places) {
  std::string macros, ends;
  for (const auto& [name, value] : launch.constants) {
    macros += fmt::format("#define {} {}\n", name, value);
    ends += fmt::format("#undef {}\n", name.substr(0, name.find('(')));
  }
  const std::string body =
      fmt::format("({}__global const int* restrict models, const int ALL_TILES) {{\n{}{}}}\n",
                  signature, places, launch.body);
  const auto [found, is_new] = names_.try_emplace(macros + body, "");
  if (is_new) {
    found->second = fmt::format("k{}", names_.size());
    kernels_ += fmt::format("{}__kernel void {}{}{}\n", macros, found->second, body, ends);
  }
  return found->second;
}

std::string ProgramText::text() const {
  std::string text = fmt::format("#define VECTOR {}\n#define LANES {}\n#define WORKERS {}\n",
                                 device_.vector, device_.lanes(), device_.group_lanes);
  for (const auto& [name, word] : {std::pair{"COUNT", kCount},
                                   {"EPOCH", kEpoch},
                                   {"SEED_LOW", kSeedLow},
                                   {"SEED_HIGH", kSeedHigh},
                                   {"GHOST_BATCHES", kGhostBatches},
                                   {"DROPS", kDrops}}) {
    text += fmt::format("#define {} {}\n", name, static_cast<int>(word));
  }
  text += fmt::format("#define DROPOUT_ROUNDS {}\n", kDropoutRounds);
  return text + KernelText("prelude") + KernelText("dropout") + kernels_;
}

}  // namespace normlab::opencl
