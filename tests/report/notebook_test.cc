// The notebook's JSON; what Jupyter makes of it is notebook_test.py.
#include "report/notebook/notebook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "base/file.h"
#include "random_run.h"
#include "report/figures/png.h"
#include "report/notebook/notebook_cells.h"
#include "report/notebook/notebook_outputs.h"
#include "report/notebook/notebook_pictures.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::json;
namespace fs = std::filesystem;

RunRecord OneArm(const TemporaryFolder& folder, const std::string& label) {
  const Dataset dataset = RandomDataset(1, {1, 8, 8}, {"cat", "dog"});
  return RandomRun(folder.path(), dataset, {RandomArm(3, label, dataset, 2, 3)});
}

const Json& Cell(const Json& notebook, const std::string& id) {
  for (const Json& cell : notebook["cells"]) {
    if (cell["id"] == id) return cell;
  }
  throw std::out_of_range(id);
}

TEST(Notebook, HasIdsOfItsOwnForEveryCell) {
  const TemporaryFolder folder;
  const Json notebook = Json::parse(NotebookJson(OneArm(folder, "batch"), folder.path()));
  EXPECT_EQ(notebook["nbformat"], 4);
  EXPECT_EQ(notebook["nbformat_minor"], 5);
  std::set<std::string> ids;
  for (const Json& cell : notebook["cells"]) {
    const std::string id = cell["id"];
    EXPECT_TRUE(std::regex_match(id, std::regex("[a-zA-Z0-9-_]{1,64}"))) << id;
    EXPECT_TRUE(ids.insert(id).second) << id;
    EXPECT_FALSE(cell["source"].empty()) << id;
  }
  EXPECT_EQ(NotebookCells().size() + 1, ids.size());
}

TEST(Notebook, ShowsWordsAsTheyAre) {
  for (const char* harmless : {"", "-", "batch, l2 = 0.1", "99.50 ± 0.04", "s/epoch"}) {
    EXPECT_EQ(NotebookWords(harmless), harmless);
  }
  EXPECT_EQ(NotebookWords("$x$ <b>|`*_\\"),
            "<code>&#36;x&#36; &#60;b&#62;&#124;&#96;&#42;&#95;&#92;</code>");
  EXPECT_EQ(NotebookWords("www.x1.2"), "<code>www&#46;x1&#46;2</code>");
  EXPECT_EQ(NotebookWords("1."), "<code>1&#46;</code>");
  EXPECT_EQ(NotebookWords("\xff\n\xc3\xa9"), "<code>&#63; \xc3\xa9</code>");
}

TEST(Notebook, HoldsNoMarkupOfLabels) {
  const TemporaryFolder folder;
  const std::string label = "<img src=x onerror=alert(1)>\"'\\\n\xff</script>";
  RunRecord run = OneArm(folder, label);
  run.recipe = label;
  run.dataset = label;
  const std::string text = NotebookJson(run, run.path);
  const Json notebook = Json::parse(text);
  for (const Json& cell : notebook["cells"]) {
    for (const Json& output : cell.value("outputs", Json::array())) {
      const Json& data = output.value("data", Json::object());
      for (const char* form : {"text/html", "text/markdown"}) {
        EXPECT_THAT(data.value(form, ""), Not(HasSubstr("<img")));
      }
    }
    EXPECT_THAT(cell["source"].dump(), Not(HasSubstr("<img")));
  }
}

TEST(Notebook, ShowsTheFiguresThatAreThere) {
  const TemporaryFolder folder;
  RunRecord run = OneArm(folder, "batch");
  EXPECT_EQ(Cell(Json::parse(NotebookJson(run, run.path)), "graph-1")["outputs"].size(), 1u)
      << "its words";
  const std::string figures = folder.path() + "/figures";
  fs::create_directories(figures);
  const std::string png = EncodePng({4, 2, std::vector<std::uint8_t>(24, 7)});
  WriteFile(figures + "/test-loss.png", png);
  WriteFile(figures + "/test-accuracy.png", "no picture");
  const Json notebook = Json::parse(NotebookJson(run, run.path));
  const Json& outputs = Cell(notebook, "graph-1")["outputs"];
  ASSERT_EQ(outputs.size(), 2u);
  EXPECT_EQ(outputs[1]["metadata"]["image/png"]["width"], 2);
  EXPECT_EQ(outputs[1]["metadata"]["image/png"]["height"], 1);
  // The first eight bytes of every PNG, in base64 (RFC 4648).
  EXPECT_THAT(outputs[1]["data"]["image/png"].get<std::string>(),
              ::testing::StartsWith("iVBORw0KGgo"));
  EXPECT_EQ(Cell(notebook, "graph-2")["outputs"].size(), 1u);
}

TEST(Notebook, KnowsAGalleryByItsMissesAlone) {
  const TemporaryFolder folder;
  RunRecord run = OneArm(folder, "batch");
  const std::string figures = folder.path() + "/figures";
  EXPECT_THAT(FindNotebookGalleries(figures), IsEmpty());
  fs::create_directories(figures + "/misclassified-folder.csv");
  WriteFile(figures + "/misclassified-cut.csv", "index,predi");
  WriteFile(figures + "/misclassified-words.csv", "index,prediction_probability\nx,y\n");
  WriteFile(figures + "/misclassified-7.csv", "index,prediction_probability\n3,0.5\n");
  const std::vector<NotebookGallery> galleries = FindNotebookGalleries(figures);
  ASSERT_EQ(galleries.size(), 1u);
  EXPECT_EQ(galleries[0].picture, figures + "/misclassified-7.png");
  ErrorRow row{.index = 3, .prediction_probability = 0.5};
  EXPECT_TRUE(galleries[0].Shows({row}));
  EXPECT_FALSE(galleries[0].Shows({}));
  row.index = 4;
  EXPECT_FALSE(galleries[0].Shows({row}));
}

TEST(Notebook, OfAnUntrainedRunHasNoNumbers) {
  const TemporaryFolder folder;
  RunRecord run = OneArm(folder, "batch");
  run.arms[0].state = "pending";
  run.arms[0].metrics.clear();
  run.arms[0].errors.clear();
  const Json notebook = Json::parse(NotebookJson(run, run.path));
  EXPECT_EQ(Cell(notebook, "graph-1")["outputs"].size(), 0u);
  EXPECT_THAT(Cell(notebook, "results")["outputs"][0]["data"]["text/plain"].get<std::string>(),
              HasSubstr("0 of 1            -"));
}

}  // namespace
}  // namespace normlab
