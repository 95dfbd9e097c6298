// Small valid files with random damage: every reader gives a valid set or a DataError, and, under
// the sanitizers, nothing else.
#include <algorithm>
#include <random>

#include "data/archive.h"
#include "data/cifar.h"
#include "data/cifar100.h"
#include "data/class_list.h"
#include "data/fit_image.h"
#include "data/gunzip.h"
#include "data/idx.h"
#include "data/pickle.h"
#include "files.h"
#include "images.h"

namespace normlab {
namespace {

// Cuts, flips, repeats or inserts bytes at one to four places, more often near the start, where the
// headers are.
std::string Mutate(std::string bytes, std::mt19937& random) {
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  for (std::size_t change = 1 + below(4); change > 0 && !bytes.empty(); --change) {
    const std::size_t reach =
        below(2) == 0 ? std::min<std::size_t>(bytes.size(), 256) : bytes.size();
    const std::size_t place = below(reach);
    switch (below(6)) {
      case 0:
        bytes.resize(place);
        break;
      case 1:
        bytes[place] ^= static_cast<char>(1 << below(8));
        break;
      case 2:
        bytes[place] = static_cast<char>(below(256));
        break;
      case 3:
        bytes[place] = '\xff';
        break;
      case 4:
        bytes.insert(place, bytes.substr(below(bytes.size()), below(20)));
        break;
      default:
        bytes.erase(place, 1 + below(8));
        break;
    }
  }
  return bytes;
}

// `read` returns how many images it read; each of the valid files is tried `rounds` times. Both
// outcomes must have been met: a test that only ever sees errors would say nothing about the valid
// half.
void TryMutations(const std::vector<std::string>& valid, int rounds,
                  const std::function<std::size_t(const std::string&)>& read) {
  int errors = 0, sets = 0;
  std::mt19937 random(20);
  for (const std::string& bytes : valid) {
    ASSERT_GT(read(bytes), 0u);
    for (int round = 0; round < rounds; ++round) {
      const std::string mutated = Mutate(bytes, random);
      try {
        EXPECT_GT(read(mutated), 0u) << "round " << round;
        ++sets;
      } catch (const DataError& error) {
        EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
        ++errors;
      }
    }
  }
  EXPECT_GT(errors, static_cast<int>(valid.size()) * rounds / 10);
  EXPECT_GT(sets, 0);
}

void TryMutations(const std::string& valid, int rounds,
                  const std::function<std::size_t(const std::string&)>& read) {
  TryMutations(std::vector<std::string>{valid}, rounds, read);
}

std::size_t Checked(const Split& split) {
  EXPECT_EQ(split.pixels.size(), split.labels.size() * kCifarShape.size());
  for (const std::uint8_t label : split.labels) EXPECT_LT(label, 10);
  return split.size();
}

TEST(Mutations, OfIdxImages) {
  TryMutations(IdxImages(3), 3000, [](const std::string& bytes) {
    const std::string_view pixels = ParseIdxImages(bytes, "f", {1, 28, 28});
    EXPECT_EQ(pixels.size() % 784, 0u);
    return pixels.size() / 784;
  });
}

TEST(Mutations, OfIdxLabels) {
  TryMutations(IdxLabels(200), 3000, [](const std::string& bytes) {
    const std::string_view labels = ParseIdxLabels(bytes, "f", 10);
    for (const char label : labels) EXPECT_LT(static_cast<unsigned char>(label), 10);
    return labels.size();
  });
}

TEST(Mutations, OfGzip) {
  const std::string valid = Gzip(IdxLabels(500)) + Gzip("second member");
  TryMutations(valid + std::string(600, '\0'), 3000,
               [](const std::string& bytes) { return Gunzip(bytes, "f", 1'000'000).size(); });
}

TEST(Mutations, OfCifarRecords) {
  TryMutations(CifarRecords(3, 0), 3000, [](const std::string& bytes) {
    Split split;
    AppendCifarBinary(bytes, "f", split);
    return Checked(split);
  });
}

TEST(Mutations, OfPickles) {
  for (const char* name : {"python2", "protocol2", "protocol4", "protocol5"}) {
    TryMutations(Golden(name), 5000, [](const std::string& bytes) {
      Split split;
      AppendCifarPickle(bytes, "f", split);
      return Checked(split);
    });
  }
}

TEST(Mutations, OfTheStructureOfAPickle) {
  // Without the pixels, which take most of the bytes and none of the decisions.
  const std::string valid = Golden("no_pixels");
  TryMutations(valid, 20000, [](const std::string& bytes) {
    const Pickle pickle(bytes, "f");
    return pickle.Find("data", PickleValue::Kind::kArray).bytes.size();
  });
}

TEST(Mutations, OfCifar100) {
  std::string valid;
  for (int record = 0; record < 3; ++record) {
    valid += std::string{static_cast<char>(6 * record), static_cast<char>(40 * record)};
    valid += std::string(3072, static_cast<char>(record));
  }
  TryMutations(valid, 3000, [](const std::string& bytes) {
    Split split;
    AppendCifar100Binary(bytes, "f", Cifar100Labels::kFine, split);
    for (const std::uint8_t label : split.labels) EXPECT_LT(label, 100);
    EXPECT_EQ(split.pixels.size(), split.size() * 3072);
    return split.size();
  });
}

TEST(Mutations, OfIdxHeaders) {
  TryMutations(IdxImages(3).substr(0, 20), 3000, [](const std::string& bytes) {
    const IdxImagesInfo info = ParseIdxImagesHeader(bytes, "f");
    EXPECT_TRUE(info.shape.height >= 1 && info.shape.height <= 1024);
    EXPECT_TRUE(info.shape.width >= 1 && info.shape.width <= 1024);
    return static_cast<std::size_t>(info.images);
  });
}

TEST(Mutations, OfClassLists) {
  TryMutations("airplane\nautomobile\n\xc3\xa4\r\n", 3000,
               [](const std::string& bytes) { return ParseClassList(bytes, "f", 3).size(); });
}

std::size_t Checked(const Image& image) {
  EXPECT_EQ(image.pixels.size(), image.shape.size());
  EXPECT_TRUE(image.shape.channels == 1 || image.shape.channels == 3);
  return FitImage(image, {3, 5, 7}).pixels.size();
}

std::vector<std::string> GoldenFiles(const std::string& kind) {
  std::vector<std::string> files;
  for (const DecodedGolden& golden : DecodedGoldens()) {
    if (golden.name.starts_with(kind)) files.push_back(golden.file);
  }
  return files;
}

TEST(Mutations, OfJpegs) {
  TryMutations(GoldenFiles("jpeg"), 500,
               [](const std::string& bytes) { return Checked(DecodeImage(bytes, "f")); });
}

// The chunks' checksums would catch the damage at once; made to fit, they let it further in.
TEST(Mutations, OfPngs) {
  TryMutations(GoldenFiles("png"), 200, [](const std::string& bytes) {
    return Checked(DecodeImage(WithFittingChecksums(bytes), "f"));
  });
}

TEST(Mutations, OfArchives) {
  const TemporaryFolder folder;
  const std::string path = folder / "cifar.tar.gz";
  WriteTarGz(path, {{"a/one", "first member"}, {"a/two", std::string(5000, 'x')}});
  const std::string valid = ReadWholeFile(path);
  // Once as gzip, once as the tar within, where the damage is not caught by a checksum at once.
  for (const std::string& bytes : {valid, Gunzip(valid, path)}) {
    TryMutations(bytes, 500, [&](const std::string& mutated) {
      folder.Write("cifar.tar.gz", mutated);
      std::size_t size = 0;
      ReadArchive(path, {"a/one", "a/two"},
                  [&size](std::size_t, std::string_view member) { size += 1 + member.size(); });
      return size;
    });
  }
}

}  // namespace
}  // namespace normlab
