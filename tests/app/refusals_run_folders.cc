// What run folders are refused for.
#include "tests/app/refusals.h"

namespace normlab {
namespace {

// A command on the run folder, of which one file is another.
Refusal OfFile(const std::vector<std::string>& arguments, const std::string& path,
               const std::string& bytes, const std::string& where, const std::string& expected,
               const std::string& found, const std::string& advice) {
  return {arguments, 3, where, expected, found, advice, {{path, bytes}}, true};
}

}  // namespace

std::vector<Refusal> RunFolderRefusals() {
  std::vector<Refusal> rows = {
      {{"report", "nowhere"},
       3,
       "nowhere",
       "a run folder",
       "no such folder",
       "normlab runs DIR",
       {}},
      {{"report", "set"}, 3, "set", "a run folder", "a folder without", "normlab runs DIR", {}},
      {{"report", "file"}, 3, "file", "a run folder", "a file", "normlab runs DIR", {{"file", ""}}},
      {{"compare", "r", "nowhere"},
       3,
       "nowhere",
       "a run folder",
       "no such folder",
       "normlab runs DIR",
       {},
       true},
      {{"compare", "r", "r/batch-seed1"},
       3,
       "r/batch-seed1",
       "a run folder",
       "a folder without",
       "normlab runs DIR",
       {},
       true},
      {{"runs", "nowhere"},
       3,
       "nowhere",
       "a folder with run folders",
       "No such file",
       "such as the runs/",
       {}},
      {{"run", "r/recipe.toml", "--out", "r", "--set", "lr=0.5"},
       2,
       "r belongs to another configuration",
       "lr =",
       "0.5 here",
       "give another --out",
       {},
       true},
      {{"run", "mnist", "--out", "thesis"},
       2,
       "thesis",
       "an empty or a new folder",
       "thesis.doc",
       "give an empty",
       {{"thesis/thesis.doc", "years of work"}}},
      {{"report", "r", "other", "--out", "other"},
       2,
       "--out other",
       "another folder",
       "one of them",
       "without --out",
       {},
       true},
      {{"compare", "r", "other"},
       2,
       "r and other",
       "the same test images",
       "were not the same",
       "name two such runs",
       {{"other/environment.json",
         "{\"data\": [{\"path\": \"x\", \"sha256\": \"0\", \"official\": false}]}"}},
       true},
      OfFile({"report", "r"}, "r/environment.json", "\xff\xfe{", "r/environment.json", "UTF-8",
             "UTF-16", "iconv"),
  };
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"report", "r"}, {"compare", "r", "other"}, {"run", "r/recipe.toml", "--out", "r"}}) {
    const std::string path = "r/study.json";
    rows.push_back(OfFile(command, path, "", path, "JSON", "the end of the file", "from a copy"));
    rows.push_back(OfFile(command, path, "{\"schema\": 1,", path, "JSON", "the end of the file",
                          "from a copy"));
    rows.push_back(OfFile(command, path, "<html>", path, "JSON", "byte 1", "cut off or edited"));
    rows.push_back(
        OfFile(command, path, "{\"schema\": 1}", path, "a field", "found none", "was it edited?"));
  }
  return rows;
}

}  // namespace normlab
