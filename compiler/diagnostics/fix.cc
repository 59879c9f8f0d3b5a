#include "compiler/diagnostics/fix.h"

#include <algorithm>
#include <vector>

namespace weir {

FixedText ApplyFixes(const SourceFile& source, const DiagnosticEngine& diagnostics) {
  std::vector<const FixIt*> fixes;
  for (const Diagnostic* diagnostic : diagnostics.Sorted()) {
    const auto& fix = diagnostic->fix;
    if (fix && fix->certain && fix->span.file == source.id()) fixes.push_back(&*fix);
  }
  std::stable_sort(fixes.begin(), fixes.end(),
                   [](const FixIt* a, const FixIt* b) { return a->span.begin < b->span.begin; });
  FixedText out;
  uint32_t done = 0;
  for (const FixIt* fix : fixes) {
    if (fix->span.begin < done) continue;
    out.text += source.Text({source.id(), done, fix->span.begin});
    out.text += fix->replacement;
    done = fix->span.end;
    ++out.fixes;
  }
  out.text += source.Text({source.id(), done, source.Whole().end});
  return out;
}

}  // namespace weir
