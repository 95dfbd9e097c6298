#include "engine/opencl/program_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "operations/opencl/kernel_text.h"

namespace normlab::opencl {
namespace {

std::string TypeOf(const Argument& argument) {
  switch (argument.slot) {
    case Slot::kInput:
    case Slot::kInputGradient:
    case Slot::kOutput:
    case Slot::kOutputGradient:
      return "__global V*";
    case Slot::kParameters:
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

std::string Signature(const Launch& launch) {
  std::vector<std::string> parameters;
  for (const Argument& argument : launch.arguments) {
    const std::string type = TypeOf(argument);
    if (IsPart(argument.slot)) {
      parameters.push_back(
          fmt::format("{0} restrict {1}_all, const int {1}_first", type, argument.name));
    } else {
      parameters.push_back(fmt::format("{} restrict {}", type, argument.name));
    }
  }
  for (const auto& [name, value] : launch.sizes) parameters.push_back("const int " + name);
  for (const auto& [name, value] : launch.numbers) parameters.push_back("const float " + name);
  return Join(parameters, ", ");
}

std::string Parts(const Launch& launch) {
  std::string text;
  for (const Argument& argument : launch.arguments) {
    if (!IsPart(argument.slot)) continue;
    text += fmt::format("{0} {1} = {1}_all + {1}_first;\n", TypeOf(argument), argument.name);
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
  const std::string body = fmt::format(
      "({}) {{\n{}const int lane = (int)get_global_id(0), place = (int)get_global_id(1), tile = "
      "(int)get_global_id(2);\n{}}}\n",
      Signature(launch), Parts(launch), launch.body);
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
                                   {"GHOST_BATCHES", kGhostBatches}}) {
    text += fmt::format("#define {} {}\n", name, static_cast<int>(word));
  }
  return text + KernelText("prelude") + kernels_;
}

}  // namespace normlab::opencl
