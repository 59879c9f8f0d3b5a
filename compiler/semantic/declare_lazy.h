#pragma once

#include "compiler/semantic/declare_data.h"

namespace weir::semantic {

// Resolution on first use. Each is idempotent and reports once.

/// Type and value of parameter `index` under the active profile.
void EnsureParam(const Catalog& catalog, size_t index);
/// The type, alias or schema of `entry`; `span` is where it is used, for a cycle.
const TypeUse& EnsureType(const Catalog& catalog, TypeEntry& entry, Span span);
/// Parameters and result of a function; its body is checked.
const FunctionInfo* EnsureFunction(const Catalog& catalog, FunctionEntry& entry);
/// Whether the secret is set now; reads the environment or the file.
void ResolveSecret(const Catalog& catalog, SecretInfo& secret);

}  // namespace weir::semantic
