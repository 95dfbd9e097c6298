// What an export writes; that PyTorch computes the same with it is compare_with_pytorch.py's to
// say.
#include "inference/pytorch_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/error.h"
#include "base/escape.h"
#include "inference/pytorch_texts.h"
#include "tests/inference/make_checkpoint.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Export(const SmallStudy& study, const std::string& folder) {
  const Checkpoint checkpoint = OpenCheckpoint(study.path);
  return ExportPytorch(checkpoint, PreparationOf(checkpoint, study.data), folder);
}

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(PytorchExport, HasAModuleForEveryNormalizationThatHasARoom) {
  const SmallStudy study;
  const std::string model = PytorchModel(OpenCheckpoint(study.path), study.dataset.statistics);
  for (const NormMethod& method : NormMethods()) {
    EXPECT_EQ(method.pytorch_call.empty(), method.room.empty()) << method.name;
    if (method.room.empty()) continue;
    EXPECT_THAT(model, HasSubstr("if norm == \"" + std::string(method.name) +
                                 "\":\n        return " + std::string(method.pytorch_call)));
  }
}

// Net("group") of a network that was trained with another normalization has the groups of its line.
TEST(PytorchExport, KeepsTheGroupsOfEachLayerUnderEveryNormalization) {
  for (const std::string& norm : NormNames()) {
    Config config = SmallConfig(norm);
    config.model = "C4 P C6/3 C6/6x2 GAP c10!";
    config.groups = 2;
    const SmallStudy study(config);
    EXPECT_THAT(PytorchModel(OpenCheckpoint(study.path), study.dataset.statistics),
                AllOf(testing::ContainsRegex("self.C1 = .*groups=2\\)"),
                      testing::ContainsRegex("self.C2 = .*groups=3\\)"),
                      testing::ContainsRegex("self.C3 = .*groups=6\\)")))
        << norm;
  }
}

TEST(PytorchExport, WritesTheModelItsWeightsAndHowToUseThem) {
  const SmallStudy study;
  const std::string folder = study.folder / "below/exported";
  EXPECT_EQ(Export(study, folder).size(), 3u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 3);
  const TensorFile before = ReadTensors(study.path);
  const TensorFile after = ReadTensors(folder + "/model.safetensors");
  ASSERT_EQ(after.tensors.size(), before.tensors.size());
  for (std::size_t i = 0; i < after.tensors.size(); ++i) {
    EXPECT_EQ(after.tensors[i].name, before.tensors[i].name);
    EXPECT_EQ(after.tensors[i].bytes, before.tensors[i].bytes);
  }
  const std::string model = ReadFile(folder + "/model.py");
  EXPECT_THAT(Lines(model), Each(Not(testing::EndsWith(" "))));
  for (const std::string& line : Lines(model)) EXPECT_LE(CharacterCount(line), 100u) << line;
  EXPECT_THAT(model, AllOf(HasSubstr("for _ in range(2):"), HasSubstr("DROPOUT = 0.25"),
                           Not(HasSubstr("{{"))));
  EXPECT_THAT(ReadFile(folder + "/README.md"), Not(HasSubstr("{{")));
}

TEST(PytorchExport, KeepsDoublesAndAddsMissingCounters) {
  const SmallStudy study;
  WriteCheckpoint<double>(study.path, study.config, study.dataset);
  TensorFile file = ReadTensors(study.path);
  std::erase_if(file.tensors, [](const NamedTensor& tensor) {
    return tensor.name == "C1.norm.num_batches_tracked";
  });
  WriteTensors(study.path, file);
  Export(study, study.folder / "out");
  const TensorFile exported = ReadTensors(study.folder / "out/model.safetensors");
  EXPECT_EQ(exported.Find("C1.conv.weight")->dtype, DType::kF64);
  EXPECT_EQ(exported.Find("C1.conv.weight")->bytes, file.Find("C1.conv.weight")->bytes);
  EXPECT_NE(exported.Find("C1.norm.num_batches_tracked"), nullptr);
}

