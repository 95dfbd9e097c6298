// What data sets and pictures are refused for.
#include "tests/app/refusals.h"
#include "tests/app/small_idx.h"

namespace normlab {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

std::string Images(unsigned count, unsigned side, std::size_t bytes) {
  return IdxWord(0x803) + IdxWord(count) + IdxWord(side) + IdxWord(side) + std::string(bytes, 'x');
}

std::string Labels(const std::string& labels) {
  return IdxWord(0x801) + IdxWord(static_cast<unsigned>(labels.size())) + labels;
}

// Two images of 2 x 2 in each part, and what is wrong in the place of one file.
Files IdxWith(const std::string& name, const std::string& bytes) {
  const std::string two(1, '\0');
  Files files = {{"bad/train-images-idx3-ubyte", Images(2, 2, 8)},
                 {"bad/train-labels-idx1-ubyte", Labels(two + '\1')},
                 {"bad/t10k-images-idx3-ubyte", Images(2, 2, 8)},
                 {"bad/t10k-labels-idx1-ubyte", Labels(two + '\1')}};
  for (auto& [path, content] : files) {
    if (path == "bad/" + name) content = bytes;
  }
  return files;
}

Refusal OfIdx(const std::string& name, const std::string& bytes, const std::string& expected,
              const std::string& found, const std::string& advice) {
  return {{"data", "stats", "idx:bad"}, 3, name, expected, found, advice, IdxWith(name, bytes)};
}

Refusal OfClasses(const std::string& text, const std::string& where, const std::string& expected,
                  const std::string& found, const std::string& advice) {
  Files files = IdxWith("", "");
  files.emplace_back("bad/classes.txt", text);
  return {{"data", "stats", "idx:bad"}, 3, where, expected, found, advice, files};
}

Refusal OfPicture(const std::string& name, const std::string& bytes, const std::string& found,
                  const std::string& advice) {
  return {{"predict", "r/batch-seed1", name},
          3,
          name,
          "expected a",
          found,
          advice,
          {{name, bytes}},
          true};
}

// In a folder with the names of a published set's files, of which the first is looked at first.
Refusal OfPublished(const std::string& set, const std::string& name, const std::string& bytes,
                    const std::string& expected, const std::string& found,
                    const std::string& advice) {
  return {{"data", "stats", set, "--data-dir", "pub"},
          3,
          "pub",
          expected,
          found,
          advice,
          {{"pub/train-labels-idx1-ubyte", ""},
           {"pub/t10k-images-idx3-ubyte", ""},
           {"pub/t10k-labels-idx1-ubyte", ""},
           {"pub/" + name, bytes}}};
}

// The smallest PNG's header, with a size.
std::string PngOf(unsigned width, unsigned height) {
  return "\x89PNG\r\n\x1a\n" + IdxWord(13) + "IHDR" + IdxWord(width) + IdxWord(height) +
         std::string("\x08\x02\0\0\0\0\0\0\0", 9);
}

}  // namespace

