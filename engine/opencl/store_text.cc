#include "engine/opencl/store_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "operations/opencl/launches.h"

namespace normlab::opencl {
namespace {

// A macro is one line.
std::string OneLine(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

// With other names for some.
std::string Renamed(const std::string& text, const std::map<std::string, std::string>& names) {
  const auto in_a_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
  };
  std::string renamed;
  for (auto at = text.begin(); at != text.end();) {
    const auto end = std::find_if_not(at, text.end(), in_a_word);
    const std::string word(at, end);
    const auto name = names.find(word);
    renamed += name == names.end() ? word : name->second;
    at = std::find_if(end, text.end(), in_a_word);
    renamed.append(end, at);
  }
  return renamed;
}

void AddInputs(const std::vector<std::string>& inputs, std::map<std::string, std::string>& names) {
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    names[k == 0 ? "x" : fmt::format("x{}", k)] = inputs[k];
  }
}

template <typename List>
void Append(const List& more, List& list) {
  list.insert(list.end(), more.begin(), more.end());
}

}  // namespace

std::string StoreText::Element(Slot slot, int value) {
  const auto [found, is_new] = elements_.try_emplace({slot, value}, "");
  if (is_new) {
    const std::string name = fmt::format("m{}", elements_.size() - 1);
    found->second = name + "[store_at]";
    arguments_.push_back({name, slot, value});
  }
  return found->second;
}

std::string StoreText::Variable(const std::string& value) {
  const std::string name = fmt::format("stored{}", variables_++);
  statements_ += fmt::format("const V {} = {}; ", name, value);
  return name;
}

void StoreText::Put(const std::string& element, const std::string& value, bool adds) {
  statements_ += fmt::format("{} {} {}; ", element, adds ? "+=" : "=", value);
}

// Arguments of its own names for everything that the text reads beside maps.
void StoreText::Furnish(const Elementwise& text, const std::vector<int>& parameters, Names& names) {
  const int number = furnished_++;
  const auto own = [&](const std::string& name) {
    return names[name] = fmt::format("{}_{}", name, number);
  };
  for (Argument argument : text.arguments) {
    if (argument.slot == Slot::kParameters) {
      argument = {own(argument.name), Slot::kPlanParameters,
                  parameters[static_cast<std::size_t>(argument.index)]};
    }
    arguments_.push_back(std::move(argument));
  }
  for (const auto& [name, value] : text.sizes) sizes_.emplace_back(own(name), value);
  for (const auto& [name, value] : text.numbers) numbers_.emplace_back(own(name), value);
  if (text.kept.first.empty()) return;
  own(text.kept.first);
  declarations_ += Renamed(text.kept.second, names) + "\n";
}

std::string StoreText::Output(const Elementwise& text, const std::vector<std::string>& inputs,
                              const std::vector<int>& parameters) {
  Names names;
  AddInputs(inputs, names);
  Furnish(text, parameters, names);
  return Variable(Renamed(text.value, names));
}

std::vector<std::string> StoreText::Gradients(const Elementwise& text,
                                              const std::vector<std::string>& inputs,
                                              const std::string& output,
                                              const std::string& gradient,
                                              const std::vector<int>& parameters) {
  Names names = {{"y", output}, {"dy", gradient}};
  AddInputs(inputs, names);
  Furnish(text, parameters, names);
  std::vector<std::string> gradients;
  std::string inside = OneLine(Renamed(text.let, names)) + " ";
  for (const std::string& each : text.gradients) {
    gradients.push_back(fmt::format("stored{}", variables_++));
    statements_ += fmt::format("V {}; ", gradients.back());
    inside += fmt::format("{} = {}; ", gradients.back(), Renamed(each, names));
  }
  statements_ += "{ " + inside + "} ";
  return gradients;
}

void StoreText::Give(Launch& launch) const {
  const auto store =
      std::ranges::find(launch.constants, kStore, &std::pair<std::string, std::string>::first);
  store->second =
      fmt::format("{{ const size_t store_at = (size_t)(element) * LANES + lane; {}}}", statements_);
  std::erase_if(launch.arguments,
                [&](const Argument& argument) { return argument.name == launch.stores->name; });
  for (const Argument& argument : arguments_) {
    const bool is_there = std::ranges::any_of(
        launch.arguments, [&](const Argument& other) { return other.name == argument.name; });
    if (!is_there) launch.arguments.push_back(argument);
  }
  Append(sizes_, launch.sizes);
  Append(numbers_, launch.numbers);
  launch.body = declarations_ + launch.body;
}

}  // namespace normlab::opencl
