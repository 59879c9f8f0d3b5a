#include "runtime/state/name_table.h"

#include <algorithm>
#include <mutex>

namespace weir {

void NameTable::Load(NameKind kind, std::string_view name, uint32_t id) {
  const std::unique_lock lock(mutex_);
  Kind& names = Of(kind);
  names.ids.insert_or_assign(std::string(name), id);
  names.next = std::max(names.next, id + 1);
}

std::optional<uint32_t> NameTable::Find(NameKind kind, std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = Of(kind).ids.find(name);
  if (found == Of(kind).ids.end()) return std::nullopt;
  return found->second;
}

uint32_t NameTable::FindOrAdd(NameKind kind, std::string_view name) {
  const std::unique_lock lock(mutex_);
  Kind& names = Of(kind);
  const auto found = names.ids.find(name);
  if (found != names.ids.end()) return found->second;
  const uint32_t id = names.next++;
  names.ids.emplace(std::string(name), id);
  new_.push_back({kind, std::string(name), id});
  return id;
}

std::vector<std::pair<std::string, uint32_t>> NameTable::Names(NameKind kind) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::pair<std::string, uint32_t>> names(Of(kind).ids.begin(), Of(kind).ids.end());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<NameTable::NewName> NameTable::NewNames() const {
  const std::shared_lock lock(mutex_);
  std::vector<NewName> names = new_;
  std::sort(names.begin(), names.end(), [](const NewName& a, const NewName& b) {
    return NameKey(a.kind, a.name) < NameKey(b.kind, b.name);
  });
  return names;
}

void NameTable::ForgetNew() {
  const std::unique_lock lock(mutex_);
  new_.clear();
}

}  // namespace weir
