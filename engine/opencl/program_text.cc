#include "engine/opencl/program_text.h"

#include <fmt/format.h>

#include "base/text.h"
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
    case Slot::kPass:
    case Slot::kImageIds:
      return "__global const uint*";
  }
  return "";
}

// Behind every pointer: where the part begins that is meant, and how far it is from one model of a
// stack to the next.
std::string Signature(const Launch& launch) {
  std::vector<std::string> parameters;
  for (const Argument& argument : launch.arguments) {
    parameters.push_back(
        fmt::format("{0} restrict {1}_all, const int {1}_first, const int {1}_model",
                    TypeOf(argument), argument.name));
  }
  for (const auto& [name, value] : launch.sizes) parameters.push_back("const int " + name);
  for (const auto& [name, value] : launch.numbers) parameters.push_back("const float " + name);
  parameters.push_back("__global const int* restrict models, const int ALL_TILES");
  return Join(parameters, ", ");
}

std::string Places(const Launch& launch) {
  std::string text =
      "const int lane = (int)get_global_id(0), place = (int)get_global_id(1);\n"
      "const int tile = (int)get_global_id(2) % ALL_TILES;\n"
      "const size_t model = models[(int)get_global_id(2) / ALL_TILES];\n";
  for (const Argument& argument : launch.arguments) {
    text += fmt::format("{0} restrict {1} = {1}_all + {1}_first + model * {1}_model;\n",
                        TypeOf(argument), argument.name);
  }
  return text;
}

}  // namespace

std::string ProgramText::Add(const Launch& launch) {
  std::string macros, ends;
  for (const auto& [name, value] : launch.constants) {
    macros += fmt::format("#define {} {}\n", name, value);
    ends += fmt::format("#undef {}\n", name.substr(0, name.find('(')));
  }
  const std::string body =
      fmt::format("({}) {{\n{}{}}}\n", Signature(launch), Places(launch), launch.body);
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
