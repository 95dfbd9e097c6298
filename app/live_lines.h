// Lines at the end of a terminal that are drawn again in place, while others scroll by above them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// One line needs the carriage return alone; several need ANSI's cursor movements. No line may be
// wider than the terminal.
class LiveLines {
 public:
  explicit LiveLines(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

  // In place of those that are shown.
  void Show(std::vector<std::string> lines);
  // A line that stays, above those that are shown.
  void Print(const std::string& line);
  // What is shown stays; what comes next stands below it.
  void Leave();

 private:
  std::string ToTheTop() const;

  std::function<void(std::string_view)> write_;
  std::vector<std::string> shown_;
};

}  // namespace normlab