// The small network's unit C3 is applied twice, C1 and C2 and c4 once.
TEST(PytorchExport, HasAModuleOfItsOwnWhereEachApplicationHasItsStatistics) {
  Config config = SmallConfig();
  config.bn_statistics = "per_application";
  const SmallStudy study(config);
  const std::string folder = study.folder / "out";
  Export(study, folder);
  const std::string model = ReadFile(folder + "/model.py");
  EXPECT_THAT(model, AllOf(HasSubstr("class BatchNormPerApplication(nn.Module):"),
                           HasSubstr("self.C3 = RepeatedBlock(2, norm, 6, 6, kernel=3"),
                           HasSubstr("self.C2 = Block(norm, 4, 6, kernel=3"),
                           HasSubstr("        for application in range(1, 3):  # the same weights\n"
                                     "            x = self.C3(x, application)\n"),
                           Not(HasSubstr("{{"))));
  EXPECT_THAT(Lines(model), Each(Not(testing::EndsWith(" "))));
  for (const std::string& line : Lines(model)) EXPECT_LE(CharacterCount(line), 100u) << line;
  EXPECT_THAT(ReadFile(folder + "/README.md"),
              HasSubstr("The batch normalization of C3 keeps running statistics for each "));
  const TensorFile exported = ReadTensors(folder + "/model.safetensors");
  for (const char* name : {"C3.norm.running_mean_1", "C3.norm.running_var_2",
                           "C3.norm.num_batches_tracked_2", "C2.norm.running_mean"}) {
    EXPECT_NE(exported.Find(name), nullptr) << name;
  }
}

TEST(PytorchExport, IsOfPytorchsModulesAloneWhereThoseKeepTheSame) {
  const SmallStudy shared;
  Config config = SmallConfig();
  config.bn_statistics = "per_application";
  config.model = "C4/2 P C6/2 GAP c10!";  // no unit is applied twice
  const SmallStudy once(config);
  config.model = SmallConfig().model;
  config.norm = "group";  // keeps no running statistics
  const SmallStudy group(config);
  for (const SmallStudy* study : {&shared, &once, &group}) {
    const Checkpoint checkpoint = OpenCheckpoint(study->path);
    EXPECT_THAT(PytorchModel(checkpoint, study->dataset.statistics),
                AllOf(Not(HasSubstr("pplication")), Not(HasSubstr("RepeatedBlock")),
                      HasSubstr("        return x\n\n\nclass BareConvolution")));
    EXPECT_THAT(PytorchReadme(checkpoint, study->dataset.statistics), Not(HasSubstr("pplication")));
  }
}

std::string Equation(const std::string& title, const std::string& equation,
                     const std::string& more = "") {
  return "title = \"" + title + "\"\n" + more + "equation = \"" + equation + "\"\n";
}

Config ConfigOf(const std::string& norm, bool by_equation = false) {
  Config config = SmallConfig(norm);
  config.norm_program = by_equation ? "equation" : "room";
  return config;
}

TEST(PytorchExport, HasTheTextOfAUsersEquation) {
  Config config = ConfigOf(Equation("Ghost range",
                                    "m = avg[M H W](x); top = max[M H W](x); y = (x - m) / (top + "
                                    "eps) * ramp(1, 2, 3, 700) * in[C] + type[]"));
  config.ghost = 5;
  const SmallStudy study(config);
  const std::string folder = study.folder / "out";
  Export(study, folder);
  const std::string model = ReadFile(folder + "/model.py");
  EXPECT_THAT(model,
              AllOf(HasSubstr("class GhostRangeEquation(nn.Module):"),
                    HasSubstr("NORM = \"Ghost range\""), HasSubstr("\nGHOST = 5  #"),
                    HasSubstr("\nSTEPS = 469  #"), HasSubstr("module.completed_steps = STEPS\n"),
                    HasSubstr("    if norm == NORM:\n        return GhostRangeEquation(channels, "),
                    HasSubstr("if norm == \"group\":\n"), Not(HasSubstr("{{"))));
  EXPECT_THAT(ReadFile(folder + "/README.md"), HasSubstr(", Ghost range\n"));
  const TensorFile before = ReadTensors(study.path);
  const TensorFile after = ReadTensors(folder + "/model.safetensors");
  ASSERT_EQ(after.tensors.size(), before.tensors.size());
  for (const auto& [ours, theirs] : {std::pair{"C1.norm.in", "C1.norm.learned_in"},
                                     {"C3.norm.type", "C3.norm.learned_type"},
                                     {"C2.norm.running_top", "C2.norm.running_top"},
                                     {"C2.norm.num_batches_tracked", "C2.norm.num_batches_tracked"},
                                     {"C2.conv.weight", "C2.conv.weight"}}) {
    ASSERT_NE(after.Find(theirs), nullptr) << theirs;
    EXPECT_EQ(after.Find(theirs)->bytes, before.Find(ours)->bytes) << ours;
  }
}

