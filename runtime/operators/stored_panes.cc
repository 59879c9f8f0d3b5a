#include "runtime/operators/stored_panes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr std::string_view kPanesSlot = "panes";

/// Cuts the next of the numbers of `text`.
std::optional<int64_t> TakeNumber(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::optional<int64_t> number = ParseInt64(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return number;
}

}  // namespace

// Entries: slot "panes", by number of worker: how many, then start and first end of each.
void StoredPanes::Put(const OperatorContext& context, const std::vector<PaneKey>& panes,
                      StateWriter& out) {
  if (context.worker == 0) {
    for (const std::string& worker : read_) {
      const std::optional<int64_t> number = ParseInt64(worker);
      if (!number || *number >= context.num_workers) {
        out.Delete(kPanesSlot, kUnkeyedGroup, worker);
      }
    }
  }
  read_.clear();
  std::string text = fmt::format("{}", panes.size());
  for (const auto& [start, first_end] : panes) text += fmt::format(" {} {}", start, first_end);
  if (text == written_) return;
  written_ = std::move(text);
  out.Put(kPanesSlot, kUnkeyedGroup, fmt::format("{}", context.worker), written_);
}

Result<bool> StoredPanes::Read(const StateReader& in, std::string_view op,
                               std::set<PaneKey>& panes) {
  WEIR_TRY(
      in.ForEachUnkeyed(kPanesSlot, [&](std::string_view worker, std::string_view text) -> Status {
        read_.emplace_back(worker);
        const std::optional<int64_t> count = TakeNumber(text);
        for (int64_t i = 0; i < count.value_or(0); ++i) {
          const std::optional<int64_t> start = TakeNumber(text);
          const std::optional<int64_t> first_end = TakeNumber(text);
          if (!start || !first_end) return DataLossError("{}: stored panes are damaged", op);
          panes.emplace(*start, *first_end);
        }
        if (!count || !text.empty()) return DataLossError("{}: stored panes are damaged", op);
        return Status::Ok();
      }));
  return !read_.empty();
}

}  // namespace weir