std::vector<Refusal> PublishedRefusals() {
  const std::string batch = "cifar-10-batches-py/data_batch_1",
                    gzip("\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
  return {
      OfPublished("mnist", "train-images-idx3-ubyte.gz", gzip, "gzip", "ends early",
                  "get the file again"),
      OfPublished("mnist", "train-images-idx3-ubyte.gz", gzip + "\xff\xff\xff\xff", "gzip",
                  "damaged near byte", "get the file again"),
      OfPublished("mnist", "train-images-idx3-ubyte", "x", "IDX", "found", "get the file again"),
      OfPublished("mnist", "train-images-idx3-ubyte",
                  IdxWord(0x803) + IdxWord(1) + IdxWord(3) + IdxWord(3) + "123456789", "28x28",
                  "3x3", "expected"),
      OfPublished("cifar10", "cifar-10-batches-bin/data_batch_1.bin", "x",
                  "whole records of 3073 bytes", "1 bytes", "get the file again"),
      OfPublished("cifar100", "cifar-100-binary/train.bin", "x", "whole records of 3074 bytes",
                  "1 bytes", "get the file again"),
      OfPublished("cifar10", batch, "\x80\2.", "pickle", "at byte", "get the file again"),
      OfPublished("cifar10", batch, "\x80\2}.", "the key 'data'", "found none",
                  "not a CIFAR-10 batch"),
      OfPublished("cifar10", batch, std::string("\x80\2cos\nsystem\n", 13), "at byte", "os.system",
                  "get the file again"),
      OfPublished("cifar10", "cifar-10-binary.tar.gz", gzip, "archive", "ends early",
                  "get the file again"),
      OfPublished("cifar10", "cifar-10-python.tar.gz", "no archive", "archive", "damaged",
                  "get the file again"),
  };
}

std::vector<Refusal> DataRefusals() {
  const std::string images = "train-images-idx3-ubyte", labels = "train-labels-idx1-ubyte";
  return {
      {{"run", "mnist", "--data-dir", "nowhere", "--out", "o"},
       3,
       "--data-dir nowhere",
       "MNIST",
       "was not found",
       "normlab data fetch mnist",
       {}},
      {{"data", "stats", "folder:nowhere"},
       3,
       "nowhere",
       "train/",
       "found none",
       "a folder of pictures for each class",
       {}},
      {{"data", "stats", "idx:nowhere"}, 3, "nowhere", images, "found", "expected", {}},
      {{"data", "stats", "idx:empty"},
       3,
       "empty",
       images,
       "no such file",
       "plain or .gz",
       {{"empty/note", ""}}},
      OfIdx(images, "", "IDX", "an empty file", "get the file again"),
      OfIdx(images, "<html></html>", "IDX", "", "get the file again"),
      OfIdx(images, IdxWord(0x803) + "x", "of 16 bytes", "5 bytes", "get the file again"),
      OfIdx(images, Images(2, 2, 7), "expected 24 bytes", "23", "get the file again"),
      OfIdx(images, Images(2, 2, 9), "expected 24 bytes", "25", "get the file again"),
      OfIdx(images, Images(0, 2, 0), "at least one", "found 0", "expected"),
      OfIdx(images, Images(2, 0, 0), "1 to 1024 rows", "0x0", "expected"),
      OfIdx(labels, Labels("\1"), "one label for each of the 2", "found 1",
            "do not belong together"),
      OfIdx(labels, Labels(std::string(2, '\0')), "at least two classes", "only 0", "expected"),
      OfIdx("t10k-labels-idx1-ubyte", Labels("\1\2"), "a label of 0 to 1", "found 2", "damaged"),
      OfIdx("t10k-images-idx3-ubyte", Images(2, 3, 18), "2x2", "3x3", "expected"),
      OfClasses("zero\n", "classes.txt", "names of 2 classes", "1 lines",
                "write one for each class"),
      OfClasses("same\nsame\n", "classes.txt:2", "another name", "'same'", "rename one"),
      OfClasses("caf\xe9\nb\n", "classes.txt", "UTF-8", "0xe9", "save it as UTF-8"),
      OfClasses("a\x01\nb\n", "classes.txt:1", "a class's name", "'a", "rename it"),
      {{"data", "stats", "folder:one"},
       3,
       "one",
       "expected",
       "found",
       "class",
       {{"one/train/cat/0.png", "x"}, {"one/test/cat/0.png", "x"}}},
      {{"data", "stats", "idx:two"},
       3,
       "two",
       "one data set",
       "found 2",
       "name one",
       {{"two/a-train-images-idx3-ubyte", ""}, {"two/b-train-images-idx3-ubyte", ""}}},
      {{"data", "stats", "idx:half"},
       3,
       "half",
       "train-labels-idx1-ubyte",
       "found neither",
       "expected",
       {{"half/train-images-idx3-ubyte", Images(2, 2, 8)}}},
      {{"run", "--dry-run", "--set", "dataset=folder:"},
       2,
       "dataset 'folder:'",
       "a folder after the colon",
       "",
       "in UTF-8",
       {}},
      {{"run", "--dry-run", "--set", "dataset=idx:set", "--set", "validation=30", "--set",
        "batch_size=20", "--set", "model=C2 GAP c2!"},
       2,
       "batch_size = 20",
       "at most the 10 images",
       "20",
       "expected",
       {}},
      {{"data", "samples", "mnist", "cifar10", "--out", "x.png"},
       2,
       "--out x.png",
       "a folder",
       "a picture's name",
       "expected",
       {}},
      OfPicture("large.png", PngOf(100000, 100000), "100000 x 100000", "make it smaller first"),
      OfPicture("none.png", PngOf(0, 5), "0 x 5", "at least one pixel"),
      OfPicture("damaged.png", PngOf(5, 5), "damaged or cut short", "save it anew"),
      OfPicture("short.jpg", "\xff\xd8\xff\xe0", "damaged, cut short", "save it anew"),
      OfPicture("empty.png", "", "an empty file", "expected"),
      OfPicture("a.gif", "GIF89a\1\1\1\1", "a GIF", "convert it to PNG or JPEG"),
      OfPicture("a.heic",
                std::string("\0\0\0\x18"
                            "ftypheic",
                            12),
                "a HEIC", "convert it to PNG or JPEG"),
      OfPicture("a.txt", "hello", "a text file", "expected"),
      OfPicture("a.png", "version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer",
                "git lfs pull"),
      {{"predict", "r/batch-seed1", "cut.png"},
       3,
       "cut.png",
       "a whole PNG image",
       "only 8 bytes",
       "expected",
       {{"cut.png", "\x89PNG\r\n\x1a\n"}},
       true},
      {{"predict", "r/batch-seed1", "nowhere.png"},
       3,
       "nowhere.png",
       "a PNG or JPEG image",
       "no such file",
       "expected",
       {},
       true},
      {{"predict", "r/batch-seed1", "nothing"},
       3,
       "nothing",
       "PNG",
       "holds no",
       "folders below it are not looked at",
       {{"nothing/note", ""}},
       true},
      {{"predict", "r/batch-seed1", "-"},
       3,
       "-:",
       "a PNG or JPEG image",
       "an empty file",
       "expected",
       {},
       true},
      {{"predict", "r/batch-seed1", "-", "-"},
       2,
       "-:",
       "one picture",
       "twice",
       "name it once",
       {},
       true},
      {{"evaluate", "r/batch-seed1", "--data", "idx:bad"},
       3,
       "last.safetensors",
       "2 classes of 1x8x8",
       "1x2x2",
       "name another with --data",
       IdxWith("", ""),
       true},
      {{"evaluate", "r/batch-seed1", "--split", "validation"},
       2,
       "--split validation",
       "expected test or train",
       "held out no images",
       "expected",
       {},
       true},
      {{"evaluate", "r/batch-seed1", "--split", "dev"},
       2,
       "--split",
       "test, train or validation",
       "dev",
       "expected",
       {},
       true},
      {{"evaluate", "r/layer-seed1", "--reestimate", "shared"},
       2,
       "--reestimate",
       "no running statistics",
       "norm = layer",
       "leave it out",
       {},
       true},
  };
}

}  // namespace normlab
