#include "runtime/operators/key_ends.h"

#include <algorithm>

#include "runtime/operators/update_pace.h"

namespace weir {

KeyEnds::KeyEnds(size_t offset, Micros lifetime)
    : offset_(offset), width_(std::max<Micros>(lifetime / kSlicesPerLife, 1)) {}

void KeyEnds::Add(uint8_t* block, Micros end) {
  const Micros slice = SliceOf(end);
  uint8_t*& first = first_.try_emplace(slice, nullptr).first->second;
  LinksOf(block) = {nullptr, first, slice, true};
  if (first != nullptr) LinksOf(first).previous = block;
  first = block;
}

void KeyEnds::Remove(uint8_t* block) {
  Links& links = LinksOf(block);
  if (!links.listed) return;
  links.listed = false;
  if (links.next != nullptr) LinksOf(links.next).previous = links.previous;
  if (links.previous != nullptr) {
    LinksOf(links.previous).next = links.next;
    return;
  }
  const auto slice = first_.find(links.slice);
  slice->second = links.next;
  if (links.next == nullptr) first_.erase(slice);
}

std::vector<uint8_t*> KeyEnds::TakeDue(Micros watermark) {
  std::vector<uint8_t*> due;
  while (AnyDue(watermark)) {
    for (uint8_t* block = first_.begin()->second; block != nullptr; block = LinksOf(block).next) {
      LinksOf(block).listed = false;
      due.push_back(block);
    }
    first_.erase(first_.begin());
  }
  return due;
}

}  // namespace weir
