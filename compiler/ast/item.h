#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "compiler/ast/clauses.h"
#include "compiler/ast/name.h"
#include "compiler/ast/type_ref.h"

namespace weir::ast {

enum class ItemKind : uint8_t {
  kUse,
  kParam,
  kSecret,
  kProfile,
  kType,
  kSchema,
  kFunction,
  kTemplate,
  kSource,
  kTable,
  kSink,
  kStream,
  kView,
  kFlow,
  kAlert,
  kSlo,
  kFixture,
  kTest,
};

/// "source", "type", …; "pipeline" for kFlow.
const char* ItemWord(ItemKind kind);

/// Base of all top-level items.
struct Item {
  ItemKind kind;
  Span span;     ///< From the first annotation to the end.
  Span keyword;  ///< The word that names the kind.
  std::vector<Annotation> annotations;
  DocComment doc;
  Name name;                ///< Empty for use, flow and test.
  bool has_errors = false;  ///< Syntax errors inside: later phases skip the body, keep the name.

  explicit Item(ItemKind k) : kind(k) {}
  Item(const Item&) = delete;
  Item& operator=(const Item&) = delete;
  virtual ~Item() = default;

  template <typename T>
  const T& As() const {
    return static_cast<const T&>(*this);
  }
};

using ItemPtr = std::unique_ptr<Item>;

template <ItemKind kind_of>
struct ItemOf : Item {
  static constexpr ItemKind kKind = kind_of;
  ItemOf() : Item(kind_of) {}
};

}  // namespace weir::ast
