#include "runtime/operators/dedupe_bucket.h"

#include <cstring>
#include <utility>

#include "runtime/base/hash.h"

namespace weir {
namespace {

constexpr char kBlobVersion = 1;
/// Of a string, its time and its place in the table, besides its text.
constexpr size_t kBytesPerText = 64;

Fixed16 Load16(std::string_view key) {
  Fixed16 fixed;
  std::memcpy(&fixed, key.data(), sizeof(fixed));
  return fixed;
}

}  // namespace

void DedupeBucket::Prefetch(std::string_view key, uint64_t hash) const {
  if (fixed_) fixed_keys_[PartOf(hash)].prefetch(Load16(key));
}

const Micros* DedupeBucket::Find(std::string_view key, uint64_t hash) const {
  if (fixed_) {
    const auto& part = fixed_keys_[PartOf(hash)];
    const auto found = part.find(Load16(key));
    return found == part.end() ? nullptr : &found->second;
  }
  const auto& part = string_keys_[PartOf(hash)];
  const auto found = part.find(key);
  return found == part.end() ? nullptr : &found->second;
}

void DedupeBucket::Insert(std::string_view key, uint64_t hash, Micros event_time) {
  if (fixed_) {
    fixed_keys_[PartOf(hash)][Load16(key)] = event_time;
  } else {
    string_keys_[PartOf(hash)].insert_or_assign(std::string(key), event_time);
  }
  if (!fixed_) text_bytes_ += key.size();
  if (!keeps_new_) return;
  if (unsaved_.empty()) unsaved_.resize(kNumKeyGroups);
  std::string& blob = unsaved_[KeyGroupOf(hash)];
  if (blob.empty()) blob.push_back(kBlobVersion);
  const size_t before = blob.size();
  AddToBlob(key, event_time, blob);
  new_bytes_ += blob.size() - before;
}

void DedupeBucket::AddToBlob(std::string_view key, Micros event_time, std::string& blob) const {
  if (!fixed_) {
    const auto size = static_cast<uint32_t>(key.size());
    blob.append(reinterpret_cast<const char*>(&size), sizeof(size));
  }
  blob.append(key);
  blob.append(reinterpret_cast<const char*>(&event_time), sizeof(event_time));
}

size_t DedupeBucket::ByteSize() const {
  size_t bytes = text_bytes_ + new_bytes_;
  for (const auto& part : fixed_keys_)
    bytes += part.capacity() * (sizeof(Fixed16) + sizeof(Micros) + 1);
  for (const auto& part : string_keys_) bytes += part.size() * kBytesPerText;
  return bytes;
}

size_t DedupeBucket::size() const {
  size_t total = 0;
  for (const auto& part : fixed_keys_) total += part.size();
  for (const auto& part : string_keys_) total += part.size();
  return total;
}

bool DedupeBucket::AddBlob(std::string_view blob) {
  if (blob.empty() || blob.front() != kBlobVersion) return false;
  blob.remove_prefix(1);
  // What was restored is known to its snapshot: only later sightings are new.
  const bool keeps_new = std::exchange(keeps_new_, false);
  bool whole = true;
  while (!blob.empty()) {
    uint32_t size = sizeof(Fixed16);
    if (!fixed_) {
      if (blob.size() < sizeof(size)) break;
      std::memcpy(&size, blob.data(), sizeof(size));
      blob.remove_prefix(sizeof(size));
    }
    whole = blob.size() >= size + sizeof(Micros);
    if (!whole) break;
    const std::string_view key = blob.substr(0, size);
    Micros time = 0;
    std::memcpy(&time, blob.data() + size, sizeof(time));
    Insert(key, HashBytes(key), time);
    blob.remove_prefix(size + sizeof(time));
  }
  keeps_new_ = keeps_new;
  return whole && blob.empty();
}

}  // namespace weir
