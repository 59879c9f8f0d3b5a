#pragma once

#include "compiler/plan/test_program.h"
#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// `test` blocks as data. All values are constants: fixtures and `let`s are evaluated here, given
/// rows become JSON of the given fields only, expected rows values of the stream's columns.
plan::TestProgram CompileTests(FlowContext& shared);

}  // namespace weir::semantic
