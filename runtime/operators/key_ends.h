#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "runtime/base/clock.h"

namespace weir {

/// Keys by the slice of time in which their life may end, as lists through their blocks: a key that
/// leaves memory is taken out in no time. The end of a key may move on after it was added: whoever
/// takes it looks at it again. One thread.
class KeyEnds {
 public:
  /// In each block, zero at first.
  struct Links {
    uint8_t* previous;
    uint8_t* next;
    Micros slice;
    bool listed;
  };

  /// `offset` of the links in a block. A slice is a sixteenth of `lifetime`.
  KeyEnds(size_t offset, Micros lifetime);

  /// The end of the slice of time that `end` lies in.
  Micros SliceOf(Micros end) const { return (end / width_ + 1) * width_; }
  void Add(uint8_t* block, Micros end);
  /// Also when it is not in here.
  void Remove(uint8_t* block);
  bool AnyDue(Micros watermark) const {
    return !first_.empty() && first_.begin()->first <= watermark;
  }
  /// Takes out the keys of all slices that are over.
  std::vector<uint8_t*> TakeDue(Micros watermark);

 private:
  Links& LinksOf(uint8_t* block) const { return *reinterpret_cast<Links*>(block + offset_); }

  const size_t offset_;
  const Micros width_;
  std::map<Micros, uint8_t*> first_;  ///< by slice
};

}  // namespace weir
