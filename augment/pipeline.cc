#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

#include "augment/augment.h"
#include "augment/transform.h"
#include "base/error.h"
#include "base/philox.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

struct TransformKind {
  const char* name;
  TransformPointer (*parse)(const Call& call, Shape shape);
};

constexpr TransformKind kTransforms[] = {
    {"flip", ParseFlip},     {"shift", ParseShift},     {"rotation", ParseRotation},
    {"affine", ParseAffine}, {"jitter", ParseJitter},   {"tone", ParseTone},
    {"cutout", ParseCutout}, {"erasing", ParseErasing}, {"flip_in_turns", ParseFlipInTurns},
};

struct Preset {
  const char* name;
  const char* text;
};

constexpr Preset kPresets[] = {
    {"mnist-seed",
     "rotation(7, fill=1) affine(7, translate=0.1, scale=0.8..1.2, shear=10) "
     "jitter(brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1)"},
    {"flip-shift", "flip(0.5) shift(2)"},
};

constexpr const char* kNone = "none";

class Pipeline final : public Augmentation {
 public:
  Pipeline(std::vector<TransformPointer> transforms, Shape shape)
      : transforms_(std::move(transforms)), shape_(shape) {}

  bool identity() const override { return transforms_.empty(); }

  std::string text() const override {
    if (identity()) return kNone;
    std::vector<std::string> texts;
    for (const TransformPointer& transform : transforms_) texts.push_back(transform->text());
    return Join(texts, " ");
  }

  // One stream for the whole pipeline: each transform goes on drawing where the one before stopped.
  void Apply(const std::uint8_t* image, const AugmentAddress& address,
             std::uint8_t* result) const override {
    if (identity()) {
      std::copy_n(image, shape_.size(), result);
      return;
    }
    static thread_local std::array<std::vector<std::uint8_t>, 2> scratch;
    RandomStream stream(address.seed, Purpose::kAugmentation, address.epoch, address.image);
    for (std::size_t i = 0; i < transforms_.size(); ++i) {
      std::uint8_t* target = result;
      if (i + 1 < transforms_.size()) {
        std::vector<std::uint8_t>& buffer = scratch[i % 2];
        if (buffer.size() < shape_.size()) buffer.resize(shape_.size());
        target = buffer.data();
      }
      transforms_[i]->Apply(image, address, stream, target);
      image = target;
    }
  }

 private:
  std::vector<TransformPointer> transforms_;
  Shape shape_;
};

[[noreturn]] void FailUnknown(const std::string& name) {
  std::vector<std::string> names = {kNone};
  for (const TransformKind& kind : kTransforms) names.push_back(kind.name);
  for (const Preset& preset : kPresets) names.push_back(preset.name);
  throw UsageError(fmt::format("augment: unknown transform \"{}\", expected one of {}{}",
                               Printable(name), Join(names), NearestWords(name, names)));
}

void RefuseArguments(const Call& call) {
  if (call.arguments.empty()) return;
  throw UsageError(
      fmt::format("augment: \"{}\" takes no arguments, found \"{}\"; to change it, "
                  "write its transforms out",
                  call.name, Printable(call.arguments.front().value)));
}

void Append(const std::vector<Call>& calls, Shape shape,
            std::vector<TransformPointer>& transforms) {
  for (const Call& call : calls) {
    const auto named = [&](const auto& entry) { return call.name == entry.name; };
    if (const auto* kind = std::ranges::find_if(kTransforms, named);
        kind != std::end(kTransforms)) {
      transforms.push_back(kind->parse(call, shape));
    } else if (const auto* preset = std::ranges::find_if(kPresets, named);
               preset != std::end(kPresets)) {
      RefuseArguments(call);
      Append(ParseCalls(preset->text), shape, transforms);
    } else {
      FailUnknown(call.name);
    }
  }
}

}  // namespace

std::unique_ptr<Augmentation> ParseAugmentation(std::string_view text, Shape shape) {
  assert(shape.channels > 0 && shape.height > 0 && shape.width > 0);
  const std::vector<Call> calls = ParseCalls(text);
  if (calls.empty())
    throw UsageError("augment: expected a transform, found nothing; for none of them write none");
  std::vector<TransformPointer> transforms;
  const auto is_none = [](const Call& call) { return call.name == kNone; };
  if (std::ranges::any_of(calls, is_none)) {
    if (calls.size() > 1) {
      throw UsageError("augment: \"none\" stands alone; take it or the other transforms away");
    }
    RefuseArguments(calls.front());
  } else {
    Append(calls, shape, transforms);
  }
  return std::make_unique<Pipeline>(std::move(transforms), shape);
}

}  // namespace normlab
