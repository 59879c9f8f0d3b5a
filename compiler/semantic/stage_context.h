#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/plan/logical_plan.h"
#include "compiler/semantic/declare_catalog.h"
#include "compiler/semantic/expr_binder.h"
#include "compiler/semantic/flow_graph.h"
#include "compiler/semantic/flow_stream.h"
#include "compiler/semantic/route_table.h"
#include "compiler/semantic/stage_names.h"

namespace weir::semantic {

/// What all stages of one compilation share.
struct FlowContext {
  FlowContext(const Catalog& the_catalog, plan::LogicalPlan& the_plan);

  const Catalog& catalog;
  DiagnosticEngine& diagnostics;
  ExprBinder binder;
  plan::LogicalPlan& plan;
  FlowGraph graph;
  RouteTable routes;
  StageNames names;
  /// Sources, streams, junctions and views that are done, by name.
  std::map<std::string, StreamFlow, std::less<>> streams;
  const ast::Route* default_errors = nullptr;  ///< the pipeline's `errors -> …`
  int applied = 0;                             ///< templates so far
  int64_t columns = 0;                         ///< of all nodes so far; bounds the memory of a plan
  /// Sinks that exist: for `after` and warnings.
  std::map<std::string, Span, std::less<>> anonymous_sinks;
};

/// Arguments of a template, by parameter.
using TemplateArguments = std::unordered_map<std::string, const ast::Expr*>;

/// One stage being compiled: names, constants and the node it becomes. Stage functions change the
/// flow from their input to their output.
class StageContext {
 public:
  StageContext(FlowContext& shared, std::string owner, std::string declared, bool default_errors)
      : shared_(shared),
        owner_(std::move(owner)),
        declared_(std::move(declared)),
        default_errors_(default_errors) {}

  FlowContext& shared() { return shared_; }
  const Catalog& catalog() const { return shared_.catalog; }
  ExprBinder& binder() { return shared_.binder; }
  RouteTable& routes() { return shared_.routes; }
  DiagnosticBuilder Report(Code code, Span span) { return shared_.diagnostics.Report(code, span); }
  const std::string& owner() const { return owner_; }
  Span span() const { return stage != nullptr ? stage->span : place; }

  /// Set before each stage; null while a sink, junction or view is made, which then give the place
  /// for messages.
  const ast::Stage* stage = nullptr;
  Span place;
  bool is_last = false;
  SchemaInfoPtr declared_schema;  ///< of `stream x: T = …`; null without a type
  bool in_view = false;
  std::optional<Micros> view_retain;
  TemplateArguments arguments;  ///< inside `apply`
  int template_depth = 0;

  /// Columns of the stream, and the template's arguments.
  Scope ScopeOf(const StreamFlow& flow);
  void AddArguments(Scope& scope);

  /// Adds the node of this stage, reading `flow`; `flow` becomes its output of the given columns.
  /// Expressions that can fail take `on_error`, else the pipeline's `errors ->`, else F0604.
  template <typename Node>
  Node& Add(std::unique_ptr<Node> node, StreamFlow& flow, SchemaPtr schema, plan::StreamMode mode,
            const ast::ErrorClause* on_error = nullptr, const std::string& suffix = "") {
    Node& added = *node;
    AddNode(std::move(node), flow, std::move(schema), std::move(mode), on_error, suffix);
    return added;
  }

  static constexpr const char* kTryInstead =
      "`try …` gives null instead, `(try …) ?? otherwise` a value";
  /// The node needs a place for rows that fail, whatever its expressions: too old to deduplicate.
  /// `slot` (inside `node`) takes `on_error`, else the pipeline's `errors ->`, unless it is set;
  /// F0604 without one. `remedy`: how to write it so that it can't fail.
  void RequireErrorRoute(plan::LogicalNode& node, plan::Route& slot, const StreamFlow& input,
                         Span span, const std::string& why, const std::string& remedy = kTryInstead,
                         const ast::ErrorClause* on_error = nullptr);
  void BindRoute(const ast::Route& route, plan::LogicalNode& node, plan::Route& slot,
                 RoutedRows rows, const StreamFlow& input, const std::string& what,
                 bool allow_default = false);