TEST(PytorchExport, NamesTheRunningValuesOfEachApplication) {
  Config config = ConfigOf("half = max[N H W](x); y = x / (abs(half) + 1) + half_1[C]");
  config.bn_statistics = "per_application";
  const SmallStudy study(config);
  const std::string folder = study.folder / "out";
  Export(study, folder);
  EXPECT_THAT(ReadFile(folder + "/model.py"),
              AllOf(HasSubstr("class EquationPerApplication(nn.Module):"),
                    Not(HasSubstr("BatchNormPerApplication")),
                    HasSubstr("self.C3 = RepeatedBlock(2, norm, 6, 6, kernel=3")));
  EXPECT_THAT(ReadFile(folder + "/README.md"), HasSubstr("(`running_half_1`, `running_half_2`, "));
  const TensorFile exported = ReadTensors(folder + "/model.safetensors");
  for (const char* name : {"C3.norm.running_half_1", "C3.norm.running_half_2", "C3.norm.half_1",
                           "C3.norm.num_batches_tracked_2", "C2.norm.running_half"}) {
    EXPECT_NE(exported.Find(name), nullptr) << name;
  }
}

// One that is a shipped method's has PyTorch's module, unless it runs by its own names.
TEST(PytorchExport, HasPytorchsModuleWhereItsRoomRan) {
  const std::string own = Equation("Renamed",
                                   "a = avg[K H W](x); b = var[K H W](x); y = weight[C] * (x - a) "
                                   "/ sqrt(b + eps) + shift[C]");
  const SmallStudy room(ConfigOf(own));
  EXPECT_THAT(PytorchModel(OpenCheckpoint(room.path), room.dataset.statistics),
              AllOf(HasSubstr("NORM = \"group\""), Not(HasSubstr("Equation"))));
  const SmallStudy equation(ConfigOf(own, true));
  EXPECT_THAT(PytorchModel(OpenCheckpoint(equation.path), equation.dataset.statistics),
              AllOf(HasSubstr("NORM = \"Renamed\""), HasSubstr("self.shift = nn.Parameter(")));
  Export(equation, equation.folder / "out");
  EXPECT_NE(ReadTensors(equation.folder / "out/model.safetensors").Find("C1.norm.shift"), nullptr);
  for (const std::string& shipped : NormNames()) {
    const SmallStudy study(ConfigOf(shipped, true));
    const std::string model = PytorchModel(OpenCheckpoint(study.path), study.dataset.statistics);
    EXPECT_THAT(model, HasSubstr("NORM = \"" + shipped + "\""));
    EXPECT_EQ(model.find("Equation") == std::string::npos, !FindNormMethod(shipped).room.empty())
        << shipped;
  }
}

TEST(PytorchExport, KeepsTheReluOfOthersWhereTheMethodIsAnActivation) {
  const SmallStudy study(
      ConfigOf(Equation("Threshold", "y = max(x * weight[C], tau[C])", "activation = true\n")));
  EXPECT_THAT(PytorchModel(OpenCheckpoint(study.path), study.dataset.statistics),
              HasSubstr("        if not isinstance(self.norm, ThresholdEquation):\n"
                        "            x = functional.relu(x)\n"));
}

TEST(PytorchExport, MayBeRepeatedAndOverwritesNothingElse) {
  const SmallStudy study;
  const std::string folder = study.folder / "out";
  Export(study, folder);
  EXPECT_EQ(Export(study, folder).size(), 3u) << "the same once more";
  WriteFile(folder + "/README.md", "my own words");
  fs::remove(folder + "/model.py");
  try {
    Export(study, folder);
    ADD_FAILURE() << "overwritten";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr(folder + "/README.md is there already"));
  }
  EXPECT_EQ(ReadFile(folder + "/README.md"), "my own words");
  EXPECT_FALSE(fs::exists(folder + "/model.py")) << "nothing is written when one is refused";
  WriteFile(study.folder / "file", "");
  EXPECT_THROW(Export(study, study.folder / "file"), RunError);
  EXPECT_THROW(Export(study, study.folder / "file/below"), RunError);
}

// Folders of images may be called anything, and a checkpoint may come from anywhere.
TEST(PytorchExport, ClassNamesStayTexts) {
  SmallStudy study;
  study.dataset.class_names[0] = R"("""); import os; print("{{NORM}}\)";
  study.dataset.class_names[1] = "line\nbreak";
  WriteCheckpoint(study.path, study.config, study.dataset);
  const std::string model = PytorchModel(OpenCheckpoint(study.path), study.dataset.statistics);
  EXPECT_THAT(model, HasSubstr(R"(    "\"\"\"); import os; print(\"{{NORM}}\\",)"));
  EXPECT_THAT(model, HasSubstr("    \"line break\","));
}

}  // namespace
}  // namespace normlab
