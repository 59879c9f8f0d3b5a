#pragma once

#include <memory>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"

namespace weir {

class ConnectorRegistry;
class SinkConnector;
class SourceConnector;
class TableConnector;
namespace plan {
struct LogicalPlan;
struct SinkNode;
struct SourceNode;
struct TableSpec;
struct ViewNode;
}  // namespace plan

struct JobOptions;

/// Makes the ends of a job. Tests put their own in place of the declared ones.
class JobConnectors {
 public:
  virtual ~JobConnectors() = default;
  virtual Result<std::unique_ptr<SourceConnector>> MakeSource(const plan::SourceNode& node,
                                                              const JobOptions& options) = 0;
  virtual Result<std::unique_ptr<TableConnector>> MakeTable(const plan::TableSpec& table,
                                                            const JobOptions& options) = 0;
  virtual Result<std::unique_ptr<SinkConnector>> MakeSink(const plan::LogicalPlan& plan,
                                                          const plan::SinkNode& node,
                                                          const JobOptions& options) = 0;
  /// Null when the view has no connector.
  virtual Result<std::unique_ptr<SinkConnector>> MakeView(const plan::LogicalPlan& plan,
                                                          const plan::ViewNode& node,
                                                          const JobOptions& options) = 0;
};

/// The declared connectors, found in `registry`, which must outlive the result.
std::unique_ptr<JobConnectors> MakeDeclaredConnectors(const ConnectorRegistry& registry);

}  // namespace weir