  /// `@keys(n)` of this stage: how many its author expects.
  std::optional<int64_t> ExpectedKeys();
  std::optional<Micros> Duration(const ast::Expr& expr, std::string_view what);
  std::optional<int64_t> Integer(const ast::Expr& expr, std::string_view what);
  std::optional<double> Number(const ast::Expr& expr, std::string_view what);
  /// The argument where `expr` is a parameter of the template, else `expr`.
  const ast::Expr& Argument(const ast::Expr& expr) const;

  /// F0406 for stages that would see a row of an upsert stream several times; true if reported.
  bool RefuseUpserts(const StreamFlow& flow);
  /// F0301 if no watermark moves over the rows; true if reported.
  bool RefuseWithoutWatermark(const StreamFlow& flow, Span span, const std::string& what);

 private:
  void AddNode(std::unique_ptr<plan::LogicalNode> node, StreamFlow& flow, SchemaPtr schema,
               plan::StreamMode mode, const ast::ErrorClause* on_error, const std::string& suffix);
  /// F0164 when the stages have more columns in all than a plan may hold.
  void CountColumns(const Schema& schema, StreamFlow& flow);
  friend void CompileStages(const std::vector<ast::StagePtr>& stages, StageContext& context,
                            StreamFlow& flow);
  void CheckAnnotations();
  void BindErrors(plan::LogicalNode& node, const StreamFlow& input,
                  const ast::ErrorClause* on_error);

  FlowContext& shared_;
  std::string owner_;
  std::string declared_;
  bool default_errors_;
};

/// Stages that other files define; each one changes `flow` from its input to its output.
void CompileWhere(const ast::WhereStage& stage, StageContext& context, StreamFlow& flow);
void CompileSelect(const ast::SelectStage& stage, StageContext& context, StreamFlow& flow);
void CompileExtend(const ast::ExtendStage& stage, StageContext& context, StreamFlow& flow);
void CompileSet(const ast::SetStage& stage, StageContext& context, StreamFlow& flow);
void CompileWithout(const ast::WithoutStage& stage, StageContext& context, StreamFlow& flow);
void CompileValidate(const ast::ValidateStage& stage, StageContext& context, StreamFlow& flow);
void CompileDedupe(const ast::DedupeStage& stage, StageContext& context, StreamFlow& flow);
void CompileLookup(const ast::LookupStage& stage, StageContext& context, StreamFlow& flow);
void CompileAggregate(const ast::AggregateStage& stage, StageContext& context, StreamFlow& flow);
void CompileSession(const ast::SessionStage& stage, StageContext& context, StreamFlow& flow);
void CompileProcess(const ast::ProcessStage& stage, StageContext& context, StreamFlow& flow);
void CompileAnomaly(const ast::AnomalyStage& stage, StageContext& context, StreamFlow& flow);
void CompileRoute(const ast::RouteStage& stage, StageContext& context, StreamFlow& flow);
void CompileUnion(const ast::UnionStage& stage, StageContext& context, StreamFlow& flow);
void CompileFlatten(const ast::FlattenStage& stage, StageContext& context, StreamFlow& flow);
void CompileTop(const ast::TopStage& stage, StageContext& context, StreamFlow& flow);
void CompileLimit(const ast::LimitStage& stage, StageContext& context, StreamFlow& flow);
void CompileSample(const ast::SampleStage& stage, StageContext& context, StreamFlow& flow);
void CompileRekey(const ast::RekeyStage& stage, StageContext& context, StreamFlow& flow);
void CompileApply(const ast::ApplyStage& stage, StageContext& context, StreamFlow& flow);
void CompileInto(const ast::IntoStage& stage, StageContext& context, StreamFlow& flow);
/// Stages that parse and have no meaning yet: F0160.
void RefuseStage(const ast::Stage& stage, StageContext& context, StreamFlow& flow);

/// All stages of a pipeline after its `from`.
void CompileStages(const std::vector<ast::StagePtr>& stages, StageContext& context,
                   StreamFlow& flow);

}  // namespace weir::semantic
