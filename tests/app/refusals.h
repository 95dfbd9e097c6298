// Every kind of refusal with an input that brings it: rows for refusals_test.cc.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace normlab {

struct Refusal {
  std::vector<std::string> arguments;
  int code;           // docs/exit-codes.md
  std::string where;  // the flag, key, file or line that is at fault
  std::string expected;
  std::string found;
  std::string advice;  // what to do
  std::vector<std::pair<std::string, std::string>> files =
      {};               // written first; a name with its bytes
  bool in_run = false;  // in a copy of the folder with a finished run `r` of two arms
};

std::vector<Refusal> ArgumentRefusals();
std::vector<Refusal> SettingRefusals();
std::vector<Refusal> RecipeRefusals();
std::vector<Refusal> ModelRefusals();
std::vector<Refusal> NormRefusals();
std::vector<Refusal> DataRefusals();
std::vector<Refusal> PublishedRefusals();
std::vector<Refusal> CheckpointRefusals();
std::vector<Refusal> RunFolderRefusals();
std::vector<Refusal> ExplainRefusals();

}  // namespace normlab
