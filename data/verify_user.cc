#include <functional>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "data/class_list.h"
#include "data/gunzip.h"
#include "data/idx.h"
#include "data/idx_pair.h"
#include "data/image_folder.h"
#include "data/user_dataset.h"
#include "data/verify.h"

namespace normlab {
namespace {

using Parser = std::function<void(std::string_view bytes, const std::string& path)>;

VerifiedFile Broken(const std::string& path, const std::string& problem) {
  return {path, FileState::kBroken, "", "", problem};
}

void VerifyFolder(const DatasetSpec& spec, Verification& verification) {
  const CheckedFolder checked = CheckImageFolder(spec);
  verification.pictures = checked.pictures;
  verification.passed_over = checked.passed_over;
  verification.notes = checked.notes;
  for (const SourceFile& source : checked.sources) {
    verification.files.push_back({source.path, FileState::kReadable, "", source.sha256, ""});
  }
  for (const auto& [path, problem] : checked.broken) {
    verification.files.push_back(Broken(path, problem));
  }
}

void VerifyIdxFile(const IdxPairFile& file, const std::string& folder, const Parser& parse,
                   Verification& verification) {
  if (file.path.empty()) {
    verification.files.push_back(
        {folder + "/" + file.name, FileState::kMissing, "", "",
         folder + ": expected " + file.name + " or " + file.name + ".gz, found neither"});
    return;
  }
  try {
    const std::string bytes = ReadMaybeGzip(file.path);
    parse(bytes, file.path);
    verification.files.push_back({file.path, FileState::kReadable, "", Sha256(bytes), ""});
  } catch (const DataError& error) {
    verification.files.push_back(Broken(file.path, error.what()));
  }
}

// Each file by itself; then, where all are whole, whether they belong together.
void VerifyIdx(const DatasetSpec& spec, Verification& verification) {
  const IdxPairFiles pair = FindIdxPairFiles(spec);
  int classes = kMostClasses;
  const Parser images = [](std::string_view bytes, const std::string& path) {
    ParseIdxImages(bytes, path, ParseIdxImagesHeader(bytes, path).shape);
  };
  const Parser train_labels = [&](std::string_view bytes, const std::string& path) {
    classes = CountIdxClasses(bytes, path);
  };
  const Parser test_labels = [&](std::string_view bytes, const std::string& path) {
    ParseIdxLabels(bytes, path, classes);
  };
  VerifyIdxFile(pair.train_images, pair.folder, images, verification);
  VerifyIdxFile(pair.train_labels, pair.folder, train_labels, verification);
  VerifyIdxFile(pair.test_images, pair.folder, images, verification);
  VerifyIdxFile(pair.test_labels, pair.folder, test_labels, verification);
  const bool whole = verification.Count(FileState::kReadable) == verification.files.size();
  if (!pair.class_list.empty()) {
    const Parser names = [&](std::string_view bytes, const std::string& path) {
      ParseClassList(bytes, path, classes);
    };
    VerifyIdxFile({pair.class_list, pair.class_list}, pair.folder, names, verification);
  }
  if (whole && verification.Count(FileState::kBroken) == 0) {
    LoadUserDataset(DescribeUserDataset(spec));
  }
}

}  // namespace

Verification VerifyUserDataset(const DatasetSpec& spec) {
  const bool pictures = spec.kind == DatasetSpec::Kind::kFolder;
  Verification verification = {spec.path, "its name", pictures ? "pictures" : "IDX files", {}};
  try {
    pictures ? VerifyFolder(spec, verification) : VerifyIdx(spec, verification);
  } catch (const DataError& error) {
    verification.files.push_back(Broken(spec.path, error.what()));
  }
  return verification;
}

}  // namespace normlab
