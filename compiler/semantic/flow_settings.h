#pragma once

#include "compiler/plan/logical_plan.h"
#include "compiler/semantic/declare_catalog.h"

namespace weir::semantic {

/// The head of the file: `pipeline p { delivery = exactly_once … }`.
plan::PipelineSettings ReadSettings(const Catalog& catalog);

}  // namespace weir::semantic
