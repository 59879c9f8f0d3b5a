#pragma once

#include <functional>
#include <memory>
#include <string>

#include "compiler/plan/physical_plan.h"
#include "runtime/base/result.h"
#include "runtime/operators/lookup_table.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/view_rows.h"

namespace weir {

class SinkWriter;
namespace plan {
struct SinkNode;
struct ViewNode;
}  // namespace plan

/// What operators get from the job that runs them. Called while a job is built.
struct OperatorResources {
  /// pipeline name, of delivery identities.
  std::string pipeline;
  std::string incarnation;
  /// A writer of this worker for a sink; for a view null when it has no connector.
  std::function<Result<std::unique_ptr<SinkWriter>>(const plan::SinkNode&, uint32_t worker)>
      make_sink_writer;
  std::function<Result<std::unique_ptr<SinkWriter>>(const plan::ViewNode&, uint32_t worker)>
      make_view_writer;
  /// Tables by declared name, already loaded.
  std::function<std::shared_ptr<LookupTableVersions>(const std::string& table)> table;
  /// Rows of a view, shared by its instances and readers.
  std::function<std::shared_ptr<ViewRows>(const std::string& view)> view_rows;
};

/// The operator of a node for one worker. Every node kind but sources, which the task runs itself.
/// Of a physical node also the halves of a pre-aggregated stage.
Result<std::unique_ptr<Operator>> MakeOperator(const plan::PhysicalNode& node,
                                               const OperatorResources& resources, uint32_t worker);
Result<std::unique_ptr<Operator>> MakeOperator(const plan::LogicalNode& node,
                                               const OperatorResources& resources, uint32_t worker);

}  // namespace weir
