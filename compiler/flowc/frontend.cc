#include "compiler/flowc/frontend.h"

#include <fmt/format.h>

#include <set>

#include "compiler/diagnostics/renderer.h"
#include "compiler/flowc/module_files.h"
#include "compiler/flowc/terminal.h"
#include "compiler/optimizer/optimizer.h"
#include "compiler/planner/physical_planner.h"
#include "compiler/planner/plan_validator.h"
#include "compiler/syntax/parse.h"
#include "runtime/connectors/all_connectors.h"
#include "stdlib/aggregate/all_aggregates.h"
#include "stdlib/scalar/all_functions.h"

namespace weir::flowc {
namespace {

/// The optimizer keeps every column of a declared stream. When nobody looks into streams, only
/// those of sessions (which the live view shows) and the watched ones stay.
void ForgetStreams(const std::vector<std::string>& watched, plan::LogicalPlan& plan) {
  std::set<std::string> kept(watched.begin(), watched.end());
  for (const auto& node : plan.nodes) {
    if (node != nullptr && node->kind == plan::NodeKind::kSession) kept.insert(node->stream);
  }
  std::erase_if(plan.streams, [&](const auto& stream) { return !kept.contains(stream.first); });
}

}  // namespace

Frontend::Frontend() : modules_(std::make_unique<ModuleFiles>(&sources_, &diagnostics_)) {
  RegisterScalarFunctions(functions_);
  RegisterAggregates(functions_);
  RegisterAllConnectors(connectors_);
}

Frontend::~Frontend() = default;

Result<Frontend::Compiled> Frontend::Compile(const std::string& path,
                                             const FrontendOptions& options) {
  const LoadedSource loaded = sources_.Load(path);
  if (loaded.file != nullptr) return CompileSource(*loaded.file, options);
  // An empty text takes its place, so that the diagnostic names the file in every format.
  const SourceFile& missing = sources_.Add(path, "");
  diagnostics_.Report(Code::kF0038, Span{missing.id(), 0, 0}).Arg(path).Arg(loaded.error);
  return Compiled();
}

Result<Frontend::Compiled> Frontend::CompileText(const std::string& path, std::string text,
                                                 const FrontendOptions& options) {
  return CompileSource(sources_.Add(path, std::move(text)), options);
}

Result<Frontend::Compiled> Frontend::CompileSource(const SourceFile& source,
                                                   const FrontendOptions& options) {
  auto compile = std::make_unique<semantic::CompileOptions>();
  compile->profile = options.profile;
  for (const std::string& param : options.params) {
    const size_t equals = param.find('=');
    if (equals == std::string::npos || equals == 0) {
      return InvalidArgumentError("--param wants NAME=VALUE, not {}", param);
    }
    compile->params[param.substr(0, equals)] = param.substr(equals + 1);
  }
  compile->functions = &functions_;
  compile->connectors = &connectors_;
  compile->modules = modules_.get();
  compile->importer = &importer_;
  compile->load = [this](const std::string& path) { return sources_.Load(path); };
  compile->check_only = options.check_only;

  Compiled compiled;
  files_.push_back(ParseFile(source, diagnostics_));
  options_.push_back(std::move(compile));
  // Names that are missing because their declaration could not be read would bury the one message
  // that says what to mend.
  if (files_.back()->has_errors) return compiled;
  WEIR_ASSIGN(compiled.pipeline,
              semantic::Compile(*files_.back(), sources_, *options_.back(), diagnostics_));
  if (compiled.pipeline == nullptr || compiled.pipeline->logical == nullptr) return compiled;
  std::unique_ptr<plan::LogicalPlan> logical = std::move(compiled.pipeline->logical);
  if (!options.keep_streams) ForgetStreams(options.watch, *logical);
  Optimize(*logical, {.enabled = options.optimize, .off = {}});
  compiled.logical = std::move(logical);
  if (const Status valid = planner::ValidateLogical(*compiled.logical); !valid.ok()) {
    failures_.push_back(fmt::format("{}: {}", source.path(), valid.message()));
    return compiled;
  }
  planner::PhysicalOptions physical;
  physical.keep_streams = options.keep_streams;
  physical.pre_aggregate = true;  // where the optimizer wants it
  compiled.physical = planner::PlanPhysical(compiled.logical, physical);
  return compiled;
}

void Frontend::Report() const {
  for (const std::string& failure : failures_) Log(failure);
  fmt::print(stderr, "{}", RenderText(diagnostics_, sources_, {.color = StderrTakesColor()}));
}

}  // namespace weir::flowc
