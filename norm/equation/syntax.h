// An equation as it is written: statements of trees, names not yet looked up.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "norm/equation/axes.h"

namespace normlab::equation {

inline constexpr std::size_t kMostStatements = 200;
inline constexpr int kDeepest = 32;     // of brackets and functions
inline constexpr int kLongestRow = 64;  // of terms or factors

struct SyntaxNode {
  enum class Kind {
    kNumber,   // number
    kName,     // name: x, a statement's, a key's
    kLearned,  // name[axes]
    kRunning,  // name.running
    kCall,     // name(children)
    kReduce,   // name[axes](child)
    kNegate,   // -child
    kBinary,   // name, one of + - * / ^, between two children
  };
  Kind kind;
  std::size_t offset = 0;  // in the text
  std::string name = {};
  double number = 0;
  Axes axes = {};
  std::vector<SyntaxNode> children = {};
};

struct SyntaxStatement {
  std::string name;
  std::size_t offset = 0;
  SyntaxNode value;
};

// The grammar (docs/equations.md):
//   equation   = statement { (newline | ";") statement }
//   statement  = name "=" sum
//   sum        = product { ("+" | "-") product }
//   product    = signed { ("*" | "/") signed }
//   signed     = "-" signed | power
//   power      = value [ "^" signed ]
//   value      = number | name | name "[" axes "]" | name "." "running"
//              | name "(" sum { "," sum } ")" | name "[" axes "]" "(" sum ")" | "(" sum ")"
//   axes       = { N | C | H | W | B | M | G | K }, each once; of a filter { O | I | Y | X }
// Throws UsageError as SyntaxError does.
std::vector<SyntaxStatement> ParseSyntax(std::string_view text, Domain domain = Domain::kMap);

}  // namespace normlab::equation
