#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/ast/clauses.h"
#include "compiler/plan/logical_plan.h"
#include "compiler/semantic/declare_catalog.h"
#include "compiler/semantic/flow_stream.h"

namespace weir::semantic {

/// What leaves a stage through a route.
enum class RoutedRows : uint8_t {
  kRow,     ///< the stage's input row as it is: late, duplicate, chosen by `route`
  kError,   ///< a row that failed: wrapped in a DeadLetter where that fits
  kRecord,  ///< a record that never became a row: always a DeadLetter
  kWrite,   ///< a row that a sink's target refused: always a FailedWrite
};

/// A route of a node that waits for the schema of its target.
struct RouteRequest {
  plan::LogicalNode* node = nullptr;
  plan::Route* slot = nullptr;  ///< inside `node`
  RoutedRows rows = RoutedRows::kRow;
  StreamFlow input;  ///< the rows that take it, before they are wrapped
  Span span;
  std::string what;  ///< "late events"
};

/// Rows that `into` sends to a junction or sink by name.
struct PlainFeed {
  StreamFlow flow;
  Span span;
  const ast::Name* after = nullptr;  ///< the sink that must have the rows first
};

/// All routes of a compilation. `discard` and `fail` are settled at once, `-> name` when everything
/// that leads to `name` is known: only then an untyped junction has a type.
class RouteTable {
 public:
  explicit RouteTable(const Catalog& catalog) : catalog_(catalog) {}

  void Bind(const ast::Route& route, RouteRequest request, bool allow_default = false);
  /// Whether rows can go to `name`: a sink or a junction. Reports F0101 or F0157 if not.
  bool RequireTarget(const ast::Name& name);
  void AddFeed(const std::string& target, PlainFeed feed) {
    feeds_[target].push_back(std::move(feed));
  }

  const std::vector<RouteRequest>& Requests(const std::string& target) const;
  const std::vector<PlainFeed>& Feeds(const std::string& target) const;

  /// Gives the request its port and shape for a target of columns `schema`; `typed_as` is for
  /// messages. Reports F0159 when the row doesn't fit and returns a port all the same.
  plan::InputRef Settle(const RouteRequest& request, const SchemaPtr& schema,
                        const std::string& typed_as);

 private:
  int PortFor(plan::LogicalNode& node, const plan::Route& route, const SchemaPtr& schema);
  std::vector<int> Project(const RouteRequest& request, const SchemaPtr& schema,
                           const std::string& typed_as);

  const Catalog& catalog_;
  std::map<std::string, std::vector<RouteRequest>, std::less<>> requests_;
  std::map<std::string, std::vector<PlainFeed>, std::less<>> feeds_;
  std::unordered_map<const plan::LogicalNode*, std::vector<plan::Route>> ports_;
};

bool IsDeadLetter(const Schema& schema);
bool IsFailedWrite(const Schema& schema);
/// Columns of a DeadLetter or FailedWrite whose payload holds rows with these tags.
SchemaPtr WrapperSchema(const SchemaPtr& wrapper, const PiiTag& payload);
/// The strictest tag of the columns.
PiiTag TagOfRow(const Schema& schema);

}  // namespace weir::semantic
