#include "config/other_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/text.h"

namespace normlab {
namespace {

struct OtherWord {
  std::string_view name, advice;
};

constexpr OtherWord kKeys[] = {
    {"clip_grad_norm", "it is called clip_norm here"},
    {"gradient_clip", "it is called clip_norm here"},
    {"gradient_clip_val", "it is called clip_norm here"},
    {"cutmix", "it is written mix = cutmix, with mix.alpha"},
    {"cutmix_alpha", "it is written mix = cutmix, with mix.alpha"},
    {"mixup", "it is written mix = mixup, with mix.alpha"},
    {"mixup_alpha", "it is written mix = mixup, with mix.alpha"},
    {"cutout", "it is a transform: augment = cutout(8)"},
    {"random_erasing", "it is a transform: augment = erasing(0.5)"},
    {"ema_decay", "it is an argument of average = ema: average.decay"},
    {"lookahead", "it is written average = lookahead"},
    {"swa", "averaged weights are average = ema or lookahead"},
    {"smoothing", "it is called label_smoothing here"},
    {"label_smooth", "it is called label_smoothing here"},
    {"test_time_augmentation", "it is called tta here"},
    {"weight_init",
     "it is called initialization here, a table such as { filter = kaiming_normal }"},
    {"init_method",
     "it is called initialization here, a table such as { filter = kaiming_normal }"},
    {"lr_mult", "it is called lr_multiplier here, a table such as { shift = 64 }"},
    {"decoupled_weight_decay", "it is written decay = decoupled"},
    {"adam_eps", "it is an argument of the optimizer: optimizer.eps"},
    {"affine", "the scale and shift of a normalization are learned: leave it out"},
    {"alpha", "it is called lr here"},
    {"amp", "normlab trains in 32-bit floats; engine chooses others"},
    {"arch", "it is called model here"},
    {"architecture", "it is called model here"},
    {"arms", "arms are tables written as [[run]]"},
    {"aug", "it is called augment here"},
    {"augmentation", "it is called augment here"},
    {"augmentations", "it is called augment here"},
    {"backbone", "it is called model here"},
    {"base_lr", "it is called lr here"},
    {"batch", "the number of images in a step is batch_size, batch normalization norm = batch"},
    {"batchsize", "it is called batch_size here"},
    {"beta1", "it is an argument of adam and adamw: optimizer.beta1"},
    {"beta2", "it is an argument of adam and adamw: optimizer.beta2"},
    {"beta_1", "it is an argument of adam and adamw: optimizer.beta1"},
    {"beta_2", "it is an argument of adam and adamw: optimizer.beta2"},
    {"betas", "they are arguments of adam and adamw: optimizer.beta1, optimizer.beta2"},
    {"bias", "a convolution has one where its layer says b, as in C16b"},
    {"bn_eps", "it is called norm_eps here"},
    {"bn_momentum", "it is called norm_momentum here"},
    {"bs", "it is called batch_size here"},
    {"checkpoint", "it is called init here"},
    {"classes", "the data set tells its classes: leave it out"},
    {"clip_grad_norm", "gradients are not clipped: leave it out"},
    {"cooldown", "it is an argument of plateau: schedule.cooldown"},
    {"criterion", "the loss is always the cross-entropy of a softmax, and no key sets it"},
    {"cuda", "device = \"opencl\" trains on a GPU; normlab devices lists what is there"},
    {"dampening", "SGD has no dampening here: leave it out"},
    {"data", "it is called dataset here"},
    {"data_augmentation", "it is called augment here"},
    {"data_dir",
     "where the published sets lie is the flag --data-dir, your own are dataset = \"folder:DIR\""},
    {"data_path",
     "where the published sets lie is the flag --data-dir, your own are dataset = \"folder:DIR\""},
    {"data_set", "it is called dataset here"},
    {"decay", "it is called l2 here, as a coupled penalty"},
    {"description", "what a recipe is about is about = \"...\""},
    {"drop_rate", "it is called dropout here"},
    {"dropout_p", "it is called dropout here"},
    {"dropout_prob", "it is called dropout here"},
    {"dropout_rate", "it is called dropout here"},
    {"dtype", "normlab trains in 32-bit floats; engine chooses others"},
    {"early_stopping",
     "every epoch is trained, and the best one is kept beside the last: leave it out"},
    {"elementwise_affine",
     "layer-elementwise learns a scale and shift for each value, layer-channels for each channel"},
    {"ema", "averaged weights are average = ema, with average.decay"},
    {"epochs_num", "it is called epochs here"},
    {"eps", "the eps of a normalization is norm_eps"},
    {"epsilon", "it is called norm_eps here"},
    {"equation", "it is said by norm = \"y = ...\", or in a file: norm = \"./mine.toml\""},
    {"eta", "it is called lr here"},
    {"factor", "it is an argument of plateau: schedule.factor"},
    {"fp16", "normlab trains in 32-bit floats; engine chooses others"},
    {"gamma", "it is an argument of a schedule: schedule.gamma"},
    {"ghost_batch", "it is called ghost here"},
    {"ghost_batch_size", "it is called ghost here"},
    {"gpu", "device = \"opencl\" trains on a GPU; normlab devices lists what is there"},
    {"gpus", "device = \"opencl\" trains on a GPU; normlab devices lists what is there"},
    {"grad_clip", "it is called clip_norm here"},
    {"group_count", "it is called groups here"},
    {"image_size",
     "the size of your own pictures is written behind the folder: dataset = "
     "\"folder:DIR@3x32x32\""},
    {"img_size",
     "the size of your own pictures is written behind the folder: dataset = "
     "\"folder:DIR@3x32x32\""},
    {"in_channels", "the data set tells the shape of its images: leave it out"},
    {"initial_lr", "it is called lr here"},
    {"input_shape", "the data set tells the shape of its images: leave it out"},
    {"l1_lambda", "it is called l1 here"},
    {"l1_reg", "it is called l1 here"},
    {"l2_lambda", "it is called l2 here"},
    {"l2_reg", "it is called l2 here"},
    {"learning_rate", "it is called lr here"},
    {"learningrate", "it is called lr here"},
    {"load", "it is called init here"},
    {"log_dir", "the run folder is the flag --out"},
    {"loss", "the loss is always the cross-entropy of a softmax, and no key sets it"},
    {"loss_fn", "the loss is always the cross-entropy of a softmax, and no key sets it"},
    {"lr_policy", "it is called schedule here"},
    {"lr_schedule", "it is called schedule here"},
    {"lr_scheduler", "it is called schedule here"},
    {"manual_seed", "it is called seed here"},
    {"max_epochs", "it is called epochs here"},
    {"max_grad_norm", "it is called clip_norm here"},
    {"max_lr", "it is an argument of onecycle: schedule.max_lr"},
    {"milestones", "it is an argument of multistep: schedule.milestones"},
    {"min_lr", "it is an argument of plateau: schedule.min_lr"},
    {"mini_batch_size", "it is called batch_size here"},
    {"minibatch_size", "it is called batch_size here"},
    {"model_name", "it is called model here"},
    {"n_classes", "the data set tells the number of its classes: leave it out"},
    {"n_epoch", "it is called epochs here"},
    {"n_epochs", "it is called epochs here"},
    {"n_groups", "it is called groups here"},
    {"name", "the name of a recipe is recipe = \"...\""},
    {"nb_epoch", "it is called epochs here"},
    {"nepochs", "it is called epochs here"},
    {"net", "it is called model here"},
    {"network", "it is called model here"},
    {"norm_layer", "it is called norm here"},
    {"norm_type", "it is called norm here"},
    {"normalisation", "it is called norm here"},
    {"normalization", "it is called norm here"},
    {"norms", "several are [[run]] tables in a recipe, norm = [...] in one of them, or --norms"},
    {"num_classes", "the data set tells the number of its classes: leave it out"},
    {"num_epoch", "it is called epochs here"},
    {"num_epochs", "it is called epochs here"},
    {"num_groups", "it is called groups here"},
    {"num_workers", "images are loaded by the training itself; threads are its own"},
    {"opt", "it is called optimizer here"},
    {"optim", "it is called optimizer here"},
    {"optimiser", "it is called optimizer here"},
    {"optimizer_params",
     "lr, momentum, nesterov and l2 are keys of their own, others arguments such as "
     "optimizer.beta2"},
    {"out", "the run folder is the flag --out"},
    {"output", "the run folder is the flag --out"},
    {"output_dir", "the run folder is the flag --out"},
    {"p_dropout", "it is called dropout here"},
    {"patience", "it is an argument of plateau: schedule.patience"},
    {"pct_start", "it is an argument of onecycle: schedule.pct_start"},
    {"pin_memory", "normlab loads images itself: leave it out"},
    {"precision", "normlab trains in 32-bit floats; engine chooses others"},
    {"pretrained", "it is called init here"},
    {"random_seed", "it is called seed here"},
    {"random_state", "it is called seed here"},
    {"resume_from", "it is called init here"},
    {"rng_seed", "it is called seed here"},
    {"root",
     "where the published sets lie is the flag --data-dir, your own are dataset = \"folder:DIR\""},
    {"runs", "arms are tables written as [[run]]"},
    {"save_dir", "the run folder is the flag --out"},
    {"sched", "it is called schedule here"},
    {"scheduler", "it is called schedule here"},
    {"seeds", "several are seed = [1, 2, 3] in a recipe, or --seeds N"},
    {"solver", "it is called optimizer here"},
    {"step_size", "it is an argument of step: schedule.step_size"},
    {"steps", "the number of steps is bounded by max_steps"},
    {"test_dir", "your own pictures are dataset = \"folder:DIR\" with train/ and test/ in DIR"},
    {"test_size", "a data set brings its test images; validation holds out training images"},
    {"title", "the name of a recipe is recipe = \"...\""},
    {"track_running_stats", "running statistics are kept; bn_statistics chooses whose"},
    {"train_batch_size", "it is called batch_size here"},
    {"train_data", "it is called dataset here"},
    {"train_dir", "your own pictures are dataset = \"folder:DIR\" with train/ and test/ in DIR"},
    {"transform", "it is called augment here"},
    {"transforms", "it is called augment here"},
    {"use_nesterov", "it is called nesterov here"},
    {"val_dir", "your own pictures are dataset = \"folder:DIR\" with train/ and test/ in DIR"},
    {"val_fraction", "the number of held-out training images is validation"},
    {"val_size", "the number of held-out training images is validation"},
    {"val_split", "the number of held-out training images is validation"},
    {"valid_size", "the number of held-out training images is validation"},
    {"validation_split", "the number of held-out training images is validation"},
    {"verbose", "the flag --progress says what is shown"},
    {"warmup", "it is an argument of cosine, linear, polynomial and trapezoid: schedule.warmup"},
    {"warmup_epochs",
     "cosine, linear, polynomial and trapezoid rise over a part of all steps: schedule.warmup"},
    {"virtual_batch_size", "it is called ghost here"},
    {"wd", "it is called l2 here, as a coupled penalty"},
    {"weight_decay", "PyTorch's weight_decay is called l2 here"},
    {"weightdecay", "it is called l2 here, as a coupled penalty"},
    {"workers", "images are loaded by the training itself; threads are its own"},
};

// In small letters and without - and _.
constexpr OtherWord kValues[] = {
    {"batchinstancenorm", "it is called batch-instance here"},
    {"batchnorm", "it is called batch here"},
    {"batchnorm1d", "it is called batch here"},
    {"batchnorm2d", "it is called batch here"},
    {"batchrenormalization", "it is called batch-renorm here"},
    {"bn", "it is called batch here"},
    {"constantlr", "it is called constant here"},
    {"cosineannealing", "it is called cosine here"},
    {"cosineannealinglr", "it is called cosine here"},
    {"dynamicerf", "it is called derf here"},
    {"dynamictanh", "it is called dyt here"},
    {"exponentiallr", "it is called exponential here"},
    {"exponentialmovingaverage", "it is called ema here"},
    {"filterresponse", "it is called frn here"},
    {"filterresponsenorm", "it is called frn here"},
    {"filterresponsenormalization", "it is called frn here"},
    {"globalresponse", "it is called grn here"},
    {"globalresponsenorm", "it is called grn here"},
    {"gn", "it is called group here"},
    {"groupnorm", "it is called group here"},
    {"in", "it is called instance here"},
    {"instancenorm", "it is called instance here"},
    {"instancenorm2d", "it is called instance here"},
    {"iternorm", "it is not shipped; docs/conventions.md says why"},
    {"layernorm", "it is called layer here"},
    {"linearlr", "it is called linear here"},
    {"ln", "it is called layer here"},
    {"mabn", "it is not shipped; docs/conventions.md says why"},
    {"multisteplr", "it is called multistep here"},
    {"onecyclelr", "it is called onecycle here"},
    {"onlinenorm", "it is not shipped; docs/conventions.md says why"},
    {"polynomiallr", "it is called polynomial here"},
    {"positional", "it is called pono here"},
    {"positionalnorm", "it is called pono here"},
    {"powernorm", "it is not shipped; docs/conventions.md says why"},
    {"reducelronplateau", "it is called plateau here"},
    {"rmsnorm", "it is called rms here"},
    {"scaled", "it acts on the weights: weights = \"scaled\""},
    {"splitbatch", "it is called ghost-batch here"},
    {"splitbatchnorm", "it is called ghost-batch here"},
    {"splitbatchnorm2d", "it is called ghost-batch here"},
    {"standardized", "it acts on the weights: weights = \"standardized\""},
    {"steplr", "it is called step here"},
    {"switchablenorm", "it is called switchable here"},
    {"switchablenorm2d", "it is called switchable here"},
    {"weightnorm", "it acts on the weights: weights = \"weight-norm\""},
    {"weightstandardization", "it acts on the weights: weights = \"standardized\""},
    {"wsd", "it is called trapezoid here"},
};

std::string Plain(std::string_view text) {
  std::string plain;
  for (const unsigned char c : text) {
    if (c != '-' && c != '_') plain += static_cast<char>(std::tolower(c));
  }
  return plain;
}

std::string AdviceOf(const OtherWord* begin, const OtherWord* end, std::string_view name) {
  const auto* found =
      std::find_if(begin, end, [&](const OtherWord& word) { return word.name == name; });
  return found == end ? "" : std::string(found->advice);
}

// Those of "one of sgd, adam, ..."; none where the key takes others as well.
std::vector<std::string> Choices(std::string_view allowed) {
  constexpr std::string_view kOneOf = "one of ";
  if (!allowed.starts_with(kOneOf)) return {};
  allowed.remove_prefix(kOneOf.size());
  std::vector<std::string> choices;
  for (const std::string& word : SplitWords(allowed)) {
    if (word == "or") break;
    choices.push_back(word.ends_with(',') ? word.substr(0, word.size() - 1) : word);
  }
  return choices;
}

}  // namespace

std::string OtherWordAdvice(std::string_view name) {
  return AdviceOf(std::begin(kKeys), std::end(kKeys), name);
}

std::string ValueAdvice(std::string_view key, std::string_view value, const std::string& allowed) {
  const std::string plain = Plain(value);
  if (allowed == "true or false") {
    const bool yes = plain == "true" || plain == "yes" || plain == "on";
    const bool no = plain == "false" || plain == "no" || plain == "off";
    return yes || no ? fmt::format("; write {}", yes ? "true" : "false") : "";
  }
  if (key == "dataset" && (value.starts_with('.') || value.find('/') != std::string_view::npos)) {
    return fmt::format("; a folder of your own is folder:{}", value);
  }
  const std::string advice = AdviceOf(std::begin(kValues), std::end(kValues), plain);
  if (!advice.empty()) return "; " + advice;
  if (value.find(',') != std::string_view::npos && allowed.find("number") != std::string::npos) {
    return "; a decimal point is written as .";
  }
  return NearestWords(plain, Choices(allowed));
}

}  // namespace normlab
