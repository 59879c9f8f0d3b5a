#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/ast/keyed_state.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {

/// A row that `emit {…}` writes: a port of the node with its columns.
struct EmitPort {
  int port = 0;
  SchemaPtr schema;
  std::string target;  ///< "" for the stage's own output
};

/// Lowers the blocks of `session` and `process` to a plan::StateProgram. Registers are the columns
/// of the event, the keys, the state fields, session.*, and one for each `let`.
///
/// Scopes (semantics.md, Keyed state): `on event e` sees the state fields and `e.`; other blocks
/// the state and the keys; `output` state, keys and session.*, never another output column.
class StateCompiler {
 public:
  StateCompiler(StageContext& context, const StreamFlow& input, bool is_session)
      : context_(context), input_(input), is_session_(is_session) {}

  void BindKeys(const ast::KeyList& by);
  void BindState(const std::optional<ast::StateBlock>& state);
  /// Rows of `emit` go to `schema`; null: the first `emit` decides.
  void set_emit_schema(SchemaPtr schema) { emit_schema_ = std::move(schema); }
  void BindBlocks(const ast::KeyedParts& parts);
  struct Output {
    SchemaPtr schema;
    plan::StreamMode mode;
  };
  Output BindOutput(const ast::OutputBlock& block);

  plan::StateProgram Take() { return std::move(program_); }
  const std::vector<std::string>& key_names() const { return key_names_; }
  const SchemaPtr& emit_schema() const { return emit_schema_; }
  /// Targets of `emit {…} -> name` in the order of their ports (from 1).
  struct EmitRoute {
    const ast::Route* route;
    SchemaPtr schema;
  };
  const std::vector<EmitRoute>& emit_routes() const { return emit_routes_; }
  bool emits() const { return emits_; }
  int64_t StateBytes() const;

 private:
  friend class StatementLowering;
  void AddStateColumns(Scope& scope) const;
  void AddKeyColumns(Scope& scope) const;
  void AddSession(Scope& scope, bool with_is_new) const;
  void HideEvent(Scope& scope, const std::string& hint) const;
  void BindField(const ast::StateField& field);
  plan::MergeRule ReadMerge(const ast::StateField& field, const DataType& type);
  void SpreadTags();
  void TagEmits(const Scope& scope);
  void VisitProgram(const std::function<void(const plan::Statement&)>& visit) const;
  Scope RegisterScope(const std::vector<PiiTag>& let_tags) const;

  StageContext& context_;
  const StreamFlow& input_;
  bool is_session_;
  plan::StateProgram program_;
  std::vector<std::string> key_names_;
  std::vector<PiiTag> key_tags_;
  std::vector<PiiTag> state_tags_;
  std::vector<Span> state_spans_;
  SchemaPtr emit_schema_;
  std::vector<EmitRoute> emit_routes_;
  bool emits_ = false;
};

/// Results of `added` (in `results`' rows) whose `on close` or `output` fails take the stage's
/// error route too; what fails is null there.
void BindFailedResults(StageContext& context, plan::LogicalNode& added, plan::StateProgram& program,
                       plan::Route& slot, const StreamFlow& results,
                       const ast::ErrorClause* on_error);

}  // namespace weir::semantic
