#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/semantic/declare_catalog.h"

namespace weir::semantic {

enum class VertexKind : uint8_t { kSource, kJunction, kStream, kView, kPipeline, kSink };

/// Something that rows pass: a source, a junction (stream without a body), a stream, view or
/// anonymous pipeline with its stages, a sink.
struct Vertex {
  VertexKind kind = VertexKind::kPipeline;
  size_t index = 0;  ///< into the Catalog's list of that kind
  std::string name;  ///< "" for an anonymous pipeline
  Span span;
  const ast::Pipeline* pipeline = nullptr;  ///< kStream, kView, kPipeline
  bool default_errors = false;              ///< the pipeline's `errors ->` applies
  bool in_cycle = false;
};

/// Which vertex sends rows to which, by the names in the file alone; found before any stage is
/// typed, so that streams may be declared in any order and a junction comes after all that feeds
/// it. `errors ->` doesn't apply to what lies downstream of its own target.
class FlowGraph {
 public:
  /// Reports cycles (F0150).
  static FlowGraph Build(const Catalog& catalog);

  const std::vector<Vertex>& vertices() const { return vertices_; }
  /// Writers before readers.
  const std::vector<size_t>& order() const { return order_; }
  /// Whether anything reads the rows of a source, junction, stream or view.
  bool IsRead(const std::string& name) const;
  /// Whether anything writes to a junction or sink by name.
  bool IsWritten(const std::string& name) const;
  bool UsesTable(const std::string& name) const;

 private:
  friend class FlowGraphBuilder;
  std::vector<Vertex> vertices_;
  std::vector<size_t> order_;
  std::unordered_map<std::string, size_t> by_name_;
  std::vector<bool> read_, written_;
  std::unordered_map<std::string, bool> tables_;
};

}  // namespace weir::semantic
