#pragma once

#include <memory>

#include "compiler/ast/file.h"
#include "compiler/plan/logical_plan.h"
#include "compiler/plan/test_program.h"
#include "compiler/semantic/declare_catalog.h"

namespace weir::semantic {

/// A file that was understood. `logical` is there only if nothing is wrong with it.
struct CompiledPipeline {
  std::unique_ptr<Catalog> catalog;
  std::unique_ptr<plan::LogicalPlan> logical;
  plan::TestProgram tests;
};

/// Names, types, stages, routes, sinks and tests of a parsed file, with everything `flowc check`
/// proves; what is wrong goes to `diagnostics`. Fails only for mistakes of the command line
/// (unknown profile or parameter). The arguments must outlive the result.
Result<std::unique_ptr<CompiledPipeline>> Compile(const ast::File& file,
                                                  const SourceManager& sources,
                                                  const CompileOptions& options,
                                                  DiagnosticEngine& diagnostics);

}  // namespace weir::semantic
