#include "norm/equation/pytorch_names.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace normlab::equation {
namespace {

// Words of Python, members of nn.Module, and what a module of pytorch_text.cc has
// beside its values.
constexpr std::string_view kTaken =
    "False None True and as assert async await break class continue def del elif else "
    "except finally for from global if import in is lambda nonlocal not or pass raise "
    "return try while with yield T_destination add_module apply bfloat16 buffers "
    "call_super_init children compile cpu cuda double dump_patches eval extra_repr float "
    "forward get_buffer get_extra_state get_parameter get_submodule half ipu "
    "load_state_dict modules mtia named_buffers named_children named_modules "
    "named_parameters parameters register_backward_hook register_buffer "
    "register_forward_hook register_forward_pre_hook register_full_backward_hook "
    "register_full_backward_pre_hook register_load_state_dict_post_hook "
    "register_load_state_dict_pre_hook register_module register_parameter "
    "register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ "
    "set_extra_state set_submodule share_memory state_dict to to_empty train training type "
    "xpu zero_grad eps momentum groups ghost completed_steps ramp keep over_ghosts "
    "num_batches_tracked";

}  // namespace

std::string PytorchWords(std::string_view name) {
  std::string words;
  bool begins = true;
  for (const char c : name) {
    const bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z',
               digit = c >= '0' && c <= '9';
    if (lower || upper || digit) words += begins && lower ? static_cast<char>(c - 'a' + 'A') : c;
    begins = !(lower || upper || digit);
  }
  return words.empty() || (words[0] >= '0' && words[0] <= '9') ? "The" + words : words;
}

std::string PytorchDocumentation(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return escaped;
}

std::string PytorchName(std::string_view name) {
  const std::vector<std::string> words = SplitWords(kTaken);
  const bool taken = name.starts_with('_') || name.starts_with("learned_") ||
                     std::ranges::find(words, name) != words.end();
  return (taken ? "learned_" : "") + std::string(name);
}

}  // namespace normlab::equation
