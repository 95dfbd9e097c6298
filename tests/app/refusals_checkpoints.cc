// What files of weights are refused for.
#include <fmt/format.h>

#include "tests/app/refusals.h"

namespace normlab {
namespace {

using namespace std::string_literals;

std::string Little64(std::uint64_t value) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

std::string Safetensors(const std::string& header, const std::string& data = "") {
  return Little64(header.size()) + header + data;
}

std::string OneTensor(const std::string& name, const std::string& type, const std::string& shape,
                      int begin, int end, const std::string& data) {
  return Safetensors(
      fmt::format("{{\"{}\":{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}}}", name,
                  type, shape, begin, end),
      data);
}

// As initial weights: everything is read, the network that the recipe asks for is known.
Refusal OfWeights(const std::string& bytes, const std::string& expected, const std::string& found,
                  const std::string& advice) {
  return {{"run",        "fashion",
           "--set",      "dataset=idx:set",
           "--set",      "model=C2 GAP c2!",
           "--set",      "validation=0",
           "--set",      "augment=none",
           "--set",      "batch_size=20",
           "--norms",    "batch",
           "--threads",  "1",
           "--epochs",   "1",
           "--progress", "none",
           "--out",      "o",
           "--init",     "w.safetensors"},
          3,
          "w.safetensors",
          expected,
          found,
          advice,
          {{"w.safetensors", bytes}}};
}

Refusal OfCheckpoint(const std::string& path, const std::string& where, const std::string& expected,
                     const std::string& found, const std::string& advice,
                     const std::vector<std::pair<std::string, std::string>>& files = {}) {
  return {{"evaluate", path}, 3, where, expected, found, advice, files, true};
}

}  // namespace

std::vector<Refusal> CheckpointRefusals() {
  const std::string four(4, 'x');
  // Of somebody else's equation; a file that it names is nobody's business.
  const auto of_norm = [](const std::string& norm) {
    return Safetensors("{\"__metadata__\":{\"epoch\":\"1\",\"config\":\"norm = '" + norm + "'\"}}");
  };
  const auto of_equation = [&](const std::string& norm, const std::string& expected,
                               const std::string& found, const std::string& advice) {
    return Refusal{{"evaluate", "foreign.safetensors"},
                   2,
                   "foreign.safetensors: its metadata hold a normalization that is none",
                   expected,
                   found,
                   advice,
                   {{"foreign.safetensors", of_norm(norm)}},
                   true};
  };
  return {
      of_equation("y = x - mm", "line 1, column 9: unknown name", "'mm'", "mm[C]"),
      of_equation("y = x -", "line 1, column", "expected", "y = x -"),
      OfCheckpoint(
          "foreign.safetensors", "foreign.safetensors", "one of none", "./mine.toml", "an equation",
          {{"foreign.safetensors", of_norm("./mine.toml")}, {"mine.toml", "equation = 'y = x'\n"}}),
      OfWeights("", "at least 8 bytes", "an empty file", "write or get it again"),
      OfWeights("PK\3\4 torch.save", "safetensors", "a ZIP archive", "save_file(torch.load"),
      OfWeights("\x80\x02}q\1.", "safetensors", "unknown kind", "save_file(torch.load"),
      OfWeights("version https://git-lfs.github.com/spec/v1\noid", "safetensors",
                "a Git LFS pointer", "git lfs pull"),
      OfWeights("<!DOCTYPE html><html></html>", "safetensors", "HTML page", "get the file itself"),
      OfWeights("<?xml version=\"1.0\"?><Error/>", "safetensors", "a text file",
                "get the file itself"),
      OfWeights("\x1f\x8b\x08\0\0\0\0\0\0\0"s, "safetensors", "a gzip file", "unpack it"),
      OfWeights("\x89HDF\r\n\x1a\n\0\0"s, "safetensors", "HDF5 file",
                "safetensors.torch.save_file"),
      OfWeights("GGUF\3\0\0\0\0\0"s, "safetensors", "unknown kind",
                "expected a file of safetensors"),
      OfWeights("years of work on a thesis", "safetensors", "a text file",
                "expected a file of safetensors"),
      OfWeights(Little64(std::uint64_t{1} << 60) + "{}", "header of", "cut short",
                "write or get it again"),
      OfWeights(Little64(0) + "{}", "a header that starts with '{'", "", "write or get it again"),
      OfWeights(Safetensors("[1]"), "a header that starts with '{'", "", "write or get it again"),
      OfWeights(Safetensors("{\"a\": nope}"), "JSON", "byte", "write or get it again"),
      OfWeights(Safetensors("{\"a\":{\"dtype\":\"F32\"}}"), "dtype, shape and data_offsets",
                "found dtype", "write or get it again"),
      OfWeights(Safetensors("{\"a\":3}"), "the format has none", "a number",
                "write or get it again"),
      OfWeights(OneTensor("a", "X99", "1", 0, 4, four), "F64, F32, F16, BF16", "X99",
                "tensor.float()"),
      OfWeights(OneTensor("a", "F32", "1", 4, 8, four), "start at 0", "4 to 8",
                "write or get it again"),
      OfWeights(OneTensor("a", "F32", "2", 0, 4, four), "shape", "4 bytes",
                "write or get it again"),
      OfWeights(OneTensor("a", "F32", "1", 0, 8, four + four), "need 4", "8 bytes",
                "write or get it again"),
      OfWeights(OneTensor("a", "F32", "1", 0, 4, four + four), "end with the tensors at byte 4",
                "8 bytes", "write or get it again"),
      OfWeights(OneTensor("a", "F32", "1099511627776, 1099511627776", 0, 4, four), "needs more",
                "4 bytes", "write or get it again"),
      OfWeights(OneTensor("fc.weight", "F32", "1", 0, 4, four), "C1.conv.weight",
                "the file has 'fc.weight'", "another model?"),
      OfWeights(OneTensor("model.C1.conv.weight", "F32", "1", 0, 4, four), "C1.conv.weight",
                "model.C1.conv.weight", "save model.model.state_dict()"),
      OfWeights(OneTensor("C1.conv.weight", "F32", "1", 0, 4, four),
                "this network needs [2, 1, 3, 3]", "[1]", "another model?"),
      OfWeights(Safetensors("{}"), "C1.conv.weight", "missing", "the file has no tensor"),
      OfCheckpoint("nowhere", "nowhere", "", "No such file", "look at its name"),
      OfCheckpoint("r", "r", "name one of them", "several arms", "batch-seed1, layer-seed1"),
      OfCheckpoint("set", "set", "last.safetensors and best.safetensors", "no checkpoint",
                   "expected"),
      OfCheckpoint("w.safetensors", "w.safetensors", "a last.safetensors or best.safetensors",
                   "'config' is missing", "expected", {{"w.safetensors", Safetensors("{}")}}),
      {{"evaluate", "r/batch-seed1/last.safetensors", "--best"},
       2,
       "--best",
       "a folder",
       "r/batch-seed1/last.safetensors",
       "leave --best out",
       {},
       true},
      {{"export", "w.safetensors", "--pytorch", "e"},
       3,
       "w.safetensors",
       "safetensors",
       "a text file",
       "expected",
       {{"w.safetensors", "years of work on a thesis"}},
       true},
      {{"predict", "w.safetensors", "x.png"},
       3,
       "w.safetensors",
       "safetensors",
       "an empty file",
       "again",
       {{"w.safetensors", ""}},
       true},
  };
}

}  // namespace normlab
