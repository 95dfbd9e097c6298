// The kernels of an equation's reductions: within an image, each work item a lane of images and a
// part of what is pooled; over the images, each work group all of them; over ghost batches, each
// work item all of them.
#pragma once

#include <string>
#include <vector>

#include "norm/opencl/expression_text.h"
#include "norm/program/expressions.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

// The same with what a pass knows, once.
std::vector<Argument> WithPass(std::vector<Argument> arguments);

class Reductions {
 public:
  // Scratch is taken from `work`, which must outlive this.
  Reductions(const program::Expressions& expressions, const DeviceShape& device, DeviceWork& work)
      : expressions_(expressions), graph_(expressions.graph), device_(device), work_(work) {}

  StoredNodes& stored() { return stored_; }
  const StoredNodes& stored() const { return stored_; }

  // Kernels for those that the values of `wanted` need and that are not stored yet, those before
  // that others read.
  void Add(const std::vector<int>& wanted, std::vector<Launch>& launches);

  // The sums over the images of values of `axes` or fewer, each the gradient of a learned value.
  struct ImageTotal {
    int node, learned;
  };
  Launch ImageSums(const std::vector<ImageTotal>& totals, equation::Axes axes, bool adds) const;

 private:
  // Of the same axes over the same ones.
  struct Group {
    equation::Axes axes, pooled;
    bool lanes = false;  // over images
    std::vector<int> nodes;
  };

  int Resolved(int node) const;
  int LevelOf(int node, std::vector<std::vector<int>>& levels, std::vector<int>& known) const;
  std::vector<Group> GroupsOf(const std::vector<int>& nodes) const;
  void Store(int node);  // gives it a scratch
  void AddLocal(const Group& group, std::vector<Launch>& launches);
  void AddOverImages(const Group& group, std::vector<Launch>& launches);
  void AddOverGhosts(const Group& group, std::vector<Launch>& launches);
  void StoreImages(int node, std::vector<Launch>& launches);

  const program::Expressions& expressions_;
  const program::Graph& graph_;
  DeviceShape device_;
  DeviceWork& work_;
  StoredNodes stored_;
};

}  // namespace normlab::opencl
